"""*Plus…* on Slack: one form with all that the équipe Questions may do to a question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.arguments import number
from bot.core.cards import Action, Card, Section
from bot.core.i18n import Reader
from bot.features.people.tables import Participant
from bot.features.programme.roles import moderates
from bot.features.programme.tables import SpeakerRow
from bot.features.questions import care
from bot.features.questions.model import (
    DECLINED,
    MERGED,
    ON_SCREEN,
    PUBLISHED,
    REVIEW,
    STATE_LABELS,
    ChangedMeanwhileError,
    Done,
    NotModeratorError,
)
from bot.features.questions.moderation import assign, edit, merge, translate
from bot.features.questions.queries import QuestionView, name_of, questions_by_id
from bot.features.questions.tables import Question
from bot.features.questions.views import several_done, what_was_said
from bot.features.questions.wording import supports
from bot.platforms.slack.handlers import Gesture, Handlers, Opening
from bot.platforms.slack.modals import Modal, Option, Part, Select, TextInput
from bot.platforms.slack.questions_fields import TEXT, text_input, view_of
from bot.platforms.slack.views import Flaws, Values

if TYPE_CHECKING:
    from bot.features.questions.near import NearQuestions

TRANSLATION, INTO, PANELIST, NOBODY = "translation", "into", "panelist", "-"
_CHANGEABLE = (REVIEW, PUBLISHED, ON_SCREEN)


class More:
    def __init__(self, near: NearQuestions) -> None:
        self._near = near

    def handlers(self) -> Handlers:
        return Handlers(
            forms={"questions.more": self._form}, submissions={"questions.more": _change}
        )

    def _form(self, session: Session, opening: Opening, args: tuple[str, ...]) -> Modal:
        view, reader = view_of(session, opening.event_id, args[0]), opening.reader
        if not moderates(session, opening.event, opening.person, view.session_id):
            raise NotModeratorError
        if view.version != number(args[1]):
            raise ChangedMeanwhileError
        state = reader.gettext(STATE_LABELS[view.state])
        blocks: list[Part] = [Section("", (state,), _also(view, reader))]
        if view.state in _CHANGEABLE:
            blocks.append(text_input(reader.gettext("Words"), view.text))
        blocks.append(_translation(view, reader))
        if view.state in _CHANGEABLE:
            blocks += self._into(session, opening.event_id, view, reader)
        blocks += _panelists(session, opening.event_id, view, reader)
        return Modal(
            title=reader.gettext("Question"),
            blocks=tuple(blocks),
            ref=("questions.more", args),
            submit=reader.gettext("Save"),
        )

    def _into(
        self, session: Session, event_id: str, view: QuestionView, reader: Reader
    ) -> list[Select]:
        ids = self._near.by_nearness(session, event_id, view)
        others = questions_by_id(session, event_id, view.session_id, ids)
        options = tuple(
            Option(one.question_id, one.text, supports(one.votes, reader)) for one in others
        )
        label = reader.gettext("Group with")
        return [Select(INTO, label, options, required=False)] if options else []


def _also(view: QuestionView, reader: Reader) -> tuple[Action, ...]:
    restore = Action(
        reader.gettext("Restore"), "questions.restore", (view.question_id, str(view.version))
    )
    aloud = Action(reader.gettext("Question from the room"), "questions.aloud", (view.session_id,))
    return (restore, aloud) if view.state in (DECLINED, MERGED) else (aloud,)


def _translation(view: QuestionView, reader: Reader) -> TextInput:
    label = reader.gettext("English version")
    if view.language == "en":
        label = reader.gettext("French version")
    return TextInput(TRANSLATION, label, initial=view.translation or "", required=False)


def _panelists(session: Session, event_id: str, view: QuestionView, reader: Reader) -> list[Select]:
    people = session.scalars(
        select(Participant)
        .join(
            SpeakerRow,
            (SpeakerRow.event_id == Participant.event_id)
            & (SpeakerRow.participant_id == Participant.participant_id),
        )
        .where(SpeakerRow.event_id == event_id, SpeakerRow.session_id == view.session_id)
        .order_by(SpeakerRow.position)
    ).all()
    options = [Option(one.participant_id, name_of(one, with_organisation=True)) for one in people]
    if not options:
        return []
    nobody = Option(NOBODY, reader.gettext("Nobody in particular"))
    chosen = view.assigned_to or NOBODY
    label = reader.gettext("For which of the speakers")
    return [Select(PANELIST, label, (nobody, *options), chosen=chosen, required=False)]


# ---------------------------------------------------------------- what was sent


@dataclass
class _Saving:
    """The changes of one form, one after the other: each its row of history, each its undo."""

    session: Session
    gesture: Gesture
    question: Question
    seen: int
    steps: list[tuple[str, Done]]

    def step(self, said: str, change: Callable[[int], Done]) -> None:
        # Its own version after the first: nobody can have come between within one transaction.
        done = change(self.question.version if self.steps else self.seen)
        if done.change_id is not None:
            self.steps.append((said, done))


def _change(
    session: Session, gesture: Gesture, args: tuple[str, ...], values: Values
) -> Card | Flaws:
    view, reader = view_of(session, gesture.event_id, args[0]), gesture.reader
    question = session.get_one(Question, (gesture.event_id, args[0]))
    saving = _Saving(session, gesture, question, number(args[1]), [])
    flaws = _words(saving, view, values)
    if flaws is not None:
        return flaws
    _who(saving, view, values)
    if into := values.get(INTO):
        saving.step(
            what_was_said("merge", reader),
            lambda seen: merge(
                session, gesture.person, view.question_id, seen, str(into), gesture.now
            ),
        )
    if not saving.steps:
        return Card(reader.gettext("Nothing was changed."))
    return several_done(session, gesture.event_id, saving.steps, reader)


def _words(saving: _Saving, view: QuestionView, values: Values) -> Flaws | None:
    session, gesture, reader = saving.session, saving.gesture, saving.gesture.reader
    wanted = (
        (TEXT, "edit", edit, view.text),
        (TRANSLATION, "translate", translate, view.translation or ""),
    )
    for field, what, use_case, before in wanted:
        text = str(values.get(field) or "")
        if field not in values or text == before:
            continue
        try:
            saving.step(
                what_was_said(what, reader),
                lambda seen, text=text, use_case=use_case: use_case(  # type: ignore[misc]
                    session, gesture.person, view.question_id, seen, text, gesture.now
                ),
            )
        except care.NotAQuestionError as error:
            return Flaws({field: error.told_to(reader)})
    return None


def _who(saving: _Saving, view: QuestionView, values: Values) -> None:
    session, gesture, reader = saving.session, saving.gesture, saving.gesture.reader
    chosen = values.get(PANELIST)
    if chosen is None:
        return
    panelist = None if chosen == NOBODY else str(chosen)
    if panelist == view.assigned_to:
        return
    said = what_was_said("unassign", reader)
    if panelist is not None:
        person = session.get(Participant, (gesture.event_id, panelist))
        said = what_was_said("assign", reader, name=name_of(person))
    saving.step(
        said,
        lambda seen: assign(session, gesture.person, view.question_id, seen, panelist, gesture.now),
    )

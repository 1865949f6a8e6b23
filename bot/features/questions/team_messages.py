"""What the équipe Questions and the panel are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import Reader
from bot.features.events.model import EventFile
from bot.features.programme.queries import entries_by_id
from bot.features.questions import care
from bot.features.questions.model import (
    ANSWERED,
    DECLINED,
    MERGED,
    ON_SCREEN,
    PUBLISHED,
    REVIEW,
    STATE_LABELS,
    WAITING,
)
from bot.features.questions.queries import QuestionView, question_view, questions_of
from bot.features.questions.wording import panel_action, quoted, who_asks

INDIVIDUAL = "individual_case"
"""The reason for which what somebody tells of a person's health is declined."""
_ABOUT_SOMEBODY = {"health", "adverse_effect"}


@dataclass(frozen=True)
class QuestionToSort:
    """In the private channel of the équipe Questions: one message a question."""

    name: ClassVar[str] = "questions.to_sort"
    version: ClassVar[int] = 1
    event_id: str
    question_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        view = question_view(session, self.event_id, self.question_id)
        assert view is not None
        entry = entries_by_id(session, self.event_id, [view.session_id])[view.session_id]
        state = reader.gettext(STATE_LABELS[view.state])
        why = tuple(reader.gettext(care.REASON_LABELS[one]) for one in view.held)
        stands = " · ".join((state, *why))
        place = " · ".join(filter(None, (entry.title, who_asks(view, reader))))
        before = reader.gettext("As it was asked: {text}")
        lines = [stands, place, view.translation]
        if view.original is not None:
            lines.append(before.format(text=quoted(view.original, reader)))
        if view.assigned_name:
            lines.append(reader.gettext("For {name}").format(name=view.assigned_name))
        return Card(
            summary=f"{stands} · {view.text}",
            sections=(Section(quoted(view.text, reader), tuple(filter(None, lines))),),
            actions=_to_sort(view, reader),
        )


def _to_sort(view: QuestionView, reader: Reader) -> tuple[Action, ...]:
    seen = (view.question_id, str(view.version))
    publish = Action(reader.gettext("Publish"), "questions.publish", seen)
    decline = Action(reader.gettext("Do not keep"), "questions.decline", seen)
    screen = Action(reader.gettext("On screen"), "questions.screen", seen)
    later = Action(reader.gettext("Later"), "questions.later", seen)
    done = Action(reader.gettext("Answered"), "questions.answered", seen)
    more = Action(reader.gettext("More…"), "questions.more", seen)
    one_case = Action(
        reader.gettext(care.DECLINE_REASONS[INDIVIDUAL][0]),
        "questions.decline_as",
        (*seen, INDIVIDUAL),
    )
    if view.state == REVIEW and _ABOUT_SOMEBODY & set(view.held):
        return (one_case, decline, publish, more)  # what is most likely right comes first
    by_state = {
        REVIEW: (publish, decline, more),
        PUBLISHED: (screen, done, decline, more),
        ON_SCREEN: (done, later, more),
        ANSWERED: (more,),
        DECLINED: (more,),
        MERGED: (more,),
    }
    return by_state.get(view.state, ())


@dataclass(frozen=True)
class QuestionsAssigned:
    """To somebody on the panel: the questions that were kept for them."""

    name: ClassVar[str] = "questions.assigned"
    version: ClassVar[int] = 1
    event_id: str
    session_id: str
    participant_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        entry = entries_by_id(session, self.event_id, [self.session_id])[self.session_id]
        title = reader.gettext("Questions for you")
        theirs = [
            one
            for one in questions_of(session, self.event_id, self.session_id)
            if one.assigned_to == self.participant_id and one.state in (*WAITING, ANSWERED)
        ]
        return Card(
            summary=f"{title} · {entry.title}",
            title=title,
            sections=(
                Section(entry.title),
                *(
                    Section(
                        quoted(one.in_language(reader.language), reader),
                        (reader.gettext(STATE_LABELS[one.state]),),
                    )
                    for one in theirs
                ),
            ),
            actions=(panel_action(self.session_id, reader),),
        )

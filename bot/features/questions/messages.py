"""What Maillon says about questions. Arguments are ids; cards are made at send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import Reader
from bot.features.events.model import EventFile
from bot.features.programme.queries import ProgrammeEntry, entries_by_id
from bot.features.questions import care
from bot.features.questions.board_message import Board
from bot.features.questions.model import (
    CONSENT,
    DECLINED,
    MERGED,
    REVIEW,
    STATE_LABELS,
    VOTABLE,
    WAITING,
)
from bot.features.questions.queries import QuestionView, question_view
from bot.features.questions.team_messages import QuestionsAssigned, QuestionToSort
from bot.features.questions.wording import quoted, support_action, supports


@dataclass(frozen=True)
class AskerMessage:
    """To who asked a question, about that question."""

    name: ClassVar[str]
    version: ClassVar[int] = 1
    event_id: str
    question_id: str

    def question(self, session: Session) -> QuestionView:
        view = question_view(session, self.event_id, self.question_id)
        assert view is not None, "questions are marked, never deleted"
        return view

    def entry(self, session: Session, view: QuestionView) -> ProgrammeEntry:
        return entries_by_id(session, self.event_id, [view.session_id])[view.session_id]

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        raise NotImplementedError


@dataclass(frozen=True)
class QuestionStatus(AskerMessage):
    """The one message about a question to its asker, edited as things happen."""

    name: ClassVar[str] = "questions.status"

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        view = self.question(session)
        entry = self.entry(session, view)
        state = reader.gettext(STATE_LABELS[view.state])
        return Card(
            summary=f"{state} · {view.text}",
            title=state,
            sections=(
                Section(quoted(view.text, reader), tuple(_facts(view, entry, reader))),
                *_grouped_with(session, self.event_id, view, reader),
            ),
            actions=_what_to_do(view, reader),
        )


def _facts(view: QuestionView, entry: ProgrammeEntry, reader: Reader) -> list[str]:
    anonymous = reader.gettext("Anonymous question") if view.anonymous else ""
    place = " · ".join(filter(None, (entry.title, anonymous)))
    return [place, *_what_became(view, reader)]


def _what_became(view: QuestionView, reader: Reader) -> tuple[str, ...]:
    lines = []
    if view.state == REVIEW and "adverse_effect" in view.held:
        lines.append(reader.gettext(care.ADVERSE_EFFECT))
    elif view.state == DECLINED and view.declined:
        lines.append(reader.gettext(care.DECLINE_REASONS[view.declined].sentence))
    elif view.state in VOTABLE:
        lines.append(supports(view.votes, reader))
    if view.original is not None:
        lines.append(
            reader.gettext("Your words: {text}").format(text=quoted(view.original, reader))
        )
    if view.answer is not None:
        lines.append(view.answer)
    return tuple(lines)


def _kept(session: Session, event_id: str, view: QuestionView) -> QuestionView | None:
    """The question that this one is told in, at the end of any chain."""
    kept = None
    while view.merged_into and (following := question_view(session, event_id, view.merged_into)):
        kept = view = following
    return kept


def _grouped_with(
    session: Session, event_id: str, view: QuestionView, reader: Reader
) -> tuple[Section, ...]:
    kept = _kept(session, event_id, view)
    if kept is None:
        return ()
    why = care.DECLINE_REASONS[kept.declined].sentence if kept.declined else ""
    state = reader.gettext(STATE_LABELS[kept.state])
    lines = (state, supports(kept.votes, reader), *((reader.gettext(why),) if why else ()))
    actions = (support_action(kept, reader),) if kept.state in VOTABLE else ()
    return (Section(quoted(kept.text, reader), lines, actions),)


def _what_to_do(view: QuestionView, reader: Reader) -> tuple[Action, ...]:
    if view.state not in WAITING:
        return ()
    return (
        Action(reader.gettext("Withdraw my question"), "questions.withdraw", (view.question_id,)),
    )


@dataclass(frozen=True)
class QuestionNews(AskerMessage):
    """*À l'écran* and *Réponse apportée*: a message of its own, because it has to be noticed."""

    name: ClassVar[str] = "questions.news"

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        view = self.question(session)
        if view.state == MERGED:  # told in another, which is what is on the screen
            view = _kept(session, self.event_id, view) or view
        state = reader.gettext(STATE_LABELS[view.state])
        lines = (self.entry(session, view).title,)
        return Card(
            summary=f"{state} · {view.text}",
            title=state,
            sections=(Section(quoted(view.text, reader), lines),),
        )


@dataclass(frozen=True)
class ConsentAsked(AskerMessage):
    """To the author of a message that somebody else wants to see asked."""

    name: ClassVar[str] = "questions.consent"

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        view = self.question(session)
        entry = self.entry(session, view)
        title = reader.gettext("May your message be asked as a question?")
        waits = view.state == CONSENT
        actions = (
            Action(reader.gettext("Yes, with my name"), "questions.agree", (view.question_id, "1")),
            Action(
                reader.gettext("Yes, without my name"), "questions.agree", (view.question_id, "0")
            ),
            Action(reader.gettext("No"), "questions.withdraw", (view.question_id,)),
        )
        state = () if waits else (reader.gettext(STATE_LABELS[view.state]),)
        ask = (reader.gettext("Another person suggests it. Nothing is shown unless you agree."),)
        return Card(
            summary=f"{title} {view.text}",
            title=title,
            sections=(Section(quoted(view.text, reader), (entry.title, *(state or ask))),),
            actions=actions if waits else (),
        )


MESSAGES = (QuestionStatus, QuestionNews, ConsentAsked, QuestionToSort, QuestionsAssigned, Board)

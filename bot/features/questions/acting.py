"""A moderator at work on one question: one change, one row of history.

Each change takes `seen`, the version that the person had before their eyes: two people who act at
once are told of each other, and nothing is overwritten. The row's id in the history undoes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import NoLongerThereError
from bot.db.history import Change, record
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.people.tables import Participant
from bot.features.programme.roles import moderates
from bot.features.questions.model import (
    ChangedByError,
    ChangedMeanwhileError,
    Done,
    GoneQuestionError,
    NotModeratorError,
)
from bot.features.questions.queries import name_of
from bot.features.questions.sheets import locked
from bot.features.questions.tables import Question, QuestionSession
from bot.features.questions.telling import tell_of_change
from bot.features.questions.undoing import stored


@dataclass
class Action:
    """A moderator at work on one question, which is locked with its session."""

    session: Session
    event: EventFile
    person: Participant
    sheet: QuestionSession
    question: Question
    seen: int
    now: datetime

    def expect(self, *states: str) -> None:
        if self.question.state not in states:
            self.unchanged()
            raise GoneQuestionError(self.question.state)

    def unchanged(self) -> None:
        """Raises if another person changed the question since it was looked at."""
        if self.question.version != self.seen:
            raise changed_by(self.session, self.question)

    def do(self, what: str, screen: dict[str, Any] | None = None, **values: Any) -> Done:
        """Make the question what `values` say, unless it is already so."""
        question, sheet = self.question, self.sheet
        screen = screen or {}
        before = {name: getattr(question, name) for name in values}
        shared = {name: getattr(sheet, name) for name in screen}
        if before == values and shared == screen:
            return Done(question.question_id, question.session_id, None)
        self.unchanged()
        for name, value in values.items():
            setattr(question, name, value)
        for name, value in screen.items():
            setattr(sheet, name, value)
        question.version += 1
        change_id = record(
            self.session,
            question.event_id,
            f"question.{what}",
            question.question_id,
            at=self.now,
            actor=self.person.participant_id,
            before=stored({"question": before, "sheet": shared}),
            after=stored({"question": values, "sheet": screen}),
        )
        self.session.flush()
        tell_of_change(self.session, self.event, question, self.now)
        return Done(question.question_id, question.session_id, change_id)


def begin(
    session: Session,
    person: Participant,
    question_id: str,
    seen: int,
    now: datetime,
    *,
    owner: bool = False,
) -> Action:
    """`owner`: the person may act as who was entrusted with the answer."""
    question = session.get(Question, (person.event_id, question_id))
    if question is None:
        raise NoLongerThereError
    event = event_settings(session, person.event_id)
    if not (owner or moderates(session, event, person, question.session_id)):
        raise NotModeratorError
    sheet = locked(session, person.event_id, question.session_id)
    assert sheet is not None, "a question's session has a row"
    session.refresh(question)
    return Action(session, event, person, sheet, question, seen, now)


def off_screen(action: Action) -> dict[str, Any]:
    """What frees the screen, if the question stands on it."""
    shown = action.sheet.on_screen == action.question.question_id
    return {"on_screen": None} if shown else {}


def changed_by(session: Session, question: Question) -> ChangedMeanwhileError:
    last = session.scalar(
        select(Change.actor)
        .where(Change.event_id == question.event_id, Change.subject == question.question_id)
        .order_by(Change.at.desc(), Change.change_id)
        .limit(1)
    )
    person = session.get(Participant, (question.event_id, last)) if last else None
    name = name_of(person)
    # The asker took it back or edited nothing: their name is not for the team to read.
    if not name or (question.participant_id == last and not question.named):
        return ChangedMeanwhileError()
    return ChangedByError(name=name)

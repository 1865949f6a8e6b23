"""*Revenir en arrière*: a change is put back from the history, unless something stands on it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.base import UtcDateTime
from bot.db.history import Change, record
from bot.features.events.queries import event_settings
from bot.features.people.tables import Participant
from bot.features.programme.roles import moderates
from bot.features.questions.model import (
    CONSENT,
    WITHDRAWN,
    CannotUndoError,
    Done,
    MergedInCircleError,
    NotModeratorError,
    roots,
)
from bot.features.questions.news import refresh_told
from bot.features.questions.sheets import locked
from bot.features.questions.tables import Question, QuestionSession
from bot.features.questions.telling import tell_of_change, tell_of_session

TAKEN_DOWN = "question.taken_down"
"""What stood on the screen before, in the history of what was put there."""
_UNDONE = ".undone"


def undo(session: Session, person: Participant, change_id: str, now: datetime) -> Done:
    """*Revenir en arrière*, unless something later stands on the change; again changes nothing."""
    change = session.get(Change, (person.event_id, change_id))
    if change is None or not change.before or set(change.before) != {"question", "sheet"}:
        raise CannotUndoError
    question = session.get(Question, (person.event_id, change.subject))
    session_id = question.session_id if question else change.subject
    event = event_settings(session, person.event_id)
    if not moderates(session, event, person, session_id):
        raise NotModeratorError
    sheet = locked(session, person.event_id, session_id)
    assert sheet is not None, "it was changed before"
    if question is not None:
        session.refresh(question)
    if _undone(session, change):
        return Done(change.subject if question else "", session_id, None)
    undone = _take_back(session, change, (question, sheet), person, now)
    for other in _made_way(session, change):
        gave = session.get_one(Question, (person.event_id, other.subject), populate_existing=True)
        _take_back(session, other, (gave, sheet), person, now, cause=undone)
        gave.version += 1
        tell_of_change(session, event, gave, now)
    if question is None:
        tell_of_session(session, person.event_id, event, session_id, now)
        return Done("", session_id, undone)
    question.version += 1
    reroot(session, question)
    _stands(session, question)
    tell_of_change(session, event, question, now)
    if {"owner_id", "answer"} & change.before["question"].keys():
        refresh_told(session, person.event_id, session_id, now)
    return Done(question.question_id, session_id, undone)


def _reverse(what: str) -> str:
    """How the history calls the undo of `what`, and the undo of that undo."""
    return what.removesuffix(_UNDONE) if what.endswith(_UNDONE) else what + _UNDONE


def _undone(session: Session, change: Change) -> bool:
    again = select(Change.change_id).where(
        Change.event_id == change.event_id,
        Change.subject == change.subject,
        Change.cause == change.change_id,
        Change.what == _reverse(change.what),
    )
    return session.scalar(again.limit(1)) is not None


def _made_way(session: Session, change: Change) -> list[Change]:
    """What became of another question by this very change."""
    screens = {change.before["sheet"].get("on_screen"), change.after["sheet"].get("on_screen")}
    return list(
        session.scalars(
            select(Change).where(
                Change.event_id == change.event_id,
                Change.subject.in_(screens - {None, change.subject}),
                Change.cause == change.change_id,
            )
        )
    )


def _take_back(
    session: Session,
    change: Change,
    rows: tuple[Question | None, QuestionSession],
    person: Participant,
    now: datetime,
    cause: str | None = None,
) -> str:
    """Put back what `change` changed, if it still holds; the id of the row that says so."""
    parts = [(row, part) for row, part in zip(rows, ("question", "sheet"), strict=True) if row]
    parts = [(row, part) for row, part in parts if part in change.before]
    if not all(_holds(row, change.after[part]) for row, part in parts):
        raise CannotUndoError
    for row, part in parts:
        _put_back(row, change.before[part])
    return record(
        session,
        change.event_id,
        _reverse(change.what),
        change.subject,
        at=now,
        actor=person.participant_id,
        before=change.after,
        after=change.before,
        cause=cause or change.change_id,
    )


def _stands(session: Session, question: Question) -> None:
    """Grouped again, it is told in one that its asker has not taken back meanwhile."""
    if question.merged_into is None:
        return
    told = session.get_one(Question, (question.event_id, question.root_id))
    if told.state in (WITHDRAWN, CONSENT):
        raise CannotUndoError


def _holds(row: Any, values: dict[str, Any]) -> bool:
    return all(plain(getattr(row, name)) == value for name, value in values.items())


def _put_back(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        moment = isinstance(row.__table__.c[name].type, UtcDateTime) and value is not None
        setattr(row, name, datetime.fromisoformat(value) if moment else value)


def reroot(session: Session, changed: Question) -> None:
    """Tell each question of the session again which one it is told in.

    Under the lock of the session, which whoever merges has. Not under locks of the rows: a vote
    holds their keys while it waits for the session.
    """
    session.flush()
    rows = session.scalars(
        select(Question).where(
            Question.event_id == changed.event_id, Question.session_id == changed.session_id
        )
    ).all()
    try:
        ends = roots({row.question_id: row.merged_into for row in rows if row.merged_into})
    except MergedInCircleError as error:  # of an undo: the other was grouped with it since
        raise CannotUndoError from error
    for row in rows:
        row.root_id = ends.get(row.question_id, row.question_id)
    session.flush()


def stored(parts: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        part: {name: plain(value) for name, value in values.items()}
        for part, values in parts.items()
    }


def plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value

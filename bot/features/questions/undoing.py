"""*Revenir en arrière*: a change is put back from the history, unless something stands on it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.db.history import Change, record
from bot.features.events.queries import event_settings
from bot.features.people.tables import Participant
from bot.features.programme.roles import moderates
from bot.features.questions.model import (
    ON_SCREEN,
    PUBLISHED,
    CannotUndoError,
    Done,
    NotModeratorError,
    roots,
)
from bot.features.questions.sheets import locked
from bot.features.questions.tables import Question, QuestionSession
from bot.features.questions.telling import tell_of_change, tell_of_session


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
    parts = [(question, "question"), (sheet, "sheet")]
    if all(_holds(row, change.before[part]) for row, part in parts):
        return Done(change.subject if question else "", session_id, None)
    if not all(_holds(row, change.after[part]) for row, part in parts):
        raise CannotUndoError
    for row, part in parts:
        _put_back(row, change.before[part])
    undone = record(
        session,
        person.event_id,
        f"{change.what}.undone",
        change.subject,
        at=now,
        actor=person.participant_id,
        before=change.after,
        after=change.before,
        cause=change_id,
    )
    _one_on_screen(session, sheet)
    if question is None:
        tell_of_session(session, person.event_id, event, session_id, now)
        return Done("", session_id, undone)
    question.version += 1
    reroot(session, question)
    tell_of_change(session, event, question, now)
    return Done(question.question_id, session_id, undone)


def _holds(row: Any, values: dict[str, Any]) -> bool:
    return row is None or all(plain(getattr(row, name)) == value for name, value in values.items())


def _put_back(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        moment = name.endswith("_at") and value is not None
        setattr(row, name, datetime.fromisoformat(value) if moment else value)


def _one_on_screen(session: Session, sheet: QuestionSession) -> None:
    """After an undo: the question that the screen names, and no other, is on it."""
    session.flush()
    rows = session.scalars(
        select(Question).where(
            Question.event_id == sheet.event_id,
            Question.session_id == sheet.session_id,
            or_(Question.state == ON_SCREEN, Question.question_id == sheet.on_screen),
        )
    ).all()
    for row in rows:
        wanted = ON_SCREEN if row.question_id == sheet.on_screen else PUBLISHED
        if row.state == wanted:
            continue
        if wanted == ON_SCREEN and row.state != PUBLISHED:
            sheet.on_screen = None
            continue
        row.state, row.version = wanted, row.version + 1


def reroot(session: Session, changed: Question) -> None:
    """Tell each question of the session again which one it is told in."""
    session.flush()
    rows = session.scalars(
        select(Question)
        .where(Question.event_id == changed.event_id, Question.session_id == changed.session_id)
        .with_for_update()
    ).all()
    ends = roots({row.question_id: row.merged_into for row in rows if row.merged_into})
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

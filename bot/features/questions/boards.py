"""The one message of a session with its questions, in the channel where it is announced.

It is posted with the first question that everybody may read, not before the session is announced,
and edited from then on. What the programme or the clock changes about it is seen by `tick`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from bot.db.moments import EVENT
from bot.delivery.outbox import Place, enqueue, refresh
from bot.features.events.model import EventFile
from bot.features.events.queries import workspace_ids
from bot.features.programme.tables import SessionRow
from bot.features.questions.board_message import CANCELLED, OPEN, OVER, Board
from bot.features.questions.model import PUBLIC
from bot.features.questions.tables import Question, QuestionSession


def board_key(session_id: str, workspace_id: str) -> str:
    return f"board:{session_id}:{workspace_id}"


def show_board(
    session: Session, event_id: str, event: EventFile, session_id: str, now: datetime
) -> None:
    row = session.get_one(SessionRow, (event_id, session_id))
    sheet = session.get_one(QuestionSession, (event_id, session_id))
    sheet.board_state = state = _state(session, event, row, sheet, now)
    if sheet.board_told_at is None:
        if state != OPEN:
            return
        sheet.board_told_at = now
    channel = event.channels.of(row.room, row.track)
    for workspace_id in workspace_ids(session, event_id):
        key = board_key(session_id, workspace_id)
        posted = enqueue(
            session,
            event_id,
            Place(workspace_id, channel=channel),
            Board(event_id, session_id),
            key,
            message_class="useful",
            now=now,
            expires_at=row.ends_at,
        )
        if posted is None:
            refresh(session, event_id, key, now)


def _state(
    session: Session, event: EventFile, row: SessionRow, sheet: QuestionSession, now: datetime
) -> str | None:
    """None while there is nothing to show yet."""
    if row.cancelled:
        return CANCELLED
    if now >= row.ends_at:
        return OVER
    if sheet.board_told_at is not None:
        return OPEN
    announced = now >= row.starts_at - event.timing.announce
    return OPEN if announced and session.scalar(select(_has_public(sheet))) else None


def _has_public(sheet: QuestionSession | type[QuestionSession]) -> ColumnElement[bool]:
    return exists().where(
        Question.event_id == sheet.event_id,
        Question.session_id == sheet.session_id,
        Question.state.in_(PUBLIC),
    )


# Made once: it is asked at every wake.
_NOT_OVER = (
    select(QuestionSession, SessionRow, _has_public(QuestionSession))
    .join(
        SessionRow,
        (SessionRow.event_id == QuestionSession.event_id)
        & (SessionRow.session_id == QuestionSession.session_id),
    )
    .where(
        QuestionSession.event_id == EVENT,
        QuestionSession.board_state.is_distinct_from(OVER),
    )
)


def tick(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    for session_id, due in _dues(session, event_id, event).items():
        if due <= now:
            show_board(session, event_id, event, session_id, now)


def next_due(session: Session, event_id: str, event: EventFile) -> datetime | None:
    return min(_dues(session, event_id, event).values(), default=None)


def _dues(session: Session, event_id: str, event: EventFile) -> dict[str, datetime]:
    """When each board is no longer what it says."""
    rows = session.execute(_NOT_OVER, {"event_id": event_id})
    dues = {}
    for sheet, row, public in rows:
        due = _due(event, row, sheet, public)
        if due is not None:
            dues[row.session_id] = due
    return dues


def _due(
    event: EventFile, row: SessionRow, sheet: QuestionSession, public: bool
) -> datetime | None:
    if row.cancelled or sheet.board_state == CANCELLED:
        same = row.cancelled and sheet.board_state == CANCELLED
        return None if same else sheet.opened_at
    if sheet.board_state == OPEN:
        return row.ends_at
    return row.starts_at - event.timing.announce if public else None

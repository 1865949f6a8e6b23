"""Who has a part in which session and is still to be told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bot.db.engine import insert_ignore
from bot.features.events.model import EventFile
from bot.features.people.queries import has_home
from bot.features.programme.on_stage import parts
from bot.features.programme.tables import SessionRow
from bot.features.speaking.planning import HOUR_BEFORE, days_told_until
from bot.features.speaking.tables import DAY, HOUR, SpeakingTelling


def first_untold(session: Session, event_id: str, kind: str) -> datetime | None:
    """The first start of a session of which somebody has heard nothing."""
    untold = _untold(event_id, kind).with_only_columns(func.min(SessionRow.starts_at))
    return session.scalar(untold)


def plan(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    """Whoever is due waits from now on for the budget; what has begun is written down, so that
    it is not looked at again."""
    until = {HOUR: now + HOUR_BEFORE, DAY: days_told_until(event, now)}
    for kind, moment in until.items():
        due = _untold(event_id, kind).where(_begins_by(kind, moment))
        rows = [
            planned(participant_id, row, kind, now if row.starts_at > now else None)
            for participant_id, row in {tuple(one) for one in session.execute(due)}
        ]
        insert_ignore(session, SpeakingTelling, rows)


def _begins_by(kind: str, moment: datetime) -> Any:
    return SessionRow.starts_at <= moment if kind == HOUR else SessionRow.starts_at < moment


def planned(
    participant_id: str, row: SessionRow, kind: str, due_at: datetime | None
) -> dict[str, Any]:
    return {
        "event_id": row.event_id,
        "participant_id": participant_id,
        "session_id": row.session_id,
        "kind": kind,
        **as_told(row),
        "due_at": due_at,
    }


def as_told(row: SessionRow) -> dict[str, Any]:
    """What a message says of a session; where one of them changes, the message follows."""
    return {
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "room": row.room,
        "cancelled": row.cancelled,
        "full": row.full,
    }


def _untold(event_id: str, kind: str) -> Select[Any]:
    """(participant_id, session) of those who can be written to."""
    part = parts(event_id).subquery()
    told = (
        select(SpeakingTelling.kind)
        .where(
            SpeakingTelling.event_id == event_id,
            SpeakingTelling.participant_id == part.c.participant_id,
            SpeakingTelling.session_id == part.c.session_id,
            SpeakingTelling.kind == kind,
        )
        .exists()
    )
    return (
        select(part.c.participant_id, SessionRow)
        .join(SessionRow, SessionRow.session_id == part.c.session_id)
        .where(
            SessionRow.event_id == event_id,
            SessionRow.cancelled.is_(False),
            # Begun, or about to: past sessions are not looked at again and again.
            SessionRow.next_remind_at.is_not(None),
            has_home(event_id, part.c.participant_id),
            ~told,
        )
    )

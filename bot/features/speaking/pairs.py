"""Who has a part in which session and is still to be told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bot.db.engine import insert_ignore
from bot.features.events.model import EventFile
from bot.features.people.queries import has_home
from bot.features.programme.on_stage import parts
from bot.features.programme.tables import SessionRow
from bot.features.speaking.planning import HOUR_BEFORE, days_told_until, next_brief
from bot.features.speaking.tables import DAY, HOUR, SpeakingTelling

AT_ONCE = 500
"""Rows of one insert, which has room for so many parameters."""


def plan(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    """Whoever is due waits from now on for the budget; each session looked at says when it is
    next."""
    until = {HOUR: now + HOUR_BEFORE, DAY: days_told_until(event, now)}
    for kind, moment in until.items():
        due = _untold(event_id, kind, now).where(_begins_by(kind, moment))
        rows = [
            planned(participant_id, row, kind, now)
            for participant_id, row in {tuple(one) for one in session.execute(due)}
        ]
        for start in range(0, len(rows), AT_ONCE):
            insert_ignore(session, SpeakingTelling, rows[start : start + AT_ONCE])
    _look_again_later(session, event_id, event, now)


def _look_again_later(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    """In parts: after an import all sessions are looked at, and all at once they weigh much."""
    looked_at = select(SessionRow).where(
        SessionRow.event_id == event_id, SessionRow.next_brief_at <= now
    )
    while rows := session.scalars(looked_at.limit(AT_ONCE)).all():
        for row in rows:
            row.next_brief_at = None if row.cancelled else next_brief(event, row.starts_at, now)
        session.flush()


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


def _untold(event_id: str, kind: str, now: datetime) -> Select[Any]:
    """(participant_id, session) of those who can be written to, in the sessions to look at."""
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
            SessionRow.next_brief_at <= now,
            SessionRow.cancelled.is_(False),
            SessionRow.starts_at > now,
            # About to begin: what is told now comes too late.
            SessionRow.next_remind_at.is_not(None),
            has_home(event_id, part.c.participant_id),
            ~told,
        )
    )

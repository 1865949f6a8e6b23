"""When the sessions in the database are next announced and reminded of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features.events.actions import lock_event
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.programme.schedule import next_announcement, next_reminder
from bot.features.programme.tables import SessionRow


def schedule(event: EventFile, row: SessionRow, now: datetime) -> None:
    """Set when a session is next announced and reminded of."""
    timing = event.timing
    row.next_announce_at = next_announcement(
        row.starts_at, row.announced_start, timing.announce, now
    )
    row.next_remind_at = next_reminder(row.starts_at, row.reminded_start, timing.remind, now)


def reschedule(session: Session, event_id: str, now: datetime) -> None:
    """After the event's lead times changed."""
    lock_event(session, event_id)
    event = event_settings(session, event_id)
    for row in session.scalars(
        select(SessionRow).where(
            SessionRow.event_id == event_id,
            SessionRow.cancelled.is_(False),
            SessionRow.starts_at > now,
        )
    ):
        was_planned = row.next_remind_at is not None
        schedule(event, row, now)
        if was_planned and row.next_remind_at is None:
            row.next_remind_at = now  # the longer lead has begun already

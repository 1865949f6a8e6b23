"""When the sessions in the database are next announced and reminded of."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.delivery.pace import Rates
from bot.features.events.actions import lock_event
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.programme.schedule import next_announcement, next_reminder, reminder_lead
from bot.features.programme.tables import SessionRow, Star

A_MINUTE = Rates().posts.per_minute
"""What a workspace takes; the rest that is said meanwhile waits, or was said before."""


def lead_of(session: Session, event: EventFile, row: SessionRow) -> timedelta:
    """How long before its start those who chose a session are reminded."""
    people = session.scalar(
        select(func.count(Star.participant_id.distinct()))
        .join(
            SessionRow,
            (SessionRow.event_id == Star.event_id) & (SessionRow.session_id == Star.session_id),
        )
        .where(SessionRow.event_id == row.event_id, SessionRow.starts_at == row.starts_at)
    )
    return reminder_lead(event.timing.remind, people or 0, A_MINUTE)


def remind_in_time(session: Session, row: SessionRow, now: datetime) -> None:
    """One more chose the session: all that starts with it may have to be reminded of earlier."""
    if row.next_remind_at is None:
        return
    moment = row.starts_at - lead_of(session, event_settings(session, row.event_id), row)
    if moment < row.next_remind_at:
        together = update(SessionRow).where(
            SessionRow.event_id == row.event_id,
            SessionRow.starts_at == row.starts_at,
            SessionRow.next_remind_at > moment,
        )
        session.execute(together.values(next_remind_at=max(moment, now)))


def schedule(session: Session, event: EventFile, row: SessionRow, now: datetime) -> None:
    """Set when a session is next announced and reminded of, and when its stage is looked at."""
    timing = event.timing
    row.next_announce_at = next_announcement(
        row.starts_at, row.announced_start, timing.announce, now
    )
    lead = lead_of(session, event, row)
    row.next_remind_at = next_reminder(row.starts_at, row.reminded_start, lead, now)
    row.next_brief_at = now


def reschedule(session: Session, event_id: str, now: datetime) -> None:
    """After the event's lead times or its zone changed."""
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
        schedule(session, event, row, now)
        if was_planned and row.next_remind_at is None:
            row.next_remind_at = now  # the longer lead has begun already

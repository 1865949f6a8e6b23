"""When the sessions in the database are next announced and reminded of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.delivery.pace import Rates
from bot.features.events.actions import lock_event
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.programme.schedule import (
    in_time_anyway,
    next_announcement,
    next_reminder,
    reminder_lead,
)
from bot.features.programme.tables import SessionRow, Star

A_MINUTE = Rates().posts.per_minute
"""What a workspace takes; the rest that is said meanwhile waits, or was said before."""


def remind_in_time(
    session: Session, event_id: str, event: EventFile, now: datetime, start: datetime | None = None
) -> None:
    """Where very many chose what starts together, they are reminded of it earlier than others;
    `start` looks at that one alone."""
    lead = event.timing.remind
    people = func.count(Star.participant_id.distinct())
    crowds = (
        select(SessionRow.starts_at, people)
        .join(
            Star,
            (Star.event_id == SessionRow.event_id) & (Star.session_id == SessionRow.session_id),
        )
        .where(SessionRow.event_id == event_id, SessionRow.next_remind_at.is_not(None))
        .group_by(SessionRow.starts_at)
        .having(people > in_time_anyway(lead, A_MINUTE))
    )
    if start is not None:
        crowds = crowds.where(SessionRow.starts_at == start)
    for starts_at, crowd in session.execute(crowds).all():
        moment = max(now, starts_at - reminder_lead(lead, crowd, A_MINUTE))
        session.execute(
            update(SessionRow)
            .where(
                SessionRow.event_id == event_id,
                SessionRow.starts_at == starts_at,
                SessionRow.next_remind_at > moment,
            )
            .values(next_remind_at=moment)
        )


def schedule(event: EventFile, row: SessionRow, now: datetime) -> None:
    """Set when a session is next announced and reminded of, and when its stage is looked at."""
    timing = event.timing
    row.next_announce_at = next_announcement(
        row.starts_at, row.announced_start, timing.announce, now
    )
    row.next_remind_at = next_reminder(row.starts_at, row.reminded_start, timing.remind, now)
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
        schedule(event, row, now)
        if was_planned and row.next_remind_at is None:
            row.next_remind_at = now  # the longer lead has begun already
    session.flush()
    remind_in_time(session, event_id, event, now)

"""Retention: once a night, every table lets go of what it kept long enough."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.base import lifecycles
from bot.db.history import Change, record
from bot.db.moments import EVENT
from bot.features.events.actions import lock_event
from bot.features.events.model import EventFile
from bot.features.events.queries import event_rules, event_settings
from bot.features.events.tables import Event
from bot.features.introductions.crossings import keep_totals

AT_NIGHT = time(4, 0)
"""In the event's zone: nobody waits for the database then, and no zone skips this hour."""
APPLIED = "privacy.retention_applied"


def apply_retention(session: Session, event_id: str, now: datetime) -> bool:
    """Apply every table's retention, unless this was done since the last night; whether it was."""
    lock_event(session, event_id)
    if now < next_due(session, event_id):
        return False
    ended_at = event_settings(session, event_id).ends_at
    # First: these counts are made from rows of several tables, which then go.
    keep_totals(session, event_id, ended_at, now)
    for lifecycle in lifecycles():
        if lifecycle.expire is not None:
            lifecycle.expire(session, event_id, ended_at, now)
    # Last, since the history has a retention too and must not forget that it was applied.
    record(session, event_id, APPLIED, event_id, at=now, actor="clock")
    session.expire_all()
    return True


def tick(session: Session, event_id: str, now: datetime) -> None:
    apply_retention(session, event_id, now)


_APPLIED = select(
    func.coalesce(
        select(func.max(Change.at))
        .where(Change.event_id == EVENT, Change.what == APPLIED)
        .scalar_subquery(),
        select(Event.applied_at).where(Event.event_id == EVENT).scalar_subquery(),
    )
)


def next_due(session: Session, event_id: str) -> datetime:
    """The night after it was last applied, or after the event was set up."""
    since = session.execute(_APPLIED, {"event_id": event_id}).scalar_one()
    return _night_after(event_rules(session, event_id), since)


def _night_after(event: EventFile, moment: datetime) -> datetime:
    local = moment.astimezone(event.tz)
    night = datetime.combine(local.date(), AT_NIGHT, event.tz)
    if night <= local:
        night = datetime.combine(local.date() + timedelta(days=1), AT_NIGHT, event.tz)
    return night

"""When somebody with a part in a session is told: the evening before, and an hour before."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.features.events.model import EventFile

EVENING = time(17)
"""Of the day before: time is left to prepare, and it is not night yet."""
HOUR_BEFORE = timedelta(hours=1)
DAY_UNTIL = timedelta(hours=3)
"""Before the first session of the day: later, the hour before says it all."""


def local_day(event: EventFile, moment: datetime) -> date:
    return moment.astimezone(event.tz).date()


def evening_before(event: EventFile, starts_at: datetime) -> datetime:
    day = local_day(event, starts_at) - timedelta(days=1)
    return datetime.combine(day, EVENING, event.tz)


def next_brief(event: EventFile, starts_at: datetime, now: datetime) -> datetime | None:
    """The next moment at which somebody is to hear of a session that starts then."""
    moments = (evening_before(event, starts_at), starts_at - HOUR_BEFORE)
    return min((moment for moment in moments if moment > now), default=None)


def days_told_until(event: EventFile, now: datetime) -> datetime:
    """Sessions that begin before this moment are those whose evening before has come."""
    local = now.astimezone(event.tz)
    days = 2 if local.time() >= EVENING else 1
    return datetime.combine(local.date() + timedelta(days=days), time(0), event.tz)

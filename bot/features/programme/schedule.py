"""When a session is next told: the rules of leads, as pure functions.

A lead already told is told again only if its new moment is still ahead and the session moved by
more than that lead; a lead not yet told follows the start.
"""

from __future__ import annotations

from datetime import datetime, timedelta

LAST_REMINDER = timedelta(minutes=2)
"""Before the start: whoever is told later cannot be there any more."""


def reminder_lead(lead: timedelta, people: int, a_minute: float) -> timedelta:
    """Long enough that the last of `people` is reminded in time, at so many messages a minute."""
    return max(lead, _too_late(lead) + timedelta(minutes=people / a_minute))


def in_time_anyway(lead: timedelta, a_minute: float) -> int:
    """How many people the usual lead is long enough for."""
    return int((lead - _too_late(lead)) / timedelta(minutes=1) * a_minute)


def last_reminder(start: datetime, lead: timedelta) -> datetime:
    """From when on nobody is reminded of what starts then."""
    return start - _too_late(lead)


def _too_late(lead: timedelta) -> timedelta:
    return min(LAST_REMINDER, lead / 2)


def next_announcement(
    start: datetime, told_start: datetime | None, lead: timedelta, now: datetime
) -> datetime | None:
    """A session that becomes known within its lead is still announced, until it starts."""
    moment = start - lead
    if told_start is None:
        return moment if start > now else None
    return moment if moment > now and abs(start - told_start) > lead else None


def next_reminder(
    start: datetime, told_start: datetime | None, lead: timedelta, now: datetime
) -> datetime | None:
    """Where the moment has passed, the change itself is what people are told."""
    moment = start - lead
    if moment <= now:
        return None
    return moment if told_start is None or abs(start - told_start) > lead else None

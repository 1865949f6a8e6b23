"""The message of a morning: when it is due, and what it stands for.

It tells of what begins the day, where that is coffee and talk within the hour: no second post does,
and the message follows what becomes of it like every announcement.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.moments import EVENT
from bot.delivery.outbox import Place, enqueue
from bot.features.events.actions import lock_event
from bot.features.events.model import EventFile
from bot.features.events.queries import event_rules, event_settings, workspace_ids
from bot.features.home.messages import MorningOfTheDay
from bot.features.home.tables import MorningMessage
from bot.features.programme.announcements import told_in
from bot.features.programme.changes import announcement_key
from bot.features.programme.queries import day_of, has_sessions
from bot.features.programme.tables import SessionRow

TOLD_AT, UNTIL = time(7, 45), time(12)
WITHIN = timedelta(hours=1)
LOOKS_BACK = timedelta(days=7)
"""Changes of the day's sessions that are older were made before most people looked."""


def tick(session: Session, event_id: str, now: datetime) -> None:
    """One message a day of the event, once whoever runs this; none that comes after noon."""
    lock_event(session, event_id)
    event, workspaces = event_settings(session, event_id), workspace_ids(session, event_id)
    if not workspaces:
        return
    for day in _untold(session, event_id, event):
        if _moment(event, day) > now:
            return
        if now < _at(event, day, UNTIL) and has_sessions(session, event_id, event, day):
            _tell(session, event_id, event, workspaces, day, now)
        else:
            session.add(MorningMessage(event_id=event_id, day=day, told_at=now))
        session.flush()


def next_due(session: Session, event_id: str) -> datetime | None:
    event = event_rules(session, event_id)
    return next((_moment(event, day) for day in _untold(session, event_id, event)), None)


_TOLD = select(MorningMessage.day).where(MorningMessage.event_id == EVENT)


def _untold(session: Session, event_id: str, event: EventFile) -> list[date]:
    told = set(session.scalars(_TOLD, {"event_id": event_id}))
    days = (event.last_day - event.first_day).days + 1
    everyday = (event.first_day + timedelta(days=number) for number in range(days))
    return [day for day in everyday if day not in told]


def _moment(event: EventFile, day: date) -> datetime:
    """07:45, or once it is no longer quiet."""
    moment = _at(event, day, TOLD_AT)
    quiet = event.budget.quiet_hours
    return quiet.next_end(moment) if quiet.holds(moment) else moment


def _at(event: EventFile, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, event.tz)


def _tell(
    session: Session,
    event_id: str,
    event: EventFile,
    workspaces: Sequence[str],
    day: date,
    now: datetime,
) -> None:
    first = _begins_with(session, event_id, event, now)
    starts_at = first[0].starts_at if first else _at(event, day, UNTIL)
    channel = event.channels.general
    announcement_id = told_in(session, event_id, channel, starts_at, first, now)
    session.add(
        MorningMessage(
            event_id=event_id,
            day=day,
            announcement_id=announcement_id,
            since=now - LOOKS_BACK,
            told_at=now,
        )
    )
    for workspace_id in workspaces:
        enqueue(
            session,
            event_id,
            Place(workspace_id, channel=channel),
            MorningOfTheDay(event_id, day.isoformat()),
            announcement_key(announcement_id, workspace_id),
            message_class="useful",
            now=now,
            expires_at=_at(event, day, UNTIL),
        )


def _begins_with(
    session: Session, event_id: str, event: EventFile, now: datetime
) -> list[SessionRow]:
    """What begins the day, if nobody was told of it yet and it needs no choice."""
    _, midnight = day_of(event, now)
    ahead = session.scalars(
        select(SessionRow)
        .where(
            SessionRow.event_id == event_id,
            SessionRow.cancelled.is_(False),
            SessionRow.starts_at > now,
            SessionRow.starts_at < min(midnight, now + WITHIN),
        )
        .order_by(SessionRow.starts_at, SessionRow.session_id)
    ).all()
    first = [row for row in ahead if row.starts_at == ahead[0].starts_at]
    untold = [row for row in first if row.next_announce_at is not None]
    return [row for row in untold if row.kind == "networking"]

"""Saying that a session runs late, and taking that back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.errors import NoLongerThereError
from bot.core.ids import new_id
from bot.db.history import record
from bot.features.delays.model import (
    LaterDelayError,
    MovedMeanwhileError,
    TooLateToUndoError,
    seen_end,
)
from bot.features.delays.previewing import Reckoned, check, reckon, rounds_moved
from bot.features.events.actions import lock_event
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings, workspace_ids
from bot.features.people.tables import Participant
from bot.features.programme.changes import (
    Told,
    Was,
    is_urgent,
    notify,
    refresh_announcements,
    tell,
)
from bot.features.programme.delay_tables import Delay
from bot.features.programme.delays import Made, Shift, stands_on, undone_too_late
from bot.features.programme.model import DELAYED, ON_TIME
from bot.features.programme.shifting import follow, shifts_by, store
from bot.features.programme.tables import Notice, SessionRow

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Undone:
    """Where the late session stands again, and how many people are told."""

    session_id: str
    people: int


def announce_delay(
    session: Session,
    person: Participant,
    session_id: str,
    minutes: int,
    seen: str,
    now: datetime,
    *,
    whole: bool = False,
) -> str:
    """A session runs late; the id by which that is taken back.

    `seen` is the end that the presser saw: of two who press at once, one is told to look again,
    and who presses twice is late once.
    """
    lock_event(session, person.event_id)
    event = event_settings(session, person.event_id)
    row = check(session, event, person, session_id)
    if seen_end(row.ends_at) != seen:
        return _pressed_before(session, person, row, minutes, seen)
    found = reckon(session, event, row, minutes, whole, now)
    rounds = rounds_moved(session, event, person.event_id, found.shifts, found.rows, now)
    spared = {one.session_id: one.people for one in rounds}
    delay = Delay(
        event_id=row.event_id,
        delay_id=new_id(),
        number=_next_number(session, row.event_id),
        session_id=session_id,
        minutes=minutes,
        whole=whole,
        participant_id=person.participant_id,
        made_at=now,
    )
    store(session, delay, found.shifts)
    _record(session, delay, person, row, "programme.delayed", now, found.shifts)
    _move(session, event, delay, found, spared, now)
    return delay.delay_id


def _next_number(session: Session, event_id: str) -> int:
    last = session.scalar(select(func.max(Delay.number)).where(Delay.event_id == event_id))
    return (last or 0) + 1


def _move(
    session: Session,
    event: EventFile,
    delay: Delay,
    found: Reckoned,
    spared: Mapping[str, Collection[str]],
    now: datetime,
) -> None:
    rows = {one.session_id: found.rows[one.session_id] for one in found.shifts}
    was = {session_id: Was.of(row) for session_id, row in rows.items()}
    follow(session, event, rows, now)
    workspaces = workspace_ids(session, delay.event_id)
    for session_id, row in rows.items():
        later = was[session_id].starts_at != row.starts_at
        kinds = frozenset({DELAYED}) if later else NOBODY
        told = Told(row, was[session_id], kinds, delay.delay_id)
        tell(session, event, told, workspaces, now, spared.get(session_id, ()))


def _pressed_before(
    session: Session, person: Participant, row: SessionRow, minutes: int, seen: str
) -> str:
    """The same press, or the same wish of two people: it is done already."""
    latest = standing_delay(session, row.event_id, row.session_id)
    same = latest is not None and (latest.minutes, latest.participant_id) == (
        minutes,
        person.participant_id,
    )
    if latest is None or not same or int(row.ends_at.timestamp()) - minutes * 60 != _number(seen):
        raise MovedMeanwhileError
    return latest.delay_id


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def standing_delay(session: Session, event_id: str, session_id: str) -> Delay | None:
    """The last that was said of a session, if it was not taken back."""
    return session.scalar(
        select(Delay)
        .where(
            Delay.event_id == event_id,
            Delay.session_id == session_id,
            Delay.undone_at.is_(None),
        )
        .order_by(Delay.number.desc())
        .limit(1)
    )


def undo_delay(session: Session, person: Participant, delay_id: str, now: datetime) -> Undone:
    """*Revenir en arrière*: what the programme says holds again, and who was told hears so."""
    lock_event(session, person.event_id)
    event = event_settings(session, person.event_id)
    delay = session.get(Delay, (person.event_id, delay_id), populate_existing=True)
    if delay is None:
        raise NoLongerThereError
    row = check(session, event, person, delay.session_id)
    if delay.undone_at is not None:
        return Undone(row.session_id, 0)
    moved = shifts_by(session, row.event_id, delay_id)
    rows = {
        one.session_id: session.get_one(SessionRow, (row.event_id, one.session_id)) for one in moved
    }
    check_undo(session, delay, moved, rows, now)
    rounds = rounds_moved(session, event, row.event_id, moved, rows, now, back=True)
    delay.undone_at = now
    session.flush()
    was = {session_id: Was.of(one) for session_id, one in rows.items()}
    follow(session, event, rows, now)
    _record(session, delay, person, row, "programme.delay_undone", now, moved)
    people = {who for one in rounds for who in one.people}
    for session_id, one in rows.items():
        told = Told(one, was[session_id], frozenset({ON_TIME}), delay_id)
        spared = {who for each in rounds if each.session_id == session_id for who in each.people}
        people |= _tell_back(session, event, told, session_id == delay.session_id, spared, now)
    return Undone(row.session_id, len(people))


def check_undo(
    session: Session,
    delay: Delay,
    moved: Collection[Shift],
    rows: Mapping[str, SessionRow],
    now: datetime,
) -> None:
    restored = []
    for one in moved:
        row = rows[one.session_id]
        restored += [row.starts_at - one.start_by] if one.start_by else []
        restored += [row.ends_at - one.end_by] if one.end_by else []
    if undone_too_late(restored, delay.made_at, now):
        raise TooLateToUndoError
    this = _made(session, delay)
    later = session.scalars(
        select(Delay).where(
            Delay.event_id == delay.event_id,
            Delay.undone_at.is_(None),
            Delay.number > delay.number,
        )
    )
    if any(stands_on(_made(session, one), this) for one in later.all()):
        raise LaterDelayError


def _made(session: Session, delay: Delay) -> Made:
    moved = [one.session_id for one in shifts_by(session, delay.event_id, delay.delay_id)]
    rooms = session.scalars(
        select(SessionRow.room).where(
            SessionRow.event_id == delay.event_id, SessionRow.session_id.in_(moved)
        )
    )
    late = session.get_one(SessionRow, (delay.event_id, delay.session_id))
    return Made(late.room, frozenset(rooms))


def _tell_back(
    session: Session,
    event: EventFile,
    told: Told,
    late: bool,
    spared: Collection[str],
    now: datetime,
) -> set[str]:
    """Edit back, and say so once wherever the delay was told: to a person who heard of it, in a
    channel that showed it. Who is told."""
    row = told.row
    workspaces = workspace_ids(session, row.event_id)
    silent = Told(row, told.was, NOBODY)
    tell(session, event, silent, workspaces, now)
    heard = session.execute(
        select(Notice.channel, Notice.participant_id).where(
            Notice.event_id == row.event_id,
            Notice.session_id == row.session_id,
            Notice.delay_id == told.delay_id,
            Notice.telling_id.is_not(None),
        )
    ).all()
    channels = {one.channel for one in heard if one.channel}
    if late:
        channels |= set(refresh_announcements(session, row, workspaces, now))
    people = {one.participant_id for one in heard if one.participant_id} - {*spared}
    for channel in sorted(channels):
        notify(session, told, now, urgent=False, channel=channel)
    urgent = is_urgent(told, event, now)
    for participant_id in sorted(people):
        notify(session, told, now, urgent=urgent, participant_id=participant_id)
    return people


def _record(
    session: Session,
    delay: Delay,
    person: Participant,
    row: SessionRow,
    what: str,
    now: datetime,
    moved: Collection[Shift],
) -> None:
    record(
        session,
        delay.event_id,
        what,
        row.session_id,
        at=now,
        actor=person.participant_id,
        after={
            "delay": delay.delay_id,
            "minutes": delay.minutes,
            "whole": delay.whole,
            "moved": sorted(one.session_id for one in moved),
        },
        cause=delay.delay_id if what == "programme.delay_undone" else None,
    )

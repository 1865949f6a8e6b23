"""What a delay would do, and to whom it would be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.core.errors import NoLongerThereError
from bot.features.delays.model import Moved, OverError, Preview, UnknownDelayError
from bot.features.delays.rights import may_delay, refusal
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.introductions.rounds import MovedRound, moved_rounds
from bot.features.people.tables import Participant
from bot.features.programme.changes import Told, Was, who_is_told
from bot.features.programme.delays import (
    LONGEST_MINUTES,
    Shift,
    Slot,
    alone,
    can_be_late,
    shifts,
)
from bot.features.programme.model import DELAYED
from bot.features.programme.queries import entries_by_id
from bot.features.programme.shifting import slot, taking_place
from bot.features.programme.tables import SessionRow


@dataclass(frozen=True)
class Reckoned:
    """A delay on the programme as it stands: what it moves, all rows that take place."""

    rows: Mapping[str, SessionRow]
    slots: list[Slot]
    late: Slot
    shifts: list[Shift]

    @property
    def everybody(self) -> bool:
        return alone(self.late, self.slots)


def check(session: Session, event: EventFile, person: Participant, session_id: str) -> SessionRow:
    row = session.get(SessionRow, (person.event_id, session_id))
    if row is None:
        raise NoLongerThereError
    if not may_delay(session, event, person, session_id):
        raise refusal(session, person.event_id, session_id)
    return row


def reckon(
    session: Session, event: EventFile, row: SessionRow, minutes: int, whole: bool, now: datetime
) -> Reckoned:
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise UnknownDelayError(longest=LONGEST_MINUTES)
    rows = taking_place(session, row.event_id)
    slots = [slot(one) for one in rows.values()]
    late = slot(row)
    if row.cancelled or not can_be_late(late, slots, now):
        raise OverError
    by = timedelta(minutes=minutes)
    if late.ends_at + by <= now:
        raise OverError
    found = shifts(slots, late, by, now, event.tz, whole=whole)
    return Reckoned(rows, slots, late, found)


def preview(
    session: Session,
    person: Participant,
    session_id: str,
    minutes: int,
    now: datetime,
    *,
    whole: bool = False,
) -> Preview:
    """What would move, and how many people would be told of it."""
    event = event_settings(session, person.event_id)
    row = check(session, event, person, session_id)
    found = reckon(session, event, row, minutes, whole, now)
    entries = entries_by_id(session, row.event_id, found.rows)
    moved = [
        Moved(
            entries[one.session_id],
            entries[one.session_id].starts_at + one.start_by,
            entries[one.session_id].ends_at + one.end_by,
        )
        for one in found.shifts
    ]
    rounds = rounds_moved(session, event, person.event_id, found.shifts, found.rows, now)
    told = {who for one in rounds for who in one.people}
    for one in found.shifts:
        told.update(choosers(session, event, found.rows[one.session_id], one, now))
    late, *others = moved
    others.sort(key=lambda one: (one.starts_at, one.entry.title))
    return Preview(
        late=late,
        minutes=minutes,
        whole=whole,
        others=tuple(others),
        on_time_at=_on_time_at(found, event),
        break_at=_break_at(found, late.ends_at),
        everybody=found.everybody,
        rounds=tuple(sorted(one.window_at for one in rounds)),
        people=len(told),
    )


def choosers(
    session: Session, event: EventFile, row: SessionRow, one: Shift, now: datetime
) -> list[str]:
    """Who hears that a session starts later."""
    if not one.start_by:
        return []
    was = Was(row.starts_at + one.start_by, row.ends_at + one.end_by, row.room)
    return who_is_told(session, event, Told(row, was, frozenset({DELAYED})), now)


def rounds_moved(
    session: Session,
    event: EventFile,
    event_id: str,
    found: Collection[Shift],
    rows: Mapping[str, SessionRow],
    now: datetime,
    *,
    back: bool = False,
) -> list[MovedRound]:
    """The rounds of introductions in the breaks that start later, or earlier again."""
    sign = -1 if back else 1
    starts = {
        one.session_id: rows[one.session_id].starts_at + sign * one.start_by
        for one in found
        if one.start_by and one.session_id in rows
    }
    return moved_rounds(session, event_id, event, starts, now)


def _on_time_at(found: Reckoned, event: EventFile) -> datetime | None:
    """Of that day: in the room, or anywhere where everybody was in it."""
    moved = {one.session_id for one in found.shifts}
    day = found.late.starts_at.astimezone(event.tz).date()
    ahead = [
        one.starts_at
        for one in found.slots
        if one.session_id not in moved
        and one.starts_at >= found.late.ends_at
        and one.starts_at.astimezone(event.tz).date() == day
        and (found.everybody or one.room == found.late.room)
    ]
    return min(ahead, default=None)


def _break_at(found: Reckoned, end: datetime) -> datetime | None:
    moved = {one.session_id for one in found.shifts}
    met = [
        one.starts_at
        for one in found.slots
        if one.is_break
        and one.session_id not in moved
        and found.late.ends_at <= one.starts_at < end
    ]
    return min(met, default=None)

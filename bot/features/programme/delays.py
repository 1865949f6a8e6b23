"""The rules of running late: which sessions a delay moves, and by how much.

Pure functions over the sessions as they stand. Why they are so: docs/decisions/0018-delays.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

ENOUGH_OF_A_BREAK = timedelta(minutes=15)
"""A break gives up what is above it; from then on its end moves too."""
JUST_OVER = timedelta(minutes=10)
"""So long after its end a session may still be said to run on, if nothing began in its room."""
LONGEST_MINUTES = 60


@dataclass(frozen=True)
class Slot:
    """A session that takes place, with its effective times."""

    session_id: str
    room: str
    is_break: bool
    starts_at: datetime
    ends_at: datetime

    @property
    def order(self) -> tuple[datetime, str]:
        return self.starts_at, self.session_id

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at

    def by(self, start: timedelta, end: timedelta) -> Slot:
        return replace(self, starts_at=self.starts_at + start, ends_at=self.ends_at + end)


@dataclass(frozen=True)
class Shift:
    session_id: str
    start_by: timedelta
    end_by: timedelta


def can_be_late(late: Slot, slots: Iterable[Slot], now: datetime) -> bool:
    """What runs or is still to come; what is just over, as long as its room waits for the next."""
    if now < late.ends_at:
        return True
    began_since = any(
        one.room == late.room and late.order < one.order and one.starts_at <= now for one in slots
    )
    return now < late.ends_at + JUST_OVER and not began_since


def alone(one: Slot, slots: Iterable[Slot]) -> bool:
    """Whether nothing but breaks runs beside a session: then everybody is there."""
    return not any(
        other.session_id != one.session_id
        and not other.is_break
        and other.starts_at < one.ends_at
        and one.starts_at < other.ends_at
        for other in slots
    )


def shifts(
    slots: Sequence[Slot], late: Slot, by: timedelta, now: datetime, zone: tzinfo, *, whole: bool
) -> list[Shift]:
    """How a delay moves the sessions, by their order; those that it does not move are left out.

    What has begun keeps its start, and what was before the late session is not touched.
    """
    if now < late.starts_at:
        moved = {late.session_id: (late, late.by(by, by))}
    else:
        moved = {late.session_id: (late, late.by(timedelta(0), by))}
    everybody = alone(late, slots)
    day = late.starts_at.astimezone(zone).date()
    for one in sorted(slots, key=lambda slot: slot.order):
        if one.order <= late.order or one.starts_at <= now:
            continue
        same_day = one.starts_at.astimezone(zone).date() == day
        follows = one.starts_at >= late.ends_at and (everybody or one.room == late.room)
        if whole and follows and same_day:
            moved[one.session_id] = (one, one.by(by, by))
            continue
        start = max(_earliest(one, before, after, slots) for before, after in moved.values())
        if start > one.starts_at:
            moved[one.session_id] = (one, _begun_at(one, start))
    return [
        Shift(session_id, after.starts_at - before.starts_at, after.ends_at - before.ends_at)
        for session_id, (before, after) in moved.items()
    ]


def _earliest(one: Slot, before: Slot, after: Slot, slots: Sequence[Slot]) -> datetime:
    """From when on a session can begin, where an earlier one moves from `before` to `after`."""
    if not (one.room == before.room or (_waited_for(one, before) and alone(before, slots))):
        return one.starts_at
    if before.ends_at <= one.starts_at:
        return max(one.starts_at, after.ends_at)
    if one.room == before.room:  # they overlap anyway: only their order is kept
        return max(one.starts_at, after.starts_at)
    return one.starts_at


def _waited_for(one: Slot, before: Slot) -> bool:
    """People go from a session to the break in another room, and from the break to any room."""
    return one.is_break or before.is_break


def _begun_at(one: Slot, start: datetime) -> Slot:
    """A break keeps its end as long as enough of it is left; everything else, its length."""
    length = min(one.length, ENOUGH_OF_A_BREAK) if one.is_break else one.length
    end = max(one.ends_at, start + length) if one.is_break else start + length
    return replace(one, starts_at=start, ends_at=end)


@dataclass(frozen=True)
class Made:
    """A delay that stands: in which room a session is late, and what it moved."""

    room: str
    moved: frozenset[str]
    """The rooms of the sessions that it moved."""

    @property
    def everywhere(self) -> bool:
        return bool(self.moved - {self.room})


def stands_on(later: Made, earlier: Made) -> bool:
    """Whether a later delay was reckoned from what an earlier one moved.

    One that reached beyond its room, to a break, concerns every room.
    """
    return earlier.everywhere or later.everywhere or bool(later.moved & earlier.moved)


def undone_too_late(restored: Iterable[datetime], made_at: datetime, now: datetime) -> bool:
    """Whether taking a delay back would move something to before now.

    `restored` are the starts and ends that it changed, as they would be again. What was past
    already when the delay was made may be past again.
    """
    return any(made_at < moment <= now for moment in restored)

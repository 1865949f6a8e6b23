"""The oracle's delays: which sessions one moves, in its own words.

A hall keeper's way of reckoning: from when on is each room free, and until when is everybody held
in a room where nothing else runs beside? Whatever would begin earlier waits for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.drill.files import Session

COFFEE = timedelta(minutes=15)
BREAK = "networking"


@dataclass(frozen=True)
class Late:
    """Somebody says at a moment that a session runs late, and perhaps takes it back."""

    at: datetime
    session: str
    minutes: int
    until: datetime | None = None

    def stands(self, moment: datetime) -> bool:
        return self.at <= moment and (self.until is None or moment < self.until)


def made_later(sessions: Mapping[str, Session], late: Late) -> dict[str, Session]:
    """The sessions that a delay moves, as they are then."""
    first = sessions[late.session]
    by = timedelta(minutes=late.minutes)
    start = first.start + by if late.at < first.start else first.start
    moved = {first.id: replace(first, start=start, end=first.end + by)}
    free: dict[str, datetime] = {}
    held: list[tuple[Session, datetime]] = []

    def taken(one: Session, end: datetime) -> None:
        """A room is, and everybody too if they are all in it."""
        free[one.room] = end
        if _everybody(one, sessions):
            held.append((one, end))

    taken(first, first.end + by)
    for one in sorted(sessions.values(), key=lambda one: (one.start, one.id)):
        if one.cancelled or one.start <= late.at or one.start < first.end:
            continue
        waits = max(one.start, free.get(one.room, one.start))
        # From a session people go to a break, and from a break to any room. What was to begin
        # beside that anyway does not wait until they are out.
        for before, until in held:
            if before.end <= one.start and BREAK in (one.kind, before.kind):
                waits = max(waits, until)
        if waits == one.start:
            continue
        end = waits + (one.end - one.start)
        if one.kind == BREAK:
            end = max(one.end, waits + min(COFFEE, one.end - one.start))
        moved[one.id] = replace(one, start=waits, end=end)
        taken(one, end)
    return moved


def _everybody(one: Session, sessions: Mapping[str, Session]) -> bool:
    return not any(
        other.id != one.id
        and not other.cancelled
        and other.kind != BREAK
        and other.start < one.end
        and one.start < other.end
        for other in sessions.values()
    )

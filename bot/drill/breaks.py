"""The oracle's rounds: which breaks have one, and when what is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.drill.files import Session

BREAK = "networking"
PAIRS, FOURS = (time(9, 30), time(11, 30), 2), (time(11, 30), time(14, 30), 4)
"""From when to when a break begins that is for so many at a time."""
WINDOW = timedelta(minutes=15)
ASKED_AFTER = timedelta(minutes=18)
OPENS_EARLIER = timedelta(minutes=10)
"""At most, where many conversations open."""


@dataclass(frozen=True)
class Round:
    session: str
    size: int
    starts: datetime
    """The break."""

    @property
    def calls(self) -> datetime:
        """When those are asked who always want to come."""
        return self.starts - timedelta(minutes=90)

    @property
    def opens(self) -> datetime:
        return self.starts - timedelta(minutes=20)

    @property
    def closes(self) -> datetime:
        """Two minutes for the matching; earlier where more than fifty conversations open."""
        return self.opens - timedelta(minutes=2)

    @property
    def window(self) -> datetime:
        return self.starts + timedelta(minutes=7)

    @property
    def asks(self) -> datetime:
        """Whether they met."""
        return self.window + ASKED_AFTER


def rounds_of(sessions: Iterable[Session], zone: ZoneInfo) -> list[Round]:
    """The first break of a morning in pairs, the first at noon in fours."""
    found: dict[tuple[date, int], Round] = {}
    for one in sorted(sessions, key=lambda one: (one.start, one.id)):
        local = one.start.astimezone(zone)
        for earliest, until, size in (PAIRS, FOURS):
            if one.kind == BREAK and earliest <= local.time() < until:
                found.setdefault((local.date(), size), Round(one.id, size, one.start))
    return list(found.values())

"""The days of the event as a band: where everything stands on it, in hundredths of its width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby

from bot.playground.page.surroundings import Session

APART = timedelta(minutes=25)
"""What begins sooner after the stop before belongs to it: a finger needs some width."""
_MARGIN = timedelta(minutes=30)
_LANES = 5
_WORDS = timedelta(minutes=45)


@dataclass(frozen=True)
class Bar:
    left: float
    width: float
    lane: int
    pause: bool


@dataclass(frozen=True)
class Stop:
    """A moment to jump to, as wide as nothing else begins."""

    moment: datetime
    titles: list[str]
    left: float
    width: float
    wide: bool
    """There is room for the hour, or it is a short one."""


@dataclass(frozen=True)
class Mark:
    left: float
    next: bool


@dataclass(frozen=True)
class Day:
    opens: datetime
    closes: datetime
    bars: list[Bar]
    stops: list[Stop]
    marks: list[Mark]

    @property
    def minutes(self) -> int:
        return int((self.closes - self.opens).total_seconds() // 60)


def days(
    sessions: Sequence[Session],
    moments: Sequence[datetime],
    due: datetime | None,
    zone: tzinfo,
) -> list[Day]:
    def local(session: Session) -> date:
        return session.starts.astimezone(zone).date()

    rooms = list(dict.fromkeys(one.room for one in sessions))
    everything = sorted(sessions, key=lambda one: one.starts)
    return [_day(list(those), rooms, moments, due) for _, those in groupby(everything, local)]


def _day(
    sessions: list[Session], rooms: list[str], moments: Sequence[datetime], due: datetime | None
) -> Day:
    opens = sessions[0].starts - _MARGIN
    closes = max(one.ends for one in sessions)
    whole = closes - opens

    def share(length: timedelta) -> float:
        return round(100 * length / whole, 3)

    bars = [
        Bar(share(one.starts - opens), share(one.ends - one.starts),
            rooms.index(one.room) % _LANES, one.pause)
        for one in sessions
    ]  # fmt: skip
    stops = list(_stops(sessions))
    ends = [*(moment for moment, _ in stops[1:]), closes]
    known = sorted({*moments, *([due] if due else [])})
    return Day(
        opens,
        closes,
        bars,
        [
            Stop(
                moment,
                titles,
                share(moment - opens),
                share(end - moment),
                end - moment >= _WORDS or moment.minute == 0,
            )
            for (moment, titles), end in zip(stops, ends, strict=True)
        ],
        [Mark(share(one - opens), one == due) for one in known if opens <= one <= closes],
    )


def _stops(sessions: list[Session]) -> Iterator[tuple[datetime, list[str]]]:
    stop: tuple[datetime, list[str]] | None = None
    for one in sessions:
        if stop is None or one.starts - stop[0] >= APART:
            if stop:
                yield stop
            stop = one.starts, []
        stop[1].append(one.title)
    if stop:
        yield stop

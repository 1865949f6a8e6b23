"""The rules of rounds: which breaks have one, and its moments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.features.events.model import EventFile

INTO_THE_BREAK = timedelta(minutes=7)
"""People first fetch a coffee, and the session before may run over."""
MEETING = timedelta(minutes=15)
OPENS_BEFORE = timedelta(minutes=20)
ASKS_BEFORE = timedelta(minutes=90)
MATCHING_TAKES = timedelta(minutes=2)
OPENED_A_MINUTE = 50
"""Slack opens no more conversations than that."""
TOO_LATE_TO_MATCH = timedelta(minutes=10)
"""Before the window: who is left alone later is told, and not sent to somebody else."""

PAIRS, FOURS = 2, 4
MORNING, NOON, AFTERNOON, EVENING = time(9, 30), time(11, 30), time(14, 30), time(18, 0)


@dataclass(frozen=True)
class Break:
    """A session of the kind *networking*."""

    session_id: str
    names: tuple[str, ...]
    """As the event file may call it: its code, its id in the programme."""
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Moments:
    calls_at: datetime
    closes_at: datetime
    opens_at: datetime
    window_at: datetime


def sizes(breaks: Iterable[Break], event: EventFile) -> dict[str, int]:
    """By session, how many meet at a time, of the breaks that have a round.

    The event file decides where it says something. Otherwise a day has two rounds: pairs in its
    first break of the morning, fours in its first one at noon.
    """
    rules, found = event.introductions, {}
    taken: set[tuple[object, int]] = set()
    for one in sorted(breaks, key=lambda one: (one.starts_at, one.session_id)):
        if not rules.enabled or one.ends_at - one.starts_at < INTO_THE_BREAK + MEETING:
            continue
        said = next((rules.breaks[name] for name in one.names if name in rules.breaks), None)
        local = one.starts_at.astimezone(event.tz)
        size = _usual_size(local.time()) if said is None else said
        if said is None and (local.date(), size) in taken:
            continue
        if size:
            taken.add((local.date(), size))
            found[one.session_id] = size
    return found


def _usual_size(starts: time) -> int:
    if MORNING <= starts < NOON:
        return PAIRS
    return FOURS if NOON <= starts < AFTERNOON else 0


def moments(starts_at: datetime, coming: int, size: int) -> Moments:
    """Sign-up closes so early that all conversations stand when they should."""
    opens_at = starts_at - OPENS_BEFORE
    return Moments(
        calls_at=starts_at - ASKS_BEFORE,
        closes_at=opens_at - MATCHING_TAKES - time_to_open(-(-coming // size)),
        opens_at=opens_at,
        window_at=starts_at + INTO_THE_BREAK,
    )


def time_to_open(conversations: int) -> timedelta:
    """Whole minutes beyond the one in which they are due."""
    return timedelta(minutes=conversations // OPENED_A_MINUTE)


def part_of_day(moment: datetime, event: EventFile) -> str:
    """ "morning", "noon", "afternoon" or "evening", as people say it of a break."""
    local = moment.astimezone(event.tz).time()
    parts: Mapping[str, time] = {"morning": NOON, "noon": AFTERNOON, "afternoon": EVENING}
    return next((name for name, until in parts.items() if local < until), "evening")

"""What befalls the database in a drill, and when."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol


class Blow(Enum):
    RESTART = "db_restarts"
    """PostgreSQL ends in the midst of everything, and recovers."""
    FAILOVER = "failovers"
    """The primary is lost for good; its synchronous standby takes its place."""
    FULL = "disk_full"
    """The disk of the SQLite file has no room for a while."""
    LOCKED = "locked"
    """Another process holds the SQLite file for longer than anybody waits."""


class Struck(Protocol):
    """A database that can be struck."""

    url: str
    keys_url: str
    suffers: Sequence[Blow]
    """On a really bad day."""
    settle_after: float
    """For `MAILLON_SETTLE_AFTER`: a send begins in its first third, and a commit comes before."""

    def strike(self, blow: Blow, reported: Callable[[], None]) -> None:
        """Over once the database takes writes again; `reported` waits until a bot says so."""


@dataclass(frozen=True)
class Planned:
    blow: Blow
    delay: float
    """Machine seconds after the moment has come."""


def plan_blows(
    seed: int, blows: Sequence[Blow], moments: Mapping[datetime, int]
) -> dict[datetime, Planned]:
    """Each at a moment of its own, out of the busier half; `moments` says how busy each is."""
    chance = random.Random(f"blows {seed}")  # noqa: S311 (repeatable on purpose)
    by_size = sorted(moments, key=lambda moment: (moments[moment], moment))
    chosen = chance.sample(by_size[len(by_size) // 2 :], len(blows))
    dealt = chance.sample(blows, len(blows))
    return {
        moment: Planned(blow, chance.uniform(0.0, 1.0))
        for moment, blow in zip(chosen, dealt, strict=True)
    }

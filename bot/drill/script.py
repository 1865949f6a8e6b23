"""What is to happen in a drill, all of it known before the first moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.demo import PARIS, sample_bytes
from bot.drill.expected import Foretold
from bot.drill.files import Session, read_people, read_rules, read_sessions
from bot.drill.oracle import foretell
from bot.drill.plan import Kill, plan_kills, plan_stars, plan_storms

BEFORE, AFTER = "schedule.json", "schedule-v2.json"
OPENING = datetime(2019, 12, 12, 7, 45, tzinfo=PARIS)
"""Everybody has chosen by then, and nothing is due yet."""
CHANGE = datetime(2019, 12, 12, 16, 5, tzinfo=PARIS)
"""When the second programme comes: a session that was just announced moves."""


@dataclass(frozen=True)
class Script:
    sessions: Sequence[Session]
    """The programme at the opening."""
    stars: Mapping[str, Sequence[str]]
    foretold: Foretold
    kills: Mapping[datetime, Sequence[Kill]]
    storms: Mapping[datetime, int]
    """With how many posts are sure to be dropped after receipt."""

    @property
    def moments(self) -> list[datetime]:
        """When something is to be said."""
        return sorted({*self.foretold.moments, CHANGE})


def write_script(seed: int, *, kills: int, people: int, storms: int) -> Script:
    """The same for the same seed."""
    sessions = read_sessions(sample_bytes(BEFORE).decode())
    changed = read_sessions(sample_bytes(AFTER).decode())
    guests = read_people(sample_bytes("participants.csv").decode())
    stars = plan_stars(seed, guests, sessions, people)
    rules = read_rules(sample_bytes("event.toml").decode())
    foretold = foretell(rules, [(OPENING, sessions), (CHANGE, changed)], stars)
    messages = Counter(message.moment for message in foretold.messages)
    return Script(
        sessions,
        stars,
        foretold,
        plan_kills(seed, kills, foretold.moments),
        plan_storms(seed, storms, messages),
    )

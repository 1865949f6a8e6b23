"""What people act in: the hall, a diary of what they have yet to do, and notes of what they did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from bot.rehearse.hall import Hall
from bot.rehearse.person import Person

Deed = Callable[[], Awaitable[None]]
Pair = frozenset[str]
"""Two people by their addresses."""


class Diary:
    """Who does what when."""

    def __init__(self) -> None:
        self._entries: list[tuple[datetime, int, Person, Deed]] = []
        self._order = count()

    def add(self, moment: datetime, person: Person, deed: Deed) -> None:
        heappush(self._entries, (moment, next(self._order), person, deed))

    @property
    def next_at(self) -> datetime | None:
        return self._entries[0][0] if self._entries else None

    def due(self, now: datetime) -> dict[Person, list[Deed]]:
        """What each does now, in its order; it is theirs to do and no longer stands here."""
        deeds: dict[Person, list[Deed]] = defaultdict(list)
        while self._entries and self._entries[0][0] <= now:
            _, _, person, deed = heappop(self._entries)
            deeds[person].append(deed)
        return deeds


@dataclass
class Notes:
    """What people did, by what they saw: nothing here comes from the bot's own books."""

    joined: set[str] = field(default_factory=set)
    rounds: list[str] = field(default_factory=list)
    """Those that people were asked to, in their order."""
    willing: set[str] = field(default_factory=set)
    """Who filled in the form of introductions and agreed."""
    coming: set[tuple[str, str]] = field(default_factory=set)
    """(round, who) of those who said *J'y serai*."""
    cannot: set[tuple[str, str]] = field(default_factory=set)
    """(introduction, who) of those who said that they cannot come."""
    came: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Who stood at the point of meeting of each introduction."""
    met: dict[Pair, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Who of a pair said that they met."""
    outcomes: dict[Pair, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Who of a pair told that something came of it."""

    def number_of(self, round_id: str) -> int:
        if round_id not in self.rounds:
            self.rounds.append(round_id)
        return self.rounds.index(round_id)


@dataclass(frozen=True)
class Scene:
    hall: Hall
    diary: Diary
    notes: Notes
    seed: int
    names: Mapping[str, str]
    """Addresses by the names on people's badges."""

    def named_in(self, text: str) -> str | None:
        """Whom a text begins by naming; a title is in bold."""
        text = text.lstrip("*")
        return next((email for name, email in self.names.items() if text.startswith(name)), None)

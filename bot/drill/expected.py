"""What the oracle says: messages, and what announcements show in the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.drill.files import Session


@dataclass(frozen=True)
class Expected:
    """One message: to a channel by its name or to a person by e-mail, at a moment."""

    place: str
    moment: datetime
    titles: tuple[str, ...]
    """Of the sessions it tells of, sorted."""

    @classmethod
    def of(cls, place: str, moment: datetime, sessions: Iterable[Session]) -> Expected:
        return cls(place, moment, tuple(sorted(session.title for session in sessions)))


@dataclass(frozen=True)
class Final:
    """What the post of an announcement shows at the end of the congress."""

    post: Expected
    titles: frozenset[str]
    under_way: bool
    moved: frozenset[str]
    """Titles of the sessions that are marked as moved; `cancelled` likewise."""
    cancelled: frozenset[str]


@dataclass(frozen=True)
class Foretold:
    messages: tuple[Expected, ...]
    finals: tuple[Final, ...]

    @property
    def moments(self) -> list[datetime]:
        return sorted({message.moment for message in self.messages})

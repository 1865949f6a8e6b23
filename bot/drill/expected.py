"""What the oracle says: messages, and what some of them show in the end."""

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
    """Of the sessions or questions it tells of, sorted."""
    about: str = ""
    """What it begins with, where it is about questions."""

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
    late: frozenset[str] = frozenset()
    """Those that are said to end later than planned."""


@dataclass(frozen=True)
class Line:
    """A question on a board: its state, if there is one to tell, and how many support it."""

    text: str
    state: str
    supporters: int


@dataclass(frozen=True)
class Shown:
    """What a message about questions shows at the end of the congress."""

    post: Expected
    about: str
    """What it begins with now."""
    board: frozenset[Line] | None = None


@dataclass(frozen=True)
class Foretold:
    messages: tuple[Expected, ...]
    finals: tuple[Final, ...]
    shown: tuple[Shown, ...] = ()

    @property
    def moments(self) -> list[datetime]:
        return sorted({message.moment for message in self.messages})

    @property
    def votes(self) -> int:
        return sum(line.supporters for one in self.shown for line in one.board or ())

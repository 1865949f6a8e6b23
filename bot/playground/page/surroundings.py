"""What the workspace is a part of: the event's days, its rooms, who plays which part, a crowd.

The page knows nothing of the bot. Whoever serves both keeps this up to date; without it the page is
a workspace and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Session:
    title: str
    room: str
    starts: datetime
    ends: datetime
    pause: bool = False
    """Coffee, lunch: nobody is on stage."""


@dataclass(frozen=True)
class Screen:
    """Addresses of a room: its screen, and the page for those who sit in it."""

    room: str
    wall: str
    door: str


class Crowd(Protocol):
    """Simulated participants."""

    @property
    def on(self) -> bool: ...

    @property
    def deeds(self) -> int:
        """What they did so far."""

    def switch(self, on: bool) -> None: ...


@dataclass
class Surroundings:
    cast: Sequence[tuple[str, str, str]] = ()
    """Parts to play: the page's words, somebody's address, and the channel to begin in (none:
    the conversation with the app)."""
    sessions: Sequence[Session] = ()
    moments: Sequence[datetime] = ()
    """At which the bot is to do something, as far as is known."""
    screens: Sequence[Screen] = ()
    crowd: Crowd | None = None
    acted: set[str] = field(default_factory=set)
    """Addresses of those whom somebody at the page has been: no crowd acts for them."""

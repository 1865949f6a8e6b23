"""What people do in a drill: plain facts, which its plan, oracle and crowd share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto


class Do(Enum):
    ASK = auto()
    SUPPORT = auto()
    WITHDRAW = auto()
    PUBLISH = auto()
    DECLINE = auto()
    RESTORE = auto()
    MERGE = auto()
    SCREEN = auto()
    LATER = auto()
    ANSWERED = auto()


@dataclass(frozen=True)
class Asked:
    """A question as somebody means to ask it; no two have the same text."""

    text: str
    session: str
    asker: str
    """By e-mail, like everybody here."""
    anonymous: bool = False
    held: bool = False
    """Whether a person reads it first, whatever the session's rule."""


@dataclass(frozen=True)
class Deed:
    at: datetime
    who: str
    do: Do
    question: Asked
    into: Asked | None = None
    """With which it is grouped."""
    presses: int = 1
    """How often the person presses, each time anew."""
    delivered: int = 1
    """How often the platform delivers each press."""


class Say(Enum):
    COME = auto()
    SKIP = auto()
    HERE = auto()
    LATE = auto()
    CANNOT = auto()
    YES = auto()
    NOT_YET = auto()
    NO = auto()


COMING = (Say.COME, Say.SKIP)
PRESENCE = (Say.HERE, Say.LATE, Say.CANNOT)
ANSWERS = (Say.YES, Say.NOT_YET, Say.NO)


@dataclass(frozen=True)
class Said:
    """What somebody presses about a round, if there is something to press then: whom they meet,
    and whether anybody at all, is known to nobody before."""

    at: datetime
    who: str
    say: Say
    round: str
    """By the session that is its break."""
    presses: int = 1
    delivered: int = 1

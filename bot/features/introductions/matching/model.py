"""What the matching takes and gives: plain values that know no table, no array and no language."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who is willing to be introduced in this round."""

    key: str
    """Unique and opaque: a participant's id, or an e-mail address in a file."""
    organisation: str
    """"" for none; compared without regard to case and spacing."""
    kind: str
    """The profile kind's id, "" when it is not known."""
    languages: frozenset[str]
    """What they speak; the caller fills in the event's language when they said nothing."""
    topics: tuple[str, ...]
    offers: tuple[str, ...]
    seeks: tuple[str, ...]
    """Tags as people wrote them."""
    blocks: frozenset[str] = frozenset()
    """Keys of those they do not want to meet; either side's block counts."""
    met: frozenset[str] = frozenset()
    """Keys of those they met before, in groups of any size; either side's word counts."""
    avoided: frozenset[str] = frozenset()
    """Organisations they do not want to meet."""
    no_soliciting: bool = False
    """Nobody who only has something to sell to them."""
    meets: frozenset[str] = frozenset()
    """Kinds they want to meet; empty means all."""
    stand: str | None = None
    """Where they are met, because they cannot leave it: one meeting a slot and stand."""
    mean_so_far: float | None = None
    """Mean value of their past introductions, for fairness over rounds."""
    waiting: int = 0
    """Rounds for which they were left out since they were last placed: they come first."""


@dataclass(frozen=True, slots=True)
class Point:
    """A meeting table."""

    key: str
    seats: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody is introduced to another one, to be worded in the reader's language."""

    code: str
    tags: tuple[str, ...]
    other: str
    """The key of the one it is about."""


@dataclass(frozen=True, slots=True)
class Group:
    members: tuple[str, ...]
    reasons: Mapping[str, tuple[Reason, ...]]
    """For each member, why they are introduced to each of the others."""
    relaxed: tuple[str, ...] = ()
    """Which rules gave way so that nobody of them was left out: "language", "organisation"."""
    point: str | None = None
    stand: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    groups: tuple[Group, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Key to the code of why."""

"""What a rehearsal comes to: counted from what was received and from what people did."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from bot.playground.receipts import Receipt
from bot.playground.workspace import Workspace
from bot.rehearse.judge import Breach
from bot.rehearse.scene import Notes, Pair
from bot.rehearse.seen import offered


@dataclass(frozen=True)
class Introduced:
    """People who were told together to meet."""

    introduction_id: str
    people: frozenset[str]
    stands: bool = True
    """Whether it was still on in the end: somebody may have said that they cannot come."""

    @property
    def pairs(self) -> list[Pair]:
        return [frozenset(pair) for pair in combinations(sorted(self.people), 2)]


def introductions(receipts: Sequence[Receipt], workspace: Workspace) -> list[Introduced]:
    """Every conversation that was opened for a meeting."""
    made = []
    for receipt in receipts:
        channel = workspace.channels[receipt.channel]
        here = offered(receipt.blocks, "meet.here")
        if here and channel.direct:
            users = [workspace.users[member] for member in channel.members]
            people = frozenset(user.email for user in users if not user.is_bot)
            now = workspace.message(receipt.channel, receipt.ts)
            stands = now is not None and bool(offered(now.blocks, "meet.here"))
            made.append(Introduced(here[0].args[0], people, stands))
    return made


@dataclass(frozen=True)
class Spread:
    median: int
    p95: int
    max: int

    @classmethod
    def of(cls, counts: Sequence[int]) -> Spread:
        """Nearest ranks."""
        ranked = sorted(counts) or [0]

        def nearest(share: float) -> int:
            return ranked[max(math.ceil(share * len(ranked)) - 1, 0)]

        return cls(nearest(0.5), nearest(0.95), ranked[-1])


@dataclass(frozen=True)
class Result:
    people: int
    joined: int
    willing: int
    rounds: int
    coming: int
    """Said *J'y serai*, over all rounds."""
    introductions: int
    kept: int
    """At which at least two stood at the point of meeting."""
    pairs: int
    encounters_confirmed: int
    """Pairs of whom both say that they met."""
    opportunities: int
    """Pairs of whom one tells that something came of it, after 90 days at the latest."""
    confirmed: int
    """Of whom both do."""
    left_out: int
    """People told that a round has nobody for them, over all rounds."""
    messages_a_person: Spread
    """Of those who joined, to them alone or with whom they meet, over the whole rehearsal."""
    channel_posts: int
    budget_breaches: int
    introduced_unasked: int
    """People who were introduced in a round to which they had not said *J'y serai*."""
    met_twice: int
    """Pairs that were introduced again although neither had said that they cannot come."""
    unanswered: int
    """Presses and forms that were not acknowledged, or answered by an apology for a defect."""
    seconds: float
    seed: int
    breaches: tuple[Breach, ...] = ()

    @property
    def clean(self) -> bool:
        wrong = self.budget_breaches + self.introduced_unasked + self.met_twice
        return wrong + self.unanswered == 0

    def figures(self) -> Mapping[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "breaches"}


def met_twice(made: Sequence[Introduced], notes: Notes) -> int:
    """Whoever could not come was not met, even where the others met without them."""
    pairs = [
        pair
        for one in made
        if one.stands
        for pair in one.pairs
        if not any((one.introduction_id, person) in notes.cannot for person in pair)
    ]
    return len(pairs) - len(set(pairs))


def unasked(made: Sequence[Introduced], rounds: Mapping[str, str], notes: Notes) -> int:
    """`rounds` says of which each introduction was."""
    return sum(
        (rounds[one.introduction_id], person) not in notes.coming
        for one in made
        for person in one.people
    )


def both(said: Mapping[Pair, set[str]]) -> int:
    return sum(len(sides) == 2 for sides in said.values())

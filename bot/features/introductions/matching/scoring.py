"""The values of all pairs, as arrays: people in rows, those whom they would meet in columns.

Nothing here knows a threshold, a solver or a group. Tiles of the whole are computed when asked
for, so that ten thousand people fit in the memory of a small machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from math import sqrt

import numpy as np

from bot.features.introductions.matching import objective as o
from bot.features.introductions.matching.model import Candidate
from bot.features.introductions.matching.permissions import Permissions
from bot.features.introductions.matching.tag_arrays import Flags, Floats, Ints, Searches, Some


def utilities(people: Sequence[Candidate]) -> Floats:
    """`[i, j]` is u_i(j), what i has of meeting j, whether the rules allow it or not."""
    crowd = Crowd(people)
    everyone = slice(0, len(people))
    return crowd.values(everyone, everyone)[0]


class Crowd:
    """People as arrays. `people` must be in an order of their own: positions are all we know."""

    def __init__(
        self,
        people: Sequence[Candidate],
        seed: int = 0,
        fairness: bool = False,
        relaxed: Sequence[str] = (),
    ) -> None:
        self.people = people
        self.n = len(people)
        self.seed = seed
        self.fairness = fairness
        self.relaxed = tuple(relaxed)
        """Hard rules that give way for these people."""
        self.floor = 0.0
        """What nobody should have less than; known once the pairs are."""
        self._read_kinds()
        self.searches = Searches([p.seeks for p in people], [p.offers for p in people])
        self.rules = Permissions(people, self.kinds, self.kind, self.searches)
        self._read_history()
        self.hash = np.array([_number(person.key, seed) for person in people], dtype=np.uint32)

    # What they are

    def _read_kinds(self) -> None:
        self.kinds = sorted({person.kind for person in self.people})
        number = {kind: position for position, kind in enumerate(self.kinds)}
        self.kind = np.array([number[person.kind] for person in self.people], dtype=np.int64)
        self.affinity = np.array(
            [[o.affinity(a, b) for b in self.kinds] for a in self.kinds], dtype=np.float32
        ).reshape(len(self.kinds), len(self.kinds))

    def _read_history(self) -> None:
        """λ, which crossings are favoured, and how often each met somebody of a scarce kind."""
        means = [p.mean_so_far for p in self.people]
        known = [mean for mean in means if mean is not None]
        overall = sum(known) / len(known) if known else 1.0
        low, high = o.LEAST_MULTIPLIER, o.GREATEST_MULTIPLIER
        self.multiplier = np.array(
            [
                1.0 if mean is None else min(high, max(low, sqrt(overall / mean) if mean else high))
                for mean in means
            ],
            dtype=np.float32,
        )
        size = np.bincount(self.kind, minlength=len(self.kinds))
        scarce = size < o.SCARCE * self.n
        position = {person.key: n for n, person in enumerate(self.people)}
        self.shared = np.zeros((self.n, len(self.kinds)), dtype=np.float32)
        happened = np.eye(len(self.kinds), dtype=bool)
        for n, person in enumerate(self.people):
            for key in person.met:
                other = position.get(key)
                if other is None:
                    continue
                happened[self.kind[n], self.kind[other]] = True
                happened[self.kind[other], self.kind[n]] = True
                if scarce[self.kind[other]]:
                    self.shared[n, self.kind[other]] += o.SHARING
        crossing = ~np.eye(len(self.kinds), dtype=bool) * o.CROSSING + ~happened * o.FIRST_CROSSING
        self.crossing = crossing.astype(np.float32)

    # What a tile of the whole says

    def values(self, rows: Some, columns: Some) -> tuple[Floats, Floats]:
        """u_i(j), and u_j(i) laid out the same way."""
        there = self.searches.meeting(rows, columns)
        back = np.ascontiguousarray(self.searches.meeting(columns, rows).T)
        affinity = self.affinity[self.kind[rows]][:, self.kind[columns]]
        return worth(there, back, affinity), worth(back, there, affinity)

    def values_of(self, one: Ints, other: Ints) -> tuple[Floats, Floats]:
        """The same for some pairs."""
        there, back = self.searches.meeting_of(one, other), self.searches.meeting_of(other, one)
        affinity = self.affinity[self.kind[one], self.kind[other]]
        return worth(there, back, affinity), worth(back, there, affinity)

    def weights(self, one: Ints, other: Ints, mine: Floats, theirs: Floats) -> Floats:
        """What pairs are worth to the round, of positions that broadcast against each other."""
        if not self.fairness:
            return mine + theirs
        weight = self.multiplier[one] * phi(mine)
        weight += self.multiplier[other] * phi(theirs)
        weight += self.crossing[self.kind[one], self.kind[other]]
        if self.shared.any():
            weight -= self.shared[one, self.kind[other]]
            weight -= self.shared[other, self.kind[one]]
        return weight

    def luck(self, one: Ints, other: Ints) -> Floats:
        """The same for (i, j) and (j, i), from 0 to 1: what decides between equals."""
        mixed = self.hash[one] ^ self.hash[other]
        mixed *= np.uint32(0x9E3779B1)
        mixed ^= mixed >> np.uint32(15)
        return mixed.astype(np.float32) * np.float32(2**-32)

    def allowed(
        self, rows: Some, columns: Some, relaxed: Sequence[str] | None = None, size: int = 2
    ) -> Flags:
        """Which pairs no hard rule forbids in a group of this size."""
        return self.rules.allowed(rows, columns, self.relaxed if relaxed is None else relaxed, size)

    def allowed_row(self, person: int) -> Flags:
        """With whom one person may form a pair."""
        row: Flags = self.allowed(slice(person, person + 1), slice(0, self.n))[0]
        return row


def worth(there: Floats, back: Floats, affinity: Floats) -> Floats:
    """u_i(j), of m(i→j), m(j→i) and K."""
    value: Floats = np.float32(o.FOUND) * there
    value += np.float32(o.WANTED) * back
    value += np.float32(o.AFFINITY) * affinity
    return value


def phi(value: Floats) -> Floats:
    """u, less the price of a poor introduction and of what a middling one lacks."""
    lacking = np.float32(o.MIDDLING) - value
    np.maximum(lacking, 0, out=lacking)
    lacking *= np.float32(-o.MIDDLING_SLOPE)
    lacking += value
    lacking -= (value < np.float32(o.POOR)) * np.float32(o.POOR_PRICE)
    return lacking


def _number(key: str, seed: int) -> int:
    digest = hashlib.blake2b(f"{seed}\0{key}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big")

"""As many pairs as there can be among all allowed ones, not only among the promising.

Edmonds' search for a path along which one more pair fits, over a graph that is never written down:
a row of it is asked for when the search comes to a person. Nearly always nothing is left to do;
otherwise what is found, or that there is nothing to find, is certain.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Row = Callable[[int], Flags]


def completed(partner: Ints, allowed: Row) -> Ints:
    """The partners of each in a matching of the most pairs, begun from the one given."""
    partner = partner.copy()
    hopeless = np.zeros(len(partner), dtype=bool)
    for root in np.flatnonzero(partner == np.arange(len(partner))).tolist():
        if partner[root] == root:
            search = _Search(partner, allowed, hopeless)
            end = search.run(root)
            if end is None:
                # Whom a search in vain has reached, no later one needs to pass.
                hopeless |= search.inside
            else:
                search.turn(end)
    return partner


class _Search:
    """One alternating tree. `base` names the blossom that a person is part of."""

    def __init__(self, partner: Ints, allowed: Row, hopeless: Flags) -> None:
        n = len(partner)
        self.partner, self.allowed, self.hopeless = partner, allowed, hopeless
        self.base = np.arange(n)
        self.before = np.full(n, -1)
        self.outer = np.zeros(n, dtype=bool)
        self.inside = np.zeros(n, dtype=bool)
        self.waiting: deque[int] = deque()

    def run(self, root: int) -> int | None:
        """Somebody without a partner to whom a path leads."""
        self.root = root
        self._enter(root)
        while self.waiting:
            person = self.waiting.popleft()
            reached = self.allowed(person) & ~self.hopeless
            fresh = np.flatnonzero(reached & ~self.inside)
            free = fresh[self.partner[fresh] == fresh]
            if len(free):
                self.before[free[0]] = person
                return int(free[0])
            apart = self.outer & (self.base != self.base[person])
            for other in np.flatnonzero(reached & (apart | ~self.inside)).tolist():
                self._reach(person, other)
        return None

    def _reach(self, person: int, other: int) -> None:
        if not self.inside[other]:
            self.inside[other] = True
            self.before[other] = person
            self._enter(int(self.partner[other]))
        elif self.outer[other] and self.base[other] != self.base[person]:
            self._contract(person, other)

    def _enter(self, person: int) -> None:
        self.outer[person] = self.inside[person] = True
        self.waiting.append(person)

    def _contract(self, one: int, other: int) -> None:
        """Two ends at the same distance: the cycle through them counts as one person."""
        stem = self._stem(one, other)
        blossom = np.zeros(len(self.base), dtype=bool)
        self._mark(one, stem, other, blossom)
        self._mark(other, stem, one, blossom)
        changed = np.flatnonzero(blossom[self.base])
        self.base[changed] = stem
        for person in changed.tolist():
            if not self.outer[person]:
                self._enter(person)

    def _stem(self, one: int, other: int) -> int:
        passed = set()
        while True:
            one = int(self.base[one])
            passed.add(one)
            if one == self.root:
                break
            one = int(self.before[self.partner[one]])
        while int(self.base[other]) not in passed:
            other = int(self.before[self.partner[self.base[other]]])
        return int(self.base[other])

    def _mark(self, person: int, stem: int, child: int, blossom: Flags) -> None:
        while self.base[person] != stem:
            mate = int(self.partner[person])
            blossom[self.base[person]] = blossom[self.base[mate]] = True
            self.before[person] = child
            child = mate
            person = int(self.before[mate])

    def turn(self, end: int) -> None:
        """Along the path, whoever was together parts and whoever was not meets."""
        person = end
        while person != -1:
            previous = int(self.before[person])
            following = int(self.partner[previous]) if previous != self.root else -1
            self.partner[person], self.partner[previous] = previous, person
            person = following

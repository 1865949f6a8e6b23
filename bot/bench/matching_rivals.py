"""What others do under the same hard rules: they take pair after pair that is still free."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.bench.matching_bounds import Values
from bot.bench.matching_rules import Pairs

_AT_ONCE = 1_000_000

Groups = Sequence[tuple[int, ...]]


def greedy(values: Values, pairs: Pairs) -> Groups:
    """The most valuable pair first."""
    places = np.flatnonzero(np.triu(pairs))
    order = np.argsort(-values.ravel()[places], kind="stable")
    return _walk(places[order], len(values))


def shuffle(pairs: Pairs, seed: int) -> Groups:
    """Any pair first."""
    places = np.flatnonzero(np.triu(pairs))
    np.random.default_rng(seed).shuffle(places)
    return _walk(places, len(pairs))


def _walk(places: NDArray[np.int64], people: int) -> Groups:
    """`places` are those of pairs in a square of all, row by row."""
    free = np.ones(people, bool)
    taken: list[tuple[int, ...]] = []
    for begin in range(0, len(places), _AT_ONCE):
        first, second = np.divmod(places[begin : begin + _AT_ONCE], people)
        possible = free[first] & free[second]
        for a, b in zip(first[possible].tolist(), second[possible].tolist(), strict=True):
            if free[a] and free[b]:
                free[a] = free[b] = False
                taken.append((a, b))
    return taken

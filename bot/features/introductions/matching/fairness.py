"""How well off the worst-off can be, without anybody more being left out."""

from __future__ import annotations

import numpy as np

from bot.features.introductions.matching.candidates import Pairs
from bot.features.introductions.matching.tag_arrays import Floats


def highest_floor(n: int, pairs: Pairs, known: float = -np.inf) -> float:
    """The greatest floor that as many people can have as can be introduced at all.

    People are taken twice, as in the solver: what can be paired up so may still hold a cycle of
    odd length, which the price of a pair below the floor then settles. `known` is a floor that
    they can have.
    """
    floors = np.unique(pairs.worse[pairs.worse >= known])
    if not len(floors):
        return 0.0
    placed = _placed(n, pairs, floors[0])
    # Nobody can have more than their best pair: that is tried first, and often it.
    best = np.full(n, -np.inf)
    np.maximum.at(best, pairs.ends, pairs.worse)
    low, high = 0, int(np.searchsorted(floors, np.sort(best)[n - placed]))
    middle = high
    while low < high:
        if _placed(n, pairs, floors[middle]) == placed:
            low = middle
        else:
            high = middle - 1
        middle = (low + high + 1) // 2
    return float(floors[low])


def _placed(n: int, pairs: Pairs, floor: float) -> int:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    one, other = pairs.ends[:, pairs.worse >= floor]
    ones = np.ones(2 * len(one), dtype=np.int8)
    rows, columns = np.concatenate([one, other]), np.concatenate([other, one])
    graph = csr_array((ones, (rows, columns)), shape=(n, n))
    return int((maximum_bipartite_matching(graph, perm_type="column") >= 0).sum())


def priced(weight: Floats, worse: Floats, floor: float) -> Floats:
    """Below the floor, a pair costs more than any pair gains, and the more the further below."""
    price = np.where(worse < floor, np.float32(16.0) * (1 + floor - worse), np.float32(0.0))
    return weight - price

"""What no plan can do better than, proven for all allowed pairs.

Every bound is that of *fractional* plans, in which somebody may spend half of their time with one
person and half with another. Each plan of pairs and groups of three is one of them, when what a
member of a group gets is the mean of what the others give; so no plan reaches more. They are found
as an assignment of everybody, taken twice, to everybody.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching, min_weight_full_bipartite_matching

from bot.bench.matching_rules import Pairs

Values = NDArray[np.floating]

DENSE = 2_000
"""Up to here all allowed pairs are solved at once."""
_CANDIDATES = 20
_ADDED = 5
"""Pairs a person that join the candidates, of those whose prices are too low."""
_TURNS = 12
_ALONE = 4.0
"""What staying alone costs where a pair costs that much less its value: more than any value."""
_HALVINGS = 16
_TRIED = 100
"""Partners a person among whom a plan for all is looked for first."""


def together(utilities: Values) -> Values:
    """[i, j]: what i and j have of each other, both added."""
    return utilities + utilities.T


def largest_sum(values: Values, pairs: Pairs) -> float:
    """At most this: the sum of `values` of a plan of `pairs`."""
    if len(values) <= DENSE:
        held = np.where(pairs, values, 0).astype(float)
        rows, columns = linear_sum_assignment(held, maximize=True)
        return float(held[rows, columns].sum()) / 2
    return float(enough_prices(values, pairs).sum())


def enough_prices(values: Values, pairs: Pairs) -> NDArray[np.float64]:
    """A price a person, such that no allowed pair is worth more than its two prices.

    Their sum is a bound: whatever the plan, each pair in it was paid for. They come from the
    candidates' own problem; pairs that are worth more join it, and what is then still missing is
    added to the price of one of the two.
    """
    chosen = likeliest(values, pairs)
    prices = np.zeros(len(values))
    for _ in range(_TURNS):
        prices = _prices(values, chosen)
        before = chosen.sum()
        for row in range(len(values)):
            missing = np.where(pairs[row], values[row] - prices[row] - prices, 0)
            worst = _highest(missing, _ADDED)
            worst = worst[missing[worst] > 1e-9]
            chosen[row, worst] = chosen[worst, row] = True
        if chosen.sum() == before:
            break
    for row in range(len(values)):
        missing = np.where(pairs[row], values[row] - prices[row] - prices, 0)
        prices[row] += max(0.0, float(missing.max()))
    return prices


def likeliest(values: Values, pairs: Pairs) -> Pairs:
    """For each their best by regret: what the pair is worth less what either could have at most."""
    chosen = np.zeros_like(pairs)
    best = np.where(pairs, values, 0).max(axis=1, initial=0)
    for row in range(len(values)):
        regret = np.where(pairs[row], values[row] - best, -np.inf)
        ranked = _highest(regret, _CANDIDATES)
        chosen[row, ranked[np.isfinite(regret[ranked])]] = True
    return chosen | chosen.T


def _highest(scores: Values, many: int) -> NDArray[np.intp]:
    return np.argpartition(scores, -many)[-many:] if many < len(scores) else np.arange(len(scores))


def _prices(values: Values, chosen: Pairs) -> NDArray[np.float64]:
    """The dual prices of the best fractional plan among the chosen pairs.

    An assignment gives no prices, but its optimality does: going from column to column over what
    each row would lose, there is no way that ends cheaper where it began, so shortest ways exist.
    """
    size = len(values)
    rows, columns = np.nonzero(chosen | np.eye(size, dtype=bool))
    worth = np.where(rows == columns, 0.0, values[rows, columns].astype(float))
    graph = csr_array((_ALONE - worth, (rows, columns)), shape=(size, size))
    _, partner = min_weight_full_bipartite_matching(graph)
    taken = np.where(
        partner == np.arange(size), 0.0, values[np.arange(size), partner].astype(float)
    )
    loss = taken[rows] - worth
    begins = np.searchsorted(rows, np.arange(size))
    right = np.zeros(size)
    while True:
        shorter = right.copy()
        shorter[partner] = np.minimum(
            right[partner], np.minimum.reduceat(right[columns] + loss, begins)
        )
        if np.allclose(shorter, right, rtol=0, atol=1e-12):
            break
        right = shorter
    prices: NDArray[np.float64] = (taken - right[partner] + right) / 2
    return prices


def most_met(pairs: Pairs) -> int:
    """At most so many people are in a group, where every two of a group are one of `pairs`."""
    partner = maximum_bipartite_matching(csr_array(pairs), perm_type="column")
    return int((partner >= 0).sum())


def best_worst(utilities: Values, pairs: Pairs, met: int) -> float:
    """At most this has the worst-off person of a plan in which `met` people meet somebody.

    What somebody has of a group of three is here the worse of the two.
    """
    mutual = np.where(pairs, np.minimum(utilities, utilities.T), -1)
    low, high = 0.0, float(mutual.max(initial=0)) + 1e-6
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _can_meet(mutual >= middle, met):
            low = middle
        else:
            high = middle
    return float(mutual[mutual < high].max(initial=0))


def _can_meet(pairs: Pairs, met: int) -> bool:
    if np.count_nonzero(pairs.any(axis=1)) < met:
        return False
    # Those who have many are nobody's difficulty: most of their pairs are spared.
    few = np.zeros_like(pairs)
    for row, its in enumerate(pairs):
        partners = np.flatnonzero(its)
        few[row, partners[:: max(1, len(partners) // _TRIED)]] = True
    return most_met(few | few.T) >= met or most_met(pairs) >= met

"""The pairs of a round: fewest left out, then the best worst-off, then the greatest sum."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.features.introductions.matching.candidates import (
    Pairs,
    promising,
    with_pairs,
    with_safer_pairs,
)
from bot.features.introductions.matching.cardinality import completed
from bot.features.introductions.matching.fairness import highest_floor, priced
from bot.features.introductions.matching.scoring import Crowd
from bot.features.introductions.matching.solver import Graph, best_pairs

Ints = NDArray[np.int64]

_ALONE = 256.0
"""To leave somebody out costs more than a round gains by it …"""
_WAITED = 64.0
"""… and more if they were left out before."""
_LONGEST_WAIT = 3


def paired(crowd: Crowd, spare: bool = False) -> Ints:
    """The partner of each, or oneself for those left out.

    With `spare`, whoever is left out is to join a pair: rather somebody with more than one good
    meeting than the one who adds least.
    """
    nobody = np.arange(crowd.n)
    looked_at = promising(crowd)
    if crowd.fairness:
        looked_at, crowd.floor = _safe(crowd, looked_at)
    partner = _solved(crowd, looked_at, spare)
    while (partner == nobody).sum() >= 2:
        more = completed(partner, crowd.allowed_row)
        if (more == partner).all():
            break
        ends = np.stack([nobody, more])[:, more != nobody]
        known = len(looked_at.one)
        looked_at = with_pairs(crowd, looked_at, ends)
        if len(looked_at.one) == known:
            return more
        if crowd.fairness:
            crowd.floor = highest_floor(crowd.n, looked_at)
        partner = _solved(crowd, looked_at, spare)
    return partner


def _safe(crowd: Crowd, pairs: Pairs) -> tuple[Pairs, float]:
    """With the pairs that raise the floor, until none does; and the floor."""
    floor = highest_floor(crowd.n, pairs)
    while True:
        known = len(pairs.one)
        pairs = with_safer_pairs(crowd, pairs, floor)
        raised = highest_floor(crowd.n, pairs, floor) if len(pairs.one) > known else floor
        if raised <= floor:
            return pairs, floor
        floor = raised


def _solved(crowd: Crowd, pairs: Pairs, spare: bool) -> Ints:
    weight = pairs.weight
    if crowd.fairness:
        weight = priced(weight, pairs.worse, crowd.floor)
    waited = np.array([min(p.waiting, _LONGEST_WAIT) for p in crowd.people], dtype=np.float64)
    alone = _ALONE + _WAITED * waited
    if spare:
        alone -= _second_best(crowd.n, pairs)
    return best_pairs(Graph(crowd.n, pairs.one, pairs.other, weight.astype(np.float64), alone))


def _second_best(n: int, pairs: Pairs) -> NDArray[np.float64]:
    """The weight of the second best pair of each."""
    ends = np.concatenate([pairs.one, pairs.other])
    weight = np.concatenate([pairs.weight, pairs.weight]).astype(np.float64)
    order = np.lexsort((-weight, ends))
    ends, weight = ends[order], weight[order]
    people, first, many = np.unique(ends, return_index=True, return_counts=True)
    second = np.zeros(n)
    second[people[many > 1]] = weight[first[many > 1] + 1]
    return second

"""Candidates are chosen by rough weights: as near to the exact ones as one step, rules exactly."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from bot.bench.matching_population import population
from bot.features.introductions.matching import objective as o
from bot.features.introductions.matching.candidates import promising
from bot.features.introductions.matching.model import Candidate
from bot.features.introductions.matching.rough import NEVER, Rough
from bot.features.introductions.matching.scoring import Crowd
from tests.features.introductions.matching.crowds import people

LUCK, STEP = 32 / 2000, 1 / 120


def crowd_of(size: int, *, met: bool) -> list[Candidate]:
    """In the order of a plan; where `met`, with earlier rounds behind them."""
    chance = Random(size)
    crowd = sorted(population(size, 1, 3).people, key=lambda one: (one.kind, one.key))
    if not met:
        return crowd
    return [
        replace(
            one,
            mean_so_far=chance.choice((None, 0.2, 0.5, 0.8)),
            met=frozenset({chance.choice(crowd).key} - {one.key}),
        )
        for one in crowd
    ]


@pytest.mark.parametrize("fairness", [True, False])
@pytest.mark.parametrize("met", [True, False])
def test_rough_weights_are_about_the_exact_ones(fairness: bool, met: bool) -> None:
    crowd = Crowd(crowd_of(400, met=met), 1, fairness)
    rough = Rough(crowd)
    lowest = crowd.multiplier.max() if fairness else 1
    for a, rows in enumerate(rough.blocks):
        for b, columns in enumerate(rough.blocks):
            weight = rough.weights(a, b)
            assert ((weight == NEVER) == ~crowd.allowed(rows, columns)).all()
            mine, theirs = crowd.values(rows, columns)
            one, other = np.arange(crowd.n)[rows, None], np.arange(crowd.n)[None, columns]
            lost = crowd.weights(one, other, mine, theirs) - weight / 2000
            # A pair at the edge of a poor meeting may be taken for one below it.
            edge = (np.abs(mine - o.POOR) < STEP) | (np.abs(theirs - o.POOR) < STEP)
            sure = (weight != NEVER) & (~edge if fairness else True)
            assert (lost[sure] >= -LUCK - 0.002).all()
            assert (lost[sure] <= 4 * STEP * lowest).all()


def test_everybody_keeps_the_pairs_they_and_the_other_regret_least() -> None:
    """Against all pairs, sorted: nearly all, for the weights are rough."""
    crowd = Crowd(crowd_of(400, met=False), 1, fairness=True)
    everybody, numbers = slice(0, crowd.n), np.arange(crowd.n)
    mine, theirs = crowd.values(everybody, everybody)
    weight = crowd.weights(numbers[:, None], numbers[None, :], mine, theirs)
    weight[~crowd.allowed(everybody, everybody)] = -np.inf
    regret = weight.max(axis=1)[None, :] - weight
    found = promising(crowd)
    chosen = set(zip(found.one.tolist(), found.other.tolist(), strict=True))
    kept = [
        (min(one, other), max(one, other)) in chosen
        for one in range(crowd.n)
        for other in np.argsort(regret[one])[:10].tolist()
        if np.isfinite(regret[one, other])
    ]
    assert np.mean(kept) > 0.98


def test_where_all_are_alike_each_keeps_as_many_as_anybody() -> None:
    crowd = Crowd(people(1_200, seeks=("apprentis",), offers=("apprentis",)), 1, fairness=True)
    found = promising(crowd)
    partners = np.bincount(found.ends.ravel(), minlength=crowd.n)
    assert partners.min() >= 40
    assert len(found.one) <= 40 * crowd.n

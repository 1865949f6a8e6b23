"""A round of few people, where every group of two and three can be written down.

Pairs first and a third afterwards can leave somebody out for whom there is room; with few people
a whole-number programme tells for certain.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from bot.features.introductions.matching.groups import Groups, worth
from bot.features.introductions.matching.rules import why_not_group
from bot.features.introductions.matching.scoring import Crowd

FEW = 24
_ALONE = 1000.0
_OF_THREE = 10.0
"""A group of three is for the odd one out: only where pairs would leave somebody alone."""


def best_groups(crowd: Crowd) -> Groups:
    """The fewest left out, then the fewest groups of three, then the greatest sum."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    groups = [
        list(some)
        for size in (2, 3)
        for some in combinations(range(crowd.n), size)
        if why_not_group([crowd.people[n] for n in some]) is None
    ]
    if not groups:
        return []
    taken = np.zeros((crowd.n, len(groups)))
    for column, group in enumerate(groups):
        taken[group, column] = 1
    size = taken.sum(axis=0)
    value = worth(crowd, groups) + _ALONE * size - _OF_THREE * (size == 3)
    found = milp(
        -value,
        integrality=np.ones(len(groups)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(taken, -np.inf, 1),
    )
    return [group for group, chosen in zip(groups, found.x, strict=True) if chosen > 0.5]

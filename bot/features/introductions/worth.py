"""What an introduction is worth to each who is in it, as the matching sees it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import permutations

from bot.features.introductions.matching.model import Candidate, Plan


def worth(candidates: Sequence[Candidate], plan: Plan) -> dict[str, float]:
    """To each, the mean of what they have of each of the others; from 0 to 1."""
    if not plan.groups:
        return {}
    import numpy as np

    from bot.features.introductions.matching.scoring import Crowd

    people = sorted(candidates, key=lambda one: one.key)
    place = {one.key: number for number, one in enumerate(people)}
    pairs = [pair for group in plan.groups for pair in permutations(group.members, 2)]
    mine, theirs = (np.array([place[pair[side]] for pair in pairs]) for side in (0, 1))
    of_each: dict[str, list[float]] = defaultdict(list)
    values, _ = Crowd(people).values_of(mine, theirs)
    for (one, _), value in zip(pairs, values.tolist(), strict=True):
        of_each[one].append(value)
    return {one: sum(found) / len(found) for one, found in of_each.items()}

"""One round: who meets whom, where, and who is left out."""

from __future__ import annotations

from collections.abc import Sequence

from bot.features.introductions.matching.model import Candidate, Group, Plan, Point


def plan_round(
    candidates: Sequence[Candidate],
    *,
    size: int = 2,
    points: Sequence[Point] | None = None,
    seed: int = 0,
    fairness: bool = True,
) -> Plan:
    """The round that is worth most under the hard rules; the same for the same seed.

    `points=None`: there is a place for everybody. Without `fairness`, only the sum counts.
    """
    import numpy as np

    from bot.features.introductions.matching.candidates import promising
    from bot.features.introductions.matching.fairness import highest_floor, priced
    from bot.features.introductions.matching.scoring import Crowd
    from bot.features.introductions.matching.solver import Graph, best_pairs

    people = sorted(candidates, key=lambda person: person.key)
    crowd = Crowd(people, seed, fairness)
    if crowd.n < 2:
        return Plan((), {person.key: "nobody_else" for person in people})
    pairs = promising(crowd)
    weight = pairs.weight
    if fairness:
        weight = priced(weight, pairs.worse, highest_floor(crowd.n, pairs))
    waiting = np.array([min(person.waiting, 3) for person in people], dtype=np.float64)
    alone = 32.0 * (crowd.n + 1) + 64 * waiting
    graph = Graph(crowd.n, pairs.one, pairs.other, weight.astype(np.float64), alone)
    partner = best_pairs(graph)
    groups = [
        Group((people[a].key, people[b].key), {}, ())
        for a, b in enumerate(partner.tolist())
        if a < b
    ]
    left = {people[a].key: "nobody" for a, b in enumerate(partner.tolist()) if a == b}
    return Plan(tuple(groups), left)

"""Several rounds in a row: what each had of those before makes the next one fair."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from bot.features.introductions.matching.model import Candidate, Plan
from bot.features.introductions.matching.plan import plan_round


def plan_rounds(
    people: Sequence[Candidate], taking_part: Sequence[Collection[str]], seed: int = 0
) -> Iterator[tuple[list[Candidate], Plan]]:
    """Round after round, who took part as they came to it, and the plan."""
    now = {person.key: person for person in people}
    had: dict[str, list[float]] = {person.key: [] for person in people}
    for keys in taking_part:
        present = [now[key] for key in sorted(keys)]
        plan = plan_round(present, seed=seed)
        yield present, plan
        for key, value in gained(present, plan).items():
            had[key].append(value)
        for group in plan.groups:
            for key in group.members:
                others = frozenset(group.members) - {key}
                mean = sum(had[key]) / len(had[key])
                now[key] = replace(now[key], met=now[key].met | others, mean_so_far=mean, waiting=0)
        for key in plan.left_out:
            now[key] = replace(now[key], waiting=now[key].waiting + 1)


def gained(people: Sequence[Candidate], plan: Plan) -> dict[str, float]:
    """What each had of a round: the mean of u over the others of their group."""
    import numpy as np

    from bot.features.introductions.matching.scoring import Crowd

    if not plan.groups:
        return {}
    crowd = Crowd(people)
    position = {person.key: n for n, person in enumerate(people)}
    ends = [(a, b) for group in plan.groups for a in group.members for b in group.members if a != b]
    one, other = np.array([(position[a], position[b]) for a, b in ends]).T
    values: dict[str, list[float]] = {}
    for (a, _), value in zip(ends, crowd.values_of(one, other)[0].tolist(), strict=True):
        values.setdefault(a, []).append(value)
    return {key: sum(some) / len(some) for key, some in values.items()}

"""Does the matching reach what can be reached? Round after round of a made-up congress.

Each round is planned for those who take part, with whom they met and what they had of it so far. A
shuffle and a greedy walk plan for the same people under the same rules; bounds say what no plan can
pass. Values are `u_i(j) + u_j(i)` as the objective defines them, whatever is optimised inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import mean

import numpy as np
from numpy.typing import NDArray

from bot.bench.matching_bounds import Values, best_worst, largest_sum, most_met, together
from bot.bench.matching_cost import cost
from bot.bench.matching_population import population
from bot.bench.matching_rivals import Groups, greedy, shuffle
from bot.bench.matching_rules import Pairs, allowed, repeats, violations
from bot.features.introductions.matching.history import plan_rounds
from bot.features.introductions.matching.model import Candidate, Plan
from bot.features.introductions.matching.plan import plan_round
from bot.features.introductions.matching.scoring import utilities

POOR = 0.4


@dataclass(frozen=True)
class Score:
    sum: float
    """Of pairs that may meet alone: what a bound is compared with."""
    worst: float
    poor: float
    """The share of those met who got less than `POOR`."""
    met: int
    crossing: float
    """The share of pairs that are of two kinds."""


@dataclass
class Hall:
    """The people of a round, all pairs of them, and what a plan of theirs is worth."""

    candidates: Sequence[Candidate]

    def __post_init__(self) -> None:
        self.number = {one.key: number for number, one in enumerate(self.candidates)}
        self.utilities: Values = utilities(self.candidates)
        self.pairs: Pairs = allowed(self.candidates)
        self.values = together(self.utilities)
        self.kinds: NDArray[np.str_] = np.array([one.kind for one in self.candidates])

    def groups(self, plan: Plan) -> Groups:
        return [tuple(self.number[key] for key in group.members) for group in plan.groups]

    def score(self, groups: Groups) -> Score:
        got = [self.got(one, group) for group in groups for one in group]
        pairs = [pair for group in groups for pair in combinations(group, 2)]
        return Score(
            sum=sum(
                float(self.values[a, b]) / (len(group) - 1)
                for group in groups
                for a, b in combinations(group, 2)
                if self.pairs[a, b]
            ),
            worst=min(got, default=0.0),
            poor=mean(one < POOR for one in got) if got else 0.0,
            met=len(got),
            crossing=mean(self.kinds[a] != self.kinds[b] for a, b in pairs) if pairs else 0.0,
        )

    def got(self, one: int, group: Iterable[int]) -> float:
        """What a member has of a group: the mean over the others."""
        return mean(float(self.utilities[one, other]) for other in group if other != one)

    def most_crossing(self, met: int) -> float:
        """At most this share of the pairs of a plan in which so many meet is of two kinds."""
        return min(1.0, most_met(self.pairs & (self.kinds[:, None] != self.kinds)) / met)


@dataclass(frozen=True)
class Round:
    """What was planned, and what each figure is compared with."""

    bound: float
    best_worst: float
    most_crossing: float
    fair: Score
    sum_only: Score
    greedy: Score
    shuffle: Score
    violations: int
    avoidable: int
    """Left out although there is a plan for them; of the two plans, the worse."""
    relaxed: int


def measure(people: int, rounds: int, seed: int) -> Mapping[str, float | int | None]:
    # First: a process begins with the memory of the one that starts it, as the system counts.
    costs = cost(people, seed)
    crowd = population(people, rounds, seed)
    plans: list[Plan] = []
    measured: list[Round] = []
    for present, plan in plan_rounds(crowd.people, crowd.rounds, seed):
        measured.append(_round(Hall(present), plan, seed + len(plans)))
        plans.append(plan)
    return {
        "n": people,
        "rounds": rounds,
        **_ratios(measured),
        **costs,
        "violations": sum(one.violations for one in measured),
        "repeats": repeats(plans),
        "left_out_avoidable": sum(one.avoidable for one in measured),
        **_crossing(measured),
        "worst_off": _least(round(one.fair.worst, 4) for one in measured),
        "relaxed": sum(one.relaxed for one in measured),
        "seed": seed,
    }


def _round(hall: Hall, plan: Plan, seed: int) -> Round:
    met = most_met(hall.pairs)
    values_only = plan_round(hall.candidates, seed=seed, fairness=False)
    fair, sum_only = (hall.score(hall.groups(one)) for one in (plan, values_only))
    return Round(
        bound=largest_sum(hall.values, hall.pairs),
        best_worst=best_worst(hall.utilities, hall.pairs, met),
        most_crossing=hall.most_crossing(met) if met else 0.0,
        fair=fair,
        sum_only=sum_only,
        greedy=hall.score(greedy(hall.values, hall.pairs)),
        shuffle=hall.score(shuffle(hall.pairs, seed)),
        violations=sum(len(violations(one, hall.candidates)) for one in (plan, values_only)),
        avoidable=max(0, met - min(fair.met, sum_only.met)),
        relaxed=sum(bool(group.relaxed) for group in plan.groups),
    )


def _ratios(rounds: Sequence[Round]) -> Mapping[str, float | None]:
    """Of all rounds together; of the worst-off, the worst round."""
    bound = sum(one.bound for one in rounds)
    fair = sum(one.fair.sum for one in rounds)
    poor, of_greedy = sum(one.fair.poor for one in rounds), sum(one.greedy.poor for one in rounds)
    return {
        "sum_over_bound": _ratio(sum(one.sum_only.sum for one in rounds), bound),
        "fair_sum_over_bound": _ratio(fair, bound),
        "worst_over_best": _least(_ratio(one.fair.worst, one.best_worst) for one in rounds),
        "poor_over_greedy": _ratio(poor, of_greedy),
        "sum_over_shuffle": _ratio(fair, sum(one.shuffle.sum for one in rounds)),
    }


def _crossing(rounds: Sequence[Round]) -> Mapping[str, float | None]:
    """The worst round's: of what is possible, and the share itself."""
    return {
        "cross_kind": _least(_ratio(one.fair.crossing, one.most_crossing) for one in rounds),
        "cross_kind_share": _least(round(one.fair.crossing, 4) for one in rounds),
    }


def _ratio(value: float, best: float) -> float | None:
    return round(value / best, 4) if best else None


def _least(values: Iterable[float | None]) -> float | None:
    return min((one for one in values if one is not None), default=None)

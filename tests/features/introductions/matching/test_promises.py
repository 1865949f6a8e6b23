"""What the matching promises, whoever comes: beside plans found by trying, by rules read anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from random import Random

import numpy as np
import pytest
import rustworkx
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from bot.bench.matching_population import population
from bot.bench.matching_rules import allowed, breaches, repeats, violations
from bot.features.introductions.matching.model import Candidate, Plan
from bot.features.introductions.matching.plan import plan_round
from bot.features.introductions.matching.scoring import utilities

ANYBODY = Candidate("", "", "academic", frozenset({"fr"}), (), ("brevets",), ("financement",))


def people(count: int, begin: int = 0, **changes: object) -> list[Candidate]:
    """Alike, each of no organisation."""
    return [
        replace(ANYBODY, key=f"p{number:03}", **changes)  # type: ignore[arg-type]
        for number in range(begin, begin + count)
    ]


def strangers(pairs: Iterable[tuple[int, int]], crowd: Sequence[Candidate]) -> list[Candidate]:
    """The same people, who keep away from one another in these pairs."""
    blocks: dict[int, set[str]] = {}
    for a, b in pairs:
        blocks.setdefault(a, set()).add(crowd[b].key)
    return [
        replace(one, blocks=one.blocks | blocks.get(number, set()))
        for number, one in enumerate(crowd)
    ]


def checked(crowd: Sequence[Candidate], plan: Plan) -> Plan:
    """Every plan of this file keeps every rule, and says why it leaves somebody out."""
    assert violations(plan, crowd) == []
    assert all(plan.left_out.values())
    return plan


def together(plan: Plan) -> set[frozenset[str]]:
    return {frozenset(pair) for group in plan.groups for pair in combinations(group.members, 2)}


def fewest_left_out(crowd: Sequence[Candidate]) -> int:
    """By an integer programme over every pair and every three that may meet."""
    groups = [
        group
        for size in (2, 3)
        for group in combinations(range(len(crowd)), size)
        if not breaches([crowd[one] for one in group])
    ]
    if not groups:
        return len(crowd)
    table = np.zeros((len(crowd), len(groups)))
    for column, group in enumerate(groups):
        table[list(group), column] = 1
    found = milp(
        -table.sum(axis=0),
        integrality=np.ones(len(groups)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(table, -np.inf, 1),
    )
    least: int = len(crowd) + round(found.fun)
    return least


def optimum(crowd: Sequence[Candidate]) -> tuple[int, float]:
    """The most pairs, and the largest sum of values that so many can have."""
    values = utilities(crowd)
    pairs = allowed(crowd)
    graph: rustworkx.PyGraph[int, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(len(crowd)))
    for a, b in combinations(range(len(crowd)), 2):
        if pairs[a, b]:
            graph.add_edge(a, b, round(float(values[a, b] + values[b, a]) * 1_000_000))
    chosen = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    return len(chosen), float(sum(values[a, b] + values[b, a] for a, b in chosen))


def reached(crowd: Sequence[Candidate], plan: Plan) -> tuple[int, float]:
    values = utilities(crowd)
    number = {one.key: position for position, one in enumerate(crowd)}
    pairs = [tuple(number[key] for key in group.members) for group in plan.groups]
    assert all(len(pair) == 2 for pair in pairs)
    return len(pairs), float(sum(values[a, b] + values[b, a] for a, b in pairs))


crowds = st.builds(
    lambda count, seed: list(population(count, 1, seed).people),
    st.integers(0, 40),
    st.integers(0, 1_000),
)


@st.composite
def acquaintances(draw: st.DrawFn) -> list[Candidate]:
    """A few alike, of whom any may keep away from any."""
    crowd = people(draw(st.integers(1, 9)))
    apart = [pair for pair in combinations(range(len(crowd)), 2) if draw(st.booleans())]
    return strangers(apart, crowd)


@settings(max_examples=25, deadline=None)
@given(crowds, st.randoms(use_true_random=False), st.sampled_from([2, 3, 4]))
def test_the_order_of_the_input_changes_nothing(
    crowd: list[Candidate], chance: Random, size: int
) -> None:
    plan = checked(crowd, plan_round(crowd, size=size, seed=4))
    shuffled = chance.sample(crowd, len(crowd))
    assert plan_round(shuffled, size=size, seed=4) == plan


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 15), st.integers(0, 1_000))
def test_a_block_parts_the_pair_and_never_makes_the_best_better(half: int, seed: int) -> None:
    crowd = list(population(2 * half, 1, seed).people)
    before = optimum(crowd)
    plan = checked(crowd, plan_round(crowd, fairness=False))
    for group in plan.groups:
        if len(group.members) > 2 or group.relaxed:
            continue
        numbers = [position for position, one in enumerate(crowd) if one.key in group.members]
        blocked = strangers([(numbers[0], numbers[1])], crowd)
        assert frozenset(group.members) not in together(
            checked(blocked, plan_round(blocked, fairness=False))
        )
        assert optimum(blocked) <= (before[0], before[1] + 1e-4)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 20), st.integers(0, 1_000))
def test_the_sum_is_the_largest_of_a_small_round(half: int, seed: int) -> None:
    crowd = [
        replace(one, languages=frozenset({"fr"})) for one in population(2 * half, 1, seed).people
    ]
    best = optimum(crowd)
    if best[0] < half:
        return  # Somebody sits with two others, or nowhere: not a matter of pairs.
    plan = checked(crowd, plan_round(crowd, fairness=False))
    assert reached(crowd, plan) == pytest.approx(best, abs=2e-3)


@settings(max_examples=60, deadline=None)
@given(acquaintances())
def test_as_few_as_possible_are_left_out_and_one_more_leaves_at_most_one_more(
    crowd: list[Candidate],
) -> None:
    least = fewest_left_out(crowd)
    without = fewest_left_out(crowd[:-1])
    assert least <= without + 1
    assert len(checked(crowd, plan_round(crowd)).left_out) == least
    assert len(checked(crowd[:-1], plan_round(crowd[:-1])).left_out) == without


@pytest.mark.parametrize("fairness", [True, False])
@pytest.mark.parametrize(
    ("count", "sizes"),
    [(0, []), (1, []), (2, [2]), (3, [3]), (4, [2, 2]), (5, [2, 3]), (7, [2, 2, 3])],
)
def test_a_handful(count: int, sizes: list[int], fairness: bool) -> None:
    crowd = people(count)
    plan = checked(crowd, plan_round(crowd, fairness=fairness))
    assert sorted(len(group.members) for group in plan.groups) == sizes
    assert len(plan.left_out) == count - sum(sizes)


@pytest.mark.parametrize("size", [2, 4])
@pytest.mark.parametrize("count", [301, 502])
def test_the_odd_one_joins_a_group(count: int, size: int) -> None:
    crowd = people(count)
    plan = checked(crowd, plan_round(crowd, size=size))
    assert not plan.left_out
    assert sum(len(group.members) != size for group in plan.groups) <= 3


def test_a_path_of_four_is_two_pairs_though_the_middle_would_be_better() -> None:
    crowd = strangers([(0, 2), (0, 3), (1, 3)], people(4))
    crowd[1] = replace(crowd[1], kind="startup", offers=("financement",))
    crowd[2] = replace(crowd[2], kind="investor", seeks=("financement",))
    plan = checked(crowd, plan_round(crowd))
    assert together(plan) == {frozenset({"p000", "p001"}), frozenset({"p002", "p003"})}


@pytest.mark.parametrize("size", [2, 4])
def test_where_everyone_is_blocked_nobody_meets(size: int) -> None:
    crowd = people(12)
    crowd = strangers(combinations(range(12), 2), crowd)
    plan = checked(crowd, plan_round(crowd, size=size))
    assert plan.groups == ()
    assert set(plan.left_out) == {one.key for one in crowd}


def test_who_is_blocked_by_all_is_left_out_alone() -> None:
    crowd = strangers([(number, 0) for number in range(1, 21)], people(21))
    plan = checked(crowd, plan_round(crowd))
    assert set(plan.left_out) == {"p000"}
    assert all(len(group.members) == 2 for group in plan.groups)


def test_one_organisation_with_most_people() -> None:
    """Sixty of a hundred: forty meet the others; of the rest only colleagues are left."""
    crowd = [*people(60, organisation="Grande"), *people(40, begin=60)]
    plan = checked(crowd, plan_round(crowd))
    strict = [group for group in plan.groups if not group.relaxed]
    assert sum(len(group.members) for group in strict) == 80
    large = {one.key for one in crowd[:60]}
    assert all(len(large.intersection(group.members)) == 1 for group in strict)
    for group in plan.groups:
        if group.relaxed:
            assert group.relaxed == ("organisation",)
            assert large.issuperset(group.members)


def test_three_hundred_students_and_two_investors() -> None:
    students = people(300, kind="student", offers=("apprentis",), seeks=("financement",))
    investors = people(2, begin=300, kind="investor", offers=("financement",), seeks=("brevets",))
    plan = checked(students + investors, plan_round(students + investors))
    assert not plan.left_out
    assert frozenset({"p300", "p301"}) not in together(plan)
    assert all(len(group.members) == 2 for group in plan.groups)


def test_two_hundred_clones_meet_somebody_new_six_times() -> None:
    crowd = people(200)
    plans = rounds_of(crowd, 6)
    assert repeats(plans) == 0
    assert not any(plan.left_out for plan in plans)


def rounds_of(crowd: Sequence[Candidate], count: int, size: int = 2) -> list[Plan]:
    met: dict[str, set[str]] = {one.key: set() for one in crowd}
    plans = []
    for _ in range(count):
        now = [replace(one, met=frozenset(met[one.key])) for one in crowd]
        plans.append(checked(now, plan_round(now, size=size)))
        for group in plans[-1].groups:
            for key in group.members:
                met[key] |= set(group.members) - {key}
    return plans


@pytest.mark.parametrize("size", [2, 4])
def test_a_quarter_of_the_pairs_have_met(size: int) -> None:
    crowd = list(population(100, 1, 5).people)
    chance = Random(5)
    seen = {pair for pair in combinations(range(100), 2) if chance.random() < 0.27}
    crowd = [
        replace(one, met=frozenset(crowd[b].key for a, b in seen if a == number))
        for number, one in enumerate(crowd)
    ]
    plan = checked(crowd, plan_round(crowd, size=size))
    assert not plan.left_out
    assert together(plan).isdisjoint({frozenset({crowd[a].key, crowd[b].key}) for a, b in seen})


def test_two_languages_of_odd_size_each_have_a_group_of_three() -> None:
    french, english = people(7), people(9, begin=7, languages=frozenset({"en"}))
    plan = checked(french + english, plan_round(french + english))
    assert not plan.left_out
    assert sorted(len(group.members) for group in plan.groups) == [2] * 5 + [3] * 2
    assert not any(group.relaxed for group in plan.groups)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 33), st.integers(0, 1_000))
def test_groups_of_four_keep_every_rule_and_leave_no_more_out_than_pairs(
    count: int, seed: int
) -> None:
    crowd = list(population(count, 1, seed).people)
    plan = checked(crowd, plan_round(crowd, size=4))
    assert all(2 <= len(group.members) <= 4 for group in plan.groups)
    assert len(plan.left_out) <= len(plan_round(crowd).left_out)


def test_pairs_follow_fours_without_a_repeat() -> None:
    crowd = list(population(80, 1, 2).people)
    first = rounds_of(crowd, 3, size=4)
    assert repeats(first) == 0
    assert all(len(plan.left_out) == 0 for plan in first)
    # A third are of industry, who seldom may sit with one another.
    assert sum(len(group.members) == 4 for group in first[0].groups) >= 10

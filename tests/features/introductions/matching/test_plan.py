from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.features.introductions.matching.cardinality import completed
from bot.features.introductions.matching.history import gained, plan_rounds
from bot.features.introductions.matching.model import Candidate, Plan, Point
from bot.features.introductions.matching.plan import plan_round
from bot.features.introductions.matching.rules import forbidden, why_not_group
from bot.features.introductions.matching.scoring import utilities
from tests.features.introductions.matching.crowds import crowds, people, person, without


def sizes(plan: Plan) -> list[int]:
    return sorted(len(group.members) for group in plan.groups)


def matchings(n: int, allowed: set[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Every set of pairs that share nobody."""
    if not allowed:
        return [[]]
    first = min(a for a, _ in allowed)
    rest = {pair for pair in allowed if first not in pair}
    found = matchings(n, rest)
    for a, b in sorted(pair for pair in allowed if first in pair):
        left = {pair for pair in rest if b not in pair and a not in pair}
        found += [[(a, b), *more] for more in matchings(n, left)]
    return found


@settings(deadline=None, max_examples=60)
@given(crowds(least=2, most=8), st.integers(0, 3))
def test_no_plan_of_few_people_is_better(crowd: list[Candidate], seed: int) -> None:
    """Against every possible set of pairs: the most pairs, of those the highest floor."""
    crowd = [
        replace(p, stand=None, kind="academic" if p.kind == "press" else p.kind) for p in crowd
    ]
    values = utilities(crowd)
    pairs = {
        (a, b)
        for a, b in combinations(range(len(crowd)), 2)
        if forbidden(crowd[a], crowd[b]) is None
    }
    every = matchings(len(crowd), pairs)
    most = max(map(len, every))
    best = [m for m in every if len(m) == most]

    position = {p.key: n for n, p in enumerate(crowd)}
    for fairness in (True, False):
        plan = plan_round(crowd, seed=seed, fairness=fairness)
        strict = [g for g in plan.groups if not g.relaxed]
        assert len(plan.left_out) <= len(crowd) - 2 * most
        if any(len(group.members) > 2 for group in plan.groups):
            continue  # the odd one out changes what the others have
        assert len(strict) == most
        chosen = [tuple(sorted(position[key] for key in g.members)) for g in strict]
        if fairness and most:
            floor = max(min(_worse(values, pair) for pair in m) for m in best)
            assert min(_worse(values, pair) for pair in chosen) == pytest.approx(floor, abs=1e-4)
        if not fairness:
            total = max(sum(_sum(values, pair) for pair in m) for m in best)
            assert sum(_sum(values, pair) for pair in chosen) == pytest.approx(total, abs=1e-3)


def _worse(values: NDArray[np.float32], pair: tuple[int, ...]) -> float:
    a, b = pair
    return float(min(values[a, b], values[b, a]))


def _sum(values: NDArray[np.float32], pair: tuple[int, ...]) -> float:
    a, b = pair
    return float(values[a, b] + values[b, a])


@settings(deadline=None, max_examples=30)
@given(crowds(most=9), st.integers(2, 4))
def test_every_group_keeps_the_rules_or_says_which_gave_way(
    crowd: list[Candidate], size: int
) -> None:
    plan = plan_round(crowd, size=size)
    by_key = {p.key: p for p in crowd}
    placed = [key for group in plan.groups for key in group.members]
    assert sorted([*placed, *plan.left_out]) == sorted(by_key)
    for group in plan.groups:
        members = [by_key[key] for key in group.members]
        assert why_not_group(members) in (None, *group.relaxed)
        assert set(group.reasons) == set(group.members)
        assert all(group.reasons.values())
    stands = Counter(group.stand for group in plan.groups if group.stand)
    assert not stands or max(stands.values()) == 1


@settings(deadline=None, max_examples=30)
@given(crowds(most=9), st.randoms(use_true_random=False), st.integers(2, 4))
def test_the_order_of_the_list_changes_nothing(
    crowd: list[Candidate], chance: Random, size: int
) -> None:
    shuffled = list(crowd)
    chance.shuffle(shuffled)
    assert plan_round(shuffled, size=size, seed=4) == plan_round(crowd, size=size, seed=4)


@pytest.mark.parametrize(
    ("count", "expected"), [(0, []), (1, []), (2, [2]), (3, [3]), (4, [2, 2]), (5, [2, 3])]
)
def test_few_people(count: int, expected: list[int]) -> None:
    plan = plan_round(people(count))
    assert sizes(plan) == expected
    assert list(plan.left_out.values()) == (["nobody_else"] if count == 1 else [])


@pytest.mark.parametrize(
    ("count", "expected"),
    [(3, [3]), (4, [4]), (5, [2, 3]), (6, [3, 3]), (7, [3, 4]), (9, [3, 3, 3])],
)
def test_groups_of_four_of_any_number(count: int, expected: list[int]) -> None:
    assert sizes(plan_round(people(count), size=4)) == expected


@pytest.mark.parametrize(
    ("competitors", "others", "expected"),
    [
        (2, 6, [4, 4]),
        (3, 5, [2, 2, 4]),
        (4, 8, [2, 2, 4, 4]),
        (5, 5, [2, 2, 2, 2, 2]),
        (4, 6, [2, 2, 2, 4]),
        (84, 156, [2] * 48 + [4] * 36),
    ],
)
def test_competitors_take_a_group_each_and_the_others_make_as_many_fours_as_they_can(
    competitors: int, others: int, expected: list[int]
) -> None:
    """Of `others`, each competitor needs one, and each four two more."""
    crowd = people(others) + [person(f"i{n}", kind="industrial") for n in range(competitors)]
    plan = plan_round(crowd, size=4)
    assert not plan.left_out
    assert sizes(plan) == expected


@pytest.mark.parametrize(
    "apart",
    [
        [(0, 6), (2, 6), (3, 5)],
        [(0, 3), (1, 3), (1, 7), (2, 7)],
        [(0, 3), (0, 4), (1, 6), (3, 6), (3, 7)],
    ],
)
def test_pairs_that_fit_no_other_are_parted_where_two_fours_are_possible(
    apart: list[tuple[int, int]],
) -> None:
    crowd = people(8)
    strangers = without(crowd, [(crowd[a].key, crowd[b].key) for a, b in apart])
    assert sizes(plan_round(strangers, size=4)) == [4, 4]


def test_a_path_of_four_strands_nobody() -> None:
    crowd = people(4, seeks=("apprentis",))
    crowd[1] = replace(crowd[1], offers=("apprentis",))
    crowd[2] = replace(crowd[2], offers=("apprentis",))
    path = without(crowd, [("p000", "p002"), ("p000", "p003"), ("p001", "p003")])
    assert [g.members for g in plan_round(path).groups] == [("p000", "p001"), ("p002", "p003")]


def test_everybody_blocked_is_left_out_and_no_rule_gives_way() -> None:
    crowd = people(6)
    plan = plan_round(without(crowd, list(combinations([p.key for p in crowd], 2))))
    assert plan.groups == ()
    assert set(plan.left_out.values()) == {"nobody_allowed"}


def test_one_organisation_of_sixty_per_cent_fills_up_before_its_people_meet_each_other() -> None:
    crowd = people(60) + [replace(person(f"q{n}"), organisation="One") for n in range(90)]
    plan = plan_round(crowd)
    assert Counter(group.relaxed for group in plan.groups) == {(): 60, ("organisation",): 15}
    assert not plan.left_out


def test_languages_of_odd_numbers_make_groups_of_three_before_silence() -> None:
    crowd = people(3) + [person(f"q{n}", languages=frozenset({"en"})) for n in range(3)]
    plan = plan_round(crowd)
    assert sizes(plan) == [3, 3]
    assert all(not group.relaxed for group in plan.groups)


def test_two_who_share_no_language_are_introduced_rather_than_left_out() -> None:
    plan = plan_round([person("a"), person("b", languages=frozenset({"en"}))])
    assert [group.relaxed for group in plan.groups] == [("language",)]


def test_clones_are_all_introduced() -> None:
    plan = plan_round(people(400, seeks=("apprentis",), offers=("apprentis",)))
    assert sizes(plan) == [2] * 200


def test_many_of_one_kind_share_the_few_of_another() -> None:
    crowd = people(300, kind="student") + [person(f"i{n}", kind="investor") for n in range(2)]
    plan = plan_round(crowd)
    kinds = {p.key: p.kind for p in crowd}
    crossings = sum(len({kinds[key] for key in g.members}) == 2 for g in plan.groups)
    assert (len(plan.groups), crossings) == (151, 2)


def test_when_tables_run_out_those_who_waited_are_introduced() -> None:
    crowd = people(20)
    crowd[7] = replace(crowd[7], waiting=1)
    crowd[12] = replace(crowd[12], waiting=2)
    plan = plan_round(crowd, points=[Point("1", 2), Point("2", 2), Point("3", 1)])
    assert sorted(group.point or "" for group in plan.groups) == ["1", "2"]
    assert {"p007", "p012"} <= {key for group in plan.groups for key in group.members}
    assert Counter(plan.left_out.values()) == {"no_table": 16}


def test_a_third_without_a_seat_is_left_out_alone() -> None:
    plan = plan_round(people(5), points=[Point("1", 2), Point("2", 2)])
    assert sizes(plan) == [2, 2]
    assert list(plan.left_out.values()) == ["no_table"]


def test_a_stand_receives_one_person_a_round_and_needs_no_table() -> None:
    crowd = [replace(p, stand="E01") for p in people(2)] + [person("q0"), person("q1")]
    crowd[0] = replace(crowd[0], waiting=1)
    plan = plan_round(crowd, points=[])
    assert [(group.stand, group.point) for group in plan.groups] == [("E01", None)]
    assert "p000" in plan.groups[0].members
    assert plan.left_out["p001"] == "stand_taken"


def test_nobody_meets_twice_and_the_odd_one_out_changes() -> None:
    crowd = people(9)
    seen: list[frozenset[str]] = []
    for _, plan in plan_rounds(crowd, [[p.key for p in crowd]] * 3, seed=1):
        assert not plan.left_out
        seen += [
            frozenset(pair) for group in plan.groups for pair in combinations(group.members, 2)
        ]
    assert len(seen) == len(set(seen))


def test_who_had_less_so_far_has_the_better_meeting() -> None:
    seekers = [person(f"s{n}", seeks=("apprentis",)) for n in range(2)]
    seekers[1] = replace(seekers[1], mean_so_far=0.1)
    seekers[0] = replace(seekers[0], mean_so_far=0.9)
    givers = [person("g0", offers=("apprentis",)), person("g1")]
    plan = plan_round([*seekers, *givers])
    assert {group.members for group in plan.groups} == {("g0", "s1"), ("g1", "s0")}
    assert gained([*seekers, *givers], plan)["s1"] > 0.6


@given(st.integers(0, 12), st.randoms(use_true_random=False))
def test_as_many_pairs_as_there_can_be(count: int, chance: Random) -> None:
    allowed = np.zeros((count, count), dtype=bool)
    for a, b in combinations(range(count), 2):
        allowed[a, b] = allowed[b, a] = chance.random() < 0.3
    partner = completed(np.arange(count), allowed.__getitem__)
    edges = {(int(a), int(b)) for a, b in np.argwhere(np.triu(allowed))}
    most = max(map(len, matchings(count, edges)))
    assert (partner != np.arange(count)).sum() == 2 * most
    assert all(partner[partner[n]] == n for n in range(count))


def test_crossings_that_have_not_happened_are_favoured() -> None:
    """Of four kinds two crossings have happened; all else is the same."""
    met = {"x1": "w1", "y1": "z1"}
    crowd = [
        person(f"{kind}{number}", kind=kind, met=frozenset({met.get(f"{kind}{number}", "")}))
        for kind in "wxyz"
        for number in (1, 2)
    ]
    for seed in range(10):
        groups = plan_round(crowd, seed=seed).groups
        kinds = {"".join(sorted(member[0] for member in group.members)) for group in groups}
        assert kinds <= {"wy", "wz", "xy", "xz"}

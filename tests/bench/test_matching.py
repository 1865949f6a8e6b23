"""`maillon bench matching`: what it prints, and that its checker and its bounds can be trusted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.bench.matching_bounds import (
    Values,
    best_worst,
    enough_prices,
    largest_sum,
    most_met,
    together,
)
from bot.bench.matching_population import population
from bot.bench.matching_rivals import greedy, shuffle
from bot.bench.matching_rules import Pairs, allowed, breaches, repeats, violations
from bot.bench.matching_vocabulary import SERVICES, TOPICS, service_of, tag
from bot.cli.main import app
from bot.features.introductions.matching.model import Candidate, Group, Plan

KEYS = [
    "n",
    "rounds",
    "sum_over_bound",
    "fair_sum_over_bound",
    "worst_over_best",
    "poor_over_greedy",
    "sum_over_shuffle",
    "seconds_first_round",
    "seconds_reference",
    "reference_n",
    "peak_mib",
    "violations",
    "repeats",
    "left_out_avoidable",
    "cross_kind",
    "cross_kind_share",
    "worst_off",
    "relaxed",
    "seed",
]


def bench(people: int, rounds: int) -> dict[str, float | None]:
    arguments = ["bench", "matching", "--people", str(people), "--rounds", str(rounds)]
    result = CliRunner().invoke(app, [*arguments, "--seed", "3", "--json"])
    assert result.exit_code == 0, result.output
    figures: dict[str, float | None] = json.loads(result.stdout)
    return figures


def test_what_it_prints() -> None:
    figures = bench(120, 3)
    assert list(figures) == KEYS
    assert (figures["n"], figures["rounds"], figures["seed"]) == (120, 3, 3)
    assert [figures[name] for name in ("violations", "repeats", "left_out_avoidable")] == [0, 0, 0]
    for name, least, most in (
        ("sum_over_bound", 0.97, 1),
        ("fair_sum_over_bound", 0.85, 1),
        ("worst_over_best", 0.9, 1.01),
        ("poor_over_greedy", 0, 1),
        ("sum_over_shuffle", 1.5, 10),
        ("cross_kind", 0.8, 1),
    ):
        value = figures[name]
        assert value is not None, name
        assert least <= value <= most, name


def test_nobody_is_measured_too() -> None:
    figures = bench(0, 1)
    assert list(figures) == KEYS
    assert figures["sum_over_bound"] is None
    assert figures["violations"] == 0


# The people


def test_the_mix_is_that_of_the_sample() -> None:
    kinds = Counter(one.kind for one in population(240, 1, 1).people)
    assert kinds == {
        "industrial": 84,
        "sme": 36,
        "startup": 34,
        "academic": 34,
        "student": 14,
        "training": 12,
        "investor": 12,
        "health_authority": 7,
        "patient_association": 7,
    }
    tags = {tag(a, b, 0) for a in range(len(SERVICES)) for b in range(len(TOPICS))}
    assert len(tags) == 672
    people = population(1_000, 2, 1)
    assert {service_of(one) for who in people.people for one in (*who.offers, *who.seeks)} <= set(
        range(len(SERVICES))
    )
    assert len(people.rounds[0]) == 1_000
    assert 800 < len(people.rounds[1]) < 900


def test_a_seed_makes_the_same_people() -> None:
    assert population(50, 2, 7) == population(50, 2, 7)
    assert population(50, 2, 7) != population(50, 2, 8)


# The rules


PARIS = Candidate(
    "paris", "A", "sme", frozenset({"fr"}), (), (tag(0, 0, 0),), (tag(13, 1, 0),)
)  # offers capacity, seeks sensors
LYON = replace(PARIS, key="lyon", organisation="B", kind="startup")
NICE = replace(PARIS, key="nice", organisation="C", kind="academic")


@pytest.mark.parametrize(
    ("changed", "breach"),
    [
        ({"blocks": frozenset({"paris"})}, "block"),
        ({"met": frozenset({"paris"})}, "met"),
        ({"organisation": " a "}, "organisation"),
        ({"languages": frozenset({"en"})}, "language"),
        ({"kind": "health_authority"}, "authority"),
        ({"avoided": frozenset({"a"})}, "avoided"),
        ({"meets": frozenset({"investor"})}, "kind not met"),
        ({"no_soliciting": True}, "soliciting"),
    ],
)
def test_a_planted_breach_is_found(changed: dict[str, object], breach: str) -> None:
    assert breaches([PARIS, LYON]) == []
    assert breaches([PARIS, replace(LYON, **changed)]) == [breach]  # type: ignore[arg-type]
    assert not allowed([PARIS, replace(LYON, **changed)]).any()  # type: ignore[arg-type]


def test_competitors_meet_where_one_has_what_the_other_seeks() -> None:
    one, other = replace(PARIS, kind="industrial"), replace(LYON, kind="industrial")
    assert breaches([one, other]) == ["competitors"]
    assert breaches([one, replace(other, seeks=(tag(0, 5, 1),))]) == []
    assert breaches([replace(one, no_soliciting=True), replace(other, offers=one.seeks)]) == []


def test_an_authority_sits_with_two_organisations_or_without_companies() -> None:
    agency = replace(PARIS, key="agency", organisation="Agency", kind="health_authority")
    assert breaches([agency, NICE]) == []
    assert breaches([agency, PARIS, LYON]) == []
    colleague = replace(LYON, organisation="A")
    assert breaches([agency, PARIS, colleague]) == ["organisation", "authority"]


def test_a_plan_is_checked_whole() -> None:
    people = [PARIS, LYON, NICE]
    pair = Group(("paris", "lyon"), {})
    assert violations(Plan((pair,), {"nice": "nobody"}), people) == []
    assert violations(Plan((pair,), {}), people) == ["nice is named 0 times"]
    assert violations(Plan((pair,), {"nice": "", "lyon": ""}), people) == ["lyon is named 2 times"]
    stranger = replace(LYON, languages=frozenset({"en"}))
    assert violations(Plan((pair,)), [PARIS, stranger]) == ["language"]
    assert violations(Plan((replace(pair, relaxed=("language",)),)), [PARIS, stranger]) == []
    blocked = replace(LYON, blocks=frozenset({"paris"}))
    assert violations(Plan((replace(pair, relaxed=("block",)),)), [PARIS, blocked]) == ["block"]


def test_who_meets_again_is_counted_in_groups_of_any_size() -> None:
    first = Plan((Group(("a", "b", "c"), {}), Group(("d", "e"), {})))
    again = Plan((Group(("c", "a"), {}), Group(("b", "d"), {})))
    assert repeats([first]) == 0
    assert repeats([first, again]) == 1
    assert repeats([first, again, first]) == 5


def test_all_pairs_at_once_are_judged_as_one_by_one() -> None:
    people = list(population(150, 1, 4).people)
    people[:40] = [replace(one, no_soliciting=True) for one in people[:40]]
    people[40:60] = [replace(one, meets=frozenset({"startup", "sme"})) for one in people[40:60]]
    people[60:90] = [
        replace(one, met=frozenset({people[2 * i].key})) for i, one in enumerate(people[60:90])
    ]
    pairs = allowed(people)
    assert 0.4 < pairs.mean() < 0.95
    for a, b in combinations(range(len(people)), 2):
        possible = not breaches([people[a], people[b]])
        assert pairs[a, b] == pairs[b, a] == possible, (people[a], people[b])


# The bounds, against every plan of few people


def graph(seed: int, people: int, density: float) -> tuple[Values, Pairs]:
    chance = np.random.default_rng(seed)
    pairs = np.triu(chance.random((people, people)) < density, 1)
    return chance.random((people, people)).round(2).astype(np.float32), pairs | pairs.T


def best_plan(
    utilities: Values,
    pairs: Pairs,
    worth: Callable[[list[float]], float],
    of_group: Callable[[list[float]], float] = fmean,
) -> float:
    """Of all plans of pairs and of threes in which the most people meet; none is left untried."""

    def had(group: tuple[int, ...]) -> list[float]:
        return [of_group([float(utilities[a, b]) for b in group if b != a]) for a in group]

    def plans(free: frozenset[int]) -> Iterator[list[float]]:
        if not free:
            yield []
            return
        one = min(free)
        yield from plans(free - {one})
        for size in (2, 3):
            for others in combinations(sorted(free - {one}), size - 1):
                group = (one, *others)
                if all(pairs[a, b] for a, b in combinations(group, 2)):
                    yield from (had(group) + rest for rest in plans(free - set(group)))

    everything = list(plans(frozenset(range(len(pairs)))))
    most = max(map(len, everything))
    return max(worth(got) for got in everything if len(got) == most)


graphs = st.builds(
    graph, st.integers(0, 10_000), st.integers(2, 7), st.sampled_from([0.3, 0.6, 1.0])
)


@settings(max_examples=60, deadline=None)
@given(graphs)
def test_no_plan_passes_the_bounds(case: tuple[Values, Pairs]) -> None:
    utilities, pairs = case
    values = together(utilities)
    best = best_plan(utilities, pairs, sum)
    assert largest_sum(values, pairs) >= best - 1e-6
    prices = enough_prices(values, pairs)
    assert prices.sum() >= best - 1e-6
    met = round(best_plan(utilities, pairs, len))
    assert most_met(pairs) >= met
    worst = best_plan(utilities, pairs, lambda got: min(got, default=0.0), min)
    assert best_worst(utilities, pairs, met) >= worst - 1e-6


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(40, 90))
def test_prices_pay_for_every_pair_and_are_the_least(seed: int, people: int) -> None:
    utilities, pairs = graph(seed, people, 0.8)
    values = together(utilities)
    prices = enough_prices(values, pairs)
    assert (prices >= -1e-9).all()
    assert ((prices[:, None] + prices - values)[pairs] >= -1e-6).all()
    assert prices.sum() == pytest.approx(largest_sum(values, pairs), rel=1e-6)


def test_bounds_of_a_path_are_what_is_reached() -> None:
    """Four in a row: whoever takes the middle first strands the two ends."""
    pairs = np.zeros((4, 4), bool)
    for a in range(3):
        pairs[a, a + 1] = pairs[a + 1, a] = True
    utilities = np.full((4, 4), 0.5, np.float32)
    utilities[1, 2] = utilities[2, 1] = 0.8
    values = together(utilities)
    assert largest_sum(values, pairs) == pytest.approx(2)
    assert enough_prices(values, pairs).sum() == pytest.approx(2)
    assert most_met(pairs) == 4
    assert best_worst(utilities, pairs, 4) == pytest.approx(0.5)
    assert best_worst(utilities, pairs, 2) == pytest.approx(0.8)
    assert greedy(values, pairs) == [(1, 2)]


def test_a_shuffle_keeps_the_rules_and_takes_all_it_can() -> None:
    _, pairs = graph(5, 60, 0.3)
    taken = shuffle(pairs, 1)
    assert all(pairs[a, b] for a, b in taken)
    placed = [one for group in taken for one in group]
    assert len(placed) == len(set(placed))
    free = sorted(set(range(60)) - set(placed))
    assert not pairs[np.ix_(free, free)].any()
    assert shuffle(pairs, 1) == taken
    assert shuffle(pairs, 2) != taken

"""Votes by kind, and a reader who subtracts."""

from __future__ import annotations

import itertools
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.questions.tallies import ENOUGH, NO_KIND, tally, votes_by_kind

People = dict[str, int]
CONGRESS = {
    "industrial": 300,
    "startup": 200,
    "academic": 180,
    "sme": 150,
    "student": 120,
    "investor": 40,
    "patient_association": 20,
    "health_authority": 12,
    "press": 8,
}


@st.composite
def rooms(draw: st.DrawFn) -> tuple[dict[str, int], People]:
    people = draw(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40)))
    return {kind: draw(st.integers(0, some)) for kind, some in people.items()}, people


# ---------------------------------------------------------------- counting


def test_each_voter_counts_once_in_their_kind() -> None:
    kinds = {"x": "sme", "y": "sme", "z": "press"}
    assert votes_by_kind(["x", "x", "y", "z", "w"], kinds) == {"sme": 2, "press": 1, NO_KIND: 1}


def test_the_asker_of_an_anonymous_question_has_no_kind() -> None:
    assert votes_by_kind(["x", "y"], {"x": "sme", "y": "sme"}, "x") == {NO_KIND: 1, "sme": 1}


# ---------------------------------------------------------------- examples


def test_large_figures_are_shown_and_small_ones_are_not() -> None:
    votes = {"industrial": 12, "startup": 11, "academic": 9, "sme": 6, "student": 2, "investor": 4}
    told = tally(votes, CONGRESS)
    assert told.total == 44
    assert told.shown == {"academic": 9, "industrial": 12, "sme": 6, "startup": 11}
    assert told.withheld == set(CONGRESS) - set(told.shown)


def test_one_small_figure_takes_a_second_with_it() -> None:
    told = tally({"a": 20, "b": 30, "c": 3}, {"a": 50, "b": 60, "c": 70})
    assert told.shown == {"b": 30}
    assert told.withheld == {"a", "c"}


def test_two_small_figures_that_the_sum_would_tell_take_a_third() -> None:
    told = tally({"a": 20, "b": 30, "c": 0, "d": 0}, {"a": 50, "b": 60, "c": 70, "d": 80})
    assert told.shown == {"b": 30}
    assert told.withheld == {"a", "c", "d"}
    told = tally({"a": 20, "b": 30, "c": 4, "d": 4}, {"a": 50, "b": 60, "c": 70, "d": 80})
    assert told.shown == {"b": 30}
    assert told.withheld == {"a", "c", "d"}


def test_a_kind_of_which_nearly_all_voted_is_not_shown() -> None:
    told = tally({"a": 18, "b": 30, "c": 25}, {"a": 20, "b": 60, "c": 70})
    assert told.shown == {"c": 25}
    assert told.withheld == {"a", "b"}


def test_nearly_all_votes_from_one_kind_are_not_shown() -> None:
    told = tally({"a": 40, "b": 2, "c": 0}, {"a": 100, "b": 60, "c": 70})
    assert told.shown == {}
    assert told.withheld == {"a", "b", "c"}


def test_kinds_with_nobody_are_not_there() -> None:
    told = tally({"a": 10, "b": 10}, {"a": 30, "b": 30, "c": 0})
    assert told.shown == {"a": 10, "b": 10}
    assert told.withheld == frozenset()
    assert tally({}, {}).total == 0


# ---------------------------------------------------------------- promises


@given(rooms())
def test_five_people_behind_each_figure_and_its_complements(
    room: tuple[dict[str, int], People],
) -> None:
    votes, people = room
    told = tally(votes, people)
    assert told.total == sum(votes.values())
    assert told.shown.keys() | told.withheld == {kind for kind, some in people.items() if some}
    assert not told.shown.keys() & told.withheld
    for kind, figure in told.shown.items():
        assert figure == votes[kind]
        assert min(figure, people[kind] - figure, told.total - figure) >= ENOUGH


@given(rooms())
def test_what_subtraction_gives_is_five_people_and_several_kinds(
    room: tuple[dict[str, int], People],
) -> None:
    """Of a tally that shows anything: the total less any of the figures is not one figure."""
    votes, people = room
    told = tally(votes, people)
    if not told.shown or not told.withheld:
        return
    rest = told.total - sum(told.shown.values())
    absent = sum(people[kind] for kind in told.withheld) - rest
    assert len(told.withheld) > 1
    assert rest >= ENOUGH
    assert absent >= ENOUGH
    for kind in told.withheld:
        others = sum(people[other] for other in told.withheld) - people[kind]
        assert min(people[kind], rest) > max(0, rest - others)


@pytest.mark.parametrize(
    "people",
    [
        {"a": 12, "b": 14, "c": 16},
        {"a": 3, "b": 12, "c": 13, "d": 14},
        {"a": 1, "b": 10, "c": 14, "d": 14},
        {"a": 9, "b": 9, "c": 12, "d": 13},
        {"a": 11, "b": 11, "c": 11, "d": 11},
        {"a": 2, "b": 2, "c": 2, "d": 4, "e": 12, "f": 13},
    ],
    ids=str,
)
def test_who_knows_the_rule_finds_no_figure_either(people: People) -> None:
    """All votes that there can be, by what would be told of them. Whoever tries them all still
    finds several numbers possible for each withheld figure.
    """
    possible: defaultdict[object, list[dict[str, int]]] = defaultdict(list)
    withheld: dict[object, frozenset[str]] = {}
    for numbers in itertools.product(*(range(some + 1) for some in people.values())):
        votes = dict(zip(people, numbers, strict=True))
        told = tally(votes, people)
        if told.shown:
            key = (told.total, tuple(told.shown.items()), told.withheld)
            possible[key].append(votes)
            withheld[key] = told.withheld
    assert possible
    for told_key, worlds in possible.items():
        for kind in withheld[told_key]:
            assert len({votes[kind] for votes in worlds}) > 1

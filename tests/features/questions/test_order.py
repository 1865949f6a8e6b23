"""What each order promises, for any votes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.questions.order import (
    FLOOR,
    PROPORTIONAL_PLACES,
    Question,
    balanced,
    floor_place,
    popular,
    recent,
)

NINE = datetime(2024, 12, 12, 9, tzinfo=UTC)
VOTERS = [f"v{number}" for number in range(20)]


def question(
    name: str, voters: Iterable[str] = (), *, minute: int = 0, patients: bool = False
) -> Question:
    return Question(name, NINE + timedelta(minutes=minute), frozenset(voters), patients)


def ids(questions: Iterable[Question]) -> list[str]:
    return [one.id for one in questions]


@st.composite
def sessions(
    draw: st.DrawFn, most: int = 12, voters: int = 20, floor: bool = True
) -> list[Question]:
    """Questions with few different times, so that many are asked in the same minute."""
    ballots = st.frozensets(st.sampled_from(VOTERS[:voters]))
    return [
        question(
            f"q{number}",
            draw(ballots),
            minute=draw(st.integers(0, 3)),
            patients=floor and draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, most)))
    ]


def electorate(questions: Iterable[Question]) -> frozenset[str]:
    return frozenset[str]().union(*(one.voters for one in questions))


def unserved(voters: frozenset[str], places: Sequence[Question]) -> frozenset[str]:
    return voters - electorate(places)


# ---------------------------------------------------------------- examples


def test_popular_is_by_votes_then_by_time_then_by_id() -> None:
    some = [
        question("b", ["x"], minute=1),
        question("a", ["x"], minute=1),
        question("late", ["x"], minute=2),
        question("none"),
        question("loved", ["x", "y"], minute=9),
    ]
    assert ids(popular(some)) == ["loved", "a", "b", "late", "none"]


def test_recent_is_by_time_then_by_id() -> None:
    some = [question("b"), question("a"), question("new", minute=2), question("mid", minute=1)]
    assert ids(recent(some)) == ["new", "mid", "a", "b"]


def test_a_minority_is_not_last_because_it_is_one() -> None:
    majority = [question(f"m{number}", VOTERS[:14], minute=number) for number in range(4)]
    minority = [question(f"n{number}", VOTERS[14:], minute=number) for number in range(2)]
    assert ids(balanced(majority + minority)) == ["m0", "m1", "n0", "m2", "m3", "n1"]
    assert ids(popular(majority + minority))[-2:] == ["n0", "n1"]


def test_equal_claims_go_to_the_question_that_waited_longest() -> None:
    some = [question("a", "x", minute=1), question("b", "y"), question("c", "z", minute=1)]
    assert ids(balanced(some)) == ["b", "a", "c"]


def test_after_an_answer_the_rest_keep_their_order() -> None:
    some = [question(f"m{number}", VOTERS[:12], minute=number) for number in range(3)]
    some += [question(f"n{number}", VOTERS[12:], minute=number) for number in range(3)]
    whole = balanced(some)
    for turns in range(len(some)):
        assert balanced(some, heard=whole[:turns]) == whole[turns:]


def test_the_patients_voice_moves_up_as_questions_are_heard() -> None:
    loved = [question(f"q{number}", VOTERS, minute=number) for number in range(9)]
    theirs = question("theirs", VOTERS[:1], patients=True)
    assert ids(balanced([*loved, theirs]))[:6] == ["q0", "q1", "q2", "q3", "theirs", "q4"]
    for turns in range(5):
        order = balanced([*loved, theirs], heard=loved[:turns])
        assert order.index(theirs) == 4 - turns
    assert floor_place([*loved, theirs]) == FLOOR
    assert floor_place([theirs, *loved]) == 1


def test_of_the_patients_questions_the_floor_takes_the_one_the_rule_comes_to_first() -> None:
    loved = [question(f"q{number}", VOTERS[:16], minute=number) for number in range(9)]
    paid = question("paid", VOTERS[:8], patients=True)
    fresh = question("fresh", VOTERS[16:19], minute=9, patients=True)
    silent = question("silent", patients=True)
    assert ids(balanced([*loved, paid, silent, fresh], first=5))[4] == "fresh"
    assert ids(balanced([*loved, silent], first=5))[4] == "silent"


def test_many_questions_are_all_there() -> None:
    some = [
        question(f"q{number}", VOTERS[number % 7 : number % 20], minute=number)
        for number in range(4 * PROPORTIONAL_PLACES)
    ]
    order = balanced(some)
    assert sorted(ids(order)) == sorted(ids(some))
    rest = order[PROPORTIONAL_PLACES:]
    assert rest == popular(rest)


@pytest.mark.parametrize("order", [popular, recent, balanced])
def test_nothing_asked(order: Callable[[list[Question]], list[Question]]) -> None:
    assert order([]) == []


# ---------------------------------------------------------------- promises of every list


@given(sessions(), st.randoms())
def test_the_order_of_arrival_does_not_matter(some: list[Question], chance: Random) -> None:
    shuffled = list(some)
    chance.shuffle(shuffled)
    for order in (popular, recent, balanced):
        assert order(shuffled) == order(some)


@given(sessions(), st.integers(0, 12))
def test_a_longer_list_only_goes_on(some: list[Question], first: int) -> None:
    whole = balanced(some)
    assert sorted(ids(whole)) == sorted(ids(some))
    assert balanced(some, first=first) == whole[:first]


@given(sessions())
def test_questions_without_votes_come_last_the_oldest_first(some: list[Question]) -> None:
    for order in (popular(some), balanced([replace(one, patients=False) for one in some])):
        silent = [one for one in order if not one.voters]
        assert order[len(order) - len(silent) :] == silent
        assert silent == sorted(silent, key=lambda one: (one.asked_at, one.id))


@given(sessions(), sessions(most=6), st.frozensets(st.sampled_from(VOTERS)))
def test_more_support_never_costs_a_place(
    some: list[Question], before: list[Question], more: frozenset[str]
) -> None:
    """From those who voted for others, and from new voters who only vote for this one."""
    heard = [replace(one, id=f"h{one.id}") for one in before]
    old = balanced(some, heard)
    for one in some:
        helped = replace(one, voters=one.voters | more | {"new"})
        new = balanced([helped if other is one else other for other in some], heard)
        assert new.index(helped) <= old.index(one)


# ---------------------------------------------------------------- proportionality


@given(sessions(floor=False), st.integers(1, 12))
def test_any_share_that_agrees_on_one_question_is_represented(
    some: list[Question], places: int
) -> None:
    """Justified representation of every beginning of the list: where 1/k of the voters share a
    question, one of them at least finds one of theirs among the first k.
    """
    chosen = balanced(some, first=places)
    everybody = electorate(some)
    for one in some:
        assert len(unserved(one.voters, chosen)) * places < max(len(everybody), 1)


@settings(deadline=None)
@given(sessions(floor=False, most=7, voters=7), st.integers(1, 7))
def test_shares_that_agree_on_several_questions_get_as_many(
    some: list[Question], places: int
) -> None:
    """Proportional justified representation: ℓ/k of the voters who share ℓ questions have ℓ of
    the first k among those that any of them supports. Every group there is.
    """
    chosen = balanced(some, first=places)
    voters = sorted(electorate(some))
    sizes = range(1, len(voters) + 1)
    for group in chain.from_iterable(combinations(voters, size) for size in sizes):
        shared = sum(one.voters.issuperset(group) for one in some)
        entitled = min(len(group) * places // len(voters), shared)
        assert len([one for one in chosen if not one.voters.isdisjoint(group)]) >= entitled


@given(sessions(), sessions(most=6))
def test_the_first_five_have_the_patients_and_each_fifth(
    some: list[Question], before: list[Question]
) -> None:
    """With a past, too: a share that agrees and of which nobody was heard yet gets one of the
    first five if it is a fifth, or a quarter where the floor was used.
    """
    heard = [replace(one, id=f"h{one.id}") for one in before]
    first = balanced(some, heard, first=FLOOR)
    due = floor_place(heard)
    if any(one.patients for one in some) and len(some) >= due:
        assert any(one.patients for one in first[:due])
    plain = balanced([replace(one, patients=False) for one in some], heard, first=FLOOR)
    share = FLOOR if ids(plain) == ids(first) else FLOOR - 1
    everybody = electorate(some)
    for one in some:
        waiting = unserved(unserved(one.voters, heard), first)
        assert len(waiting) * share < max(len(everybody), 1)


@given(
    sessions(most=8, voters=16),
    st.sets(st.integers(0, 7), min_size=1, max_size=3),
)
def test_a_fifth_that_votes_alike_gets_one_of_the_first_five(
    some: list[Question], alike: set[int]
) -> None:
    """The promise as people are told it: who approve the same questions, all of them."""
    others = electorate(some)
    size = -(-len(others) // 4)  # a fifth of all, themselves included
    bloc = [f"bloc{number}" for number in range(max(size, 1))]
    asked = [
        replace(one, voters=one.voters | set(bloc)) if at in alike else one
        for at, one in enumerate(some)
    ]
    theirs = [one for at, one in enumerate(asked) if at in alike]
    first = balanced(asked, first=FLOOR)
    plain = balanced([replace(one, patients=False) for one in asked], first=FLOOR)
    used_floor = ids(first) != ids(plain)
    if theirs and not (used_floor and len(bloc) * 4 < len(others) + len(bloc)):
        assert set(theirs) & set(first)

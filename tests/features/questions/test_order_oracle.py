"""Sequential Phragmén as another implementation has it, ties included."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from abcvoting import abcrules
from abcvoting.preferences import Profile
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.questions.order import Question, balanced

NINE = datetime(2024, 12, 12, 9, tzinfo=UTC)


def committees(ballots: list[set[int]], questions: int, size: int) -> set[frozenset[int]]:
    profile = Profile(questions)
    profile.add_voters(ballots)
    found = abcrules.compute_seqphragmen(
        profile,
        size,
        algorithm="standard-fractions",
        resolute=False,
        max_num_of_committees=None,
    )
    return {frozenset(committee) for committee in found}


def ours(ballots: list[set[int]], questions: int, size: int) -> set[frozenset[int]]:
    """Whatever the questions' age decides among equal claims."""
    voters = [
        frozenset(f"v{at}" for at, ballot in enumerate(ballots) if number in ballot)
        for number in range(questions)
    ]
    found = set()
    for ages in itertools.permutations(range(questions)):
        asked = [
            Question(str(number), NINE + timedelta(minutes=ages[number]), voters[number])
            for number in range(questions)
        ]
        found.add(frozenset(int(one.id) for one in balanced(asked, first=size)))
    return found


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_the_first_places_are_those_of_the_rule(data: st.DataObject) -> None:
    questions = data.draw(st.integers(1, 5))
    size = data.draw(st.integers(1, questions))
    ballot = st.sets(st.integers(0, questions - 1))
    ballots = data.draw(st.lists(ballot, min_size=1, max_size=9))
    assert ours(ballots, questions, size) == committees(ballots, questions, size)


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_longer_lists_too(data: st.DataObject) -> None:
    """One age order of many questions: what it decides is one of the rule's decisions."""
    ballots = data.draw(
        st.lists(st.sets(st.integers(0, 8), min_size=1, max_size=4), min_size=5, max_size=25)
    )
    asked = [
        Question(
            str(number),
            NINE + timedelta(minutes=number),
            frozenset(f"v{at}" for at, ballot in enumerate(ballots) if number in ballot),
        )
        for number in range(9)
    ]
    for size in (3, 6):
        chosen = frozenset(int(one.id) for one in balanced(asked, first=size))
        assert chosen in committees(ballots, 9, size)


def level(question: Question, loads: dict[str, Fraction]) -> Fraction:
    """When the supporters own 1 together, if each earns from the moment their load tells."""
    starts = sorted(loads.get(voter, Fraction(0)) for voter in question.voters)
    moments = [
        (1 + sum(starts[:earners])) / Fraction(earners) for earners in range(1, len(starts) + 1)
    ]
    return min(moments)


def charge(question: Question, loads: dict[str, Fraction]) -> None:
    if question.voters:
        moment = level(question, loads)
        loads |= {voter: max(loads.get(voter, moment), moment) for voter in question.voters}


@given(st.data())
def test_with_a_past_that_the_rule_had_not_chosen(data: st.DataObject) -> None:
    """The same rule said again, voter by voter and without haste."""
    ballots = st.lists(st.frozensets(st.sampled_from("abcdefgh")), max_size=8)
    times = st.integers(0, 2).map(lambda minute: NINE + timedelta(minutes=minute))
    heard = [
        Question(f"h{at}", NINE, voters)
        for at, voters in enumerate(data.draw(ballots | st.lists(st.just(frozenset("ab")))))
    ]
    asked = [
        Question(f"q{at}", data.draw(times), voters) for at, voters in enumerate(data.draw(ballots))
    ]
    loads: dict[str, Fraction] = {}
    for one in heard:
        charge(one, loads)
    expected: list[Question] = []
    while waiting := [one for one in asked if one not in expected]:
        chosen = min(
            waiting,
            key=lambda one: (
                not one.voters,
                level(one, loads) if one.voters else 0,
                one.asked_at,
                one.id,
            ),
        )
        charge(chosen, loads)
        expected.append(chosen)
    assert balanced(asked, heard) == expected

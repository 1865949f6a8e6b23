"""Sequential Phragmén said a second time: voter by voter, and without haste."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bot.features.questions.order import Question, balanced

NINE = datetime(2024, 12, 12, 9, tzinfo=UTC)


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
    """With an empty past it is the rule itself."""
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

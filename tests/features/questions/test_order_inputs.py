"""What goes into an order: votes of merged questions, and whose voice a question is."""

from __future__ import annotations

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.questions.order import PATIENT_ASSOCIATION, is_patients_voice, united

names = st.sampled_from("abcdef")
rows = st.lists(st.tuples(names, st.sampled_from("uvwxyz")))
# Merges only lead to a later letter, so that there is no circle.
merges = st.dictionaries(names, names).map(
    lambda into: {gone: kept for gone, kept in into.items() if gone < kept}
)


def test_a_person_counts_once_in_merged_questions() -> None:
    votes = [("a", "x"), ("b", "x"), ("b", "y"), ("c", "x"), ("c", "z"), ("c", "z"), ("d", "x")]
    assert united(votes, {"a": "b", "b": "c"}) == {"c": frozenset("xyz"), "d": frozenset("x")}


def test_merges_without_votes() -> None:
    assert united([], {"a": "b"}) == {}
    assert united([("a", "x")], {"a": "b"}) == {"b": frozenset("x")}


def test_a_circle_of_merges_is_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        united([("a", "x")], {"a": "b", "b": "a"})


@given(rows, merges, st.randoms())
def test_nobody_is_lost_and_nobody_counts_twice(
    votes: list[tuple[str, str]], merged_into: dict[str, str], chance: Random
) -> None:
    def standing(question: str) -> str:
        while question in merged_into:
            question = merged_into[question]
        return question

    expected = {(standing(question), voter) for question, voter in votes}
    shuffled = votes * 2
    chance.shuffle(shuffled)
    got = united(shuffled, merged_into)
    assert {(question, voter) for question, some in got.items() for voter in some} == expected
    assert all(got.values())


@pytest.mark.parametrize(
    ("anonymous", "asker_kind", "ticked", "association_by_name", "expected"),
    [
        (False, PATIENT_ASSOCIATION, False, False, True),
        (False, "industrial", False, False, False),
        (False, "industrial", True, False, False),
        (False, "industrial", False, True, True),
        (False, None, False, False, False),
        (True, PATIENT_ASSOCIATION, False, False, False),
        (True, None, True, False, True),
        (True, None, False, True, True),
    ],
)
def test_whose_voice_it_is(
    anonymous: bool, asker_kind: str | None, ticked: bool, association_by_name: bool, expected: bool
) -> None:
    answer = is_patients_voice(
        anonymous=anonymous,
        asker_kind=asker_kind,
        ticked=ticked,
        association_by_name=association_by_name,
    )
    assert answer is expected


def test_an_anonymous_question_never_uses_its_askers_profile() -> None:
    for ticked, by_name in itertools.product((False, True), repeat=2):
        answers = {
            is_patients_voice(
                anonymous=True, asker_kind=kind, ticked=ticked, association_by_name=by_name
            )
            for kind in (None, "industrial", PATIENT_ASSOCIATION)
        }
        assert len(answers) == 1

"""From rows to ballots: who stands behind a question when the order is made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from random import Random

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.features.questions.moderation import answered, merge, publish
from bot.features.questions.ordering import balanced
from bot.features.questions.queries import QuestionView, questions_of
from bot.features.questions.tables import Guest, Question
from bot.features.questions.vote_tables import GuestVote, QuestionVote
from tests.support.questions import OPEN, QuestionWorld


@pytest.fixture
def world(engine: Engine) -> Iterator[QuestionWorld]:
    with Session(engine) as session:
        session.connection()
        yield QuestionWorld(session, moderation="after")


def order_of(world: QuestionWorld) -> list[QuestionView]:
    world.session.flush()
    session_id = world.row("T").session_id
    views = questions_of(world.session, world.event_id, session_id)
    return balanced(world.session, world.event_id, session_id, views)


def guests_support(world: QuestionWorld, question: Question, many: int) -> None:
    for number in range(many):
        guest = {"event_id": world.event_id, "guest_id": f"{question.question_id[:8]}{number}"}
        world.session.add(Guest(**guest, language="fr"))
        world.session.flush()
        world.session.add(GuestVote(**guest, question_id=question.question_id))
    world.session.flush()


def test_votes_of_what_was_grouped_count_for_the_one_that_stands(world: QuestionWorld) -> None:
    one, two, three = (world.asks(world.person(f"P{n}"), f"Question {n} ?") for n in range(3))
    for number in range(3):
        world.supports(world.person(f"V{number}"), one)
    for number in range(2):
        world.supports(world.person(f"W{number}"), two)
        world.supports(world.person(f"W{number}"), three)
    world.supports(world.person("W2"), three)
    world.supports(world.person("W3"), two)
    merge(world.session, world.team, two.question_id, 1, three.question_id, OPEN)
    assert [view.question_id for view in order_of(world)] == [three.question_id, one.question_id]


def test_guests_move_nothing(world: QuestionWorld) -> None:
    one, two = (world.asks(world.person(f"P{n}"), f"Question {n} ?") for n in range(2))
    world.supports(world.person("V"), two)
    guests_support(world, one, 9)
    assert [view.question_id for view in order_of(world)] == [two.question_id, one.question_id]


def test_who_was_heard_waits_for_the_others(world: QuestionWorld) -> None:
    asked = [world.asks(world.person(f"P{n}"), f"Question {n} ?") for n in range(3)]
    for number in range(3):  # three fifths want the first two, two fifths the third
        world.supports(world.person(f"V{number}"), asked[0])
        world.supports(world.person(f"V{number}"), asked[1])
    for number in range(2):
        world.supports(world.person(f"W{number}"), asked[2])
    answered(world.session, world.host, asked[0].question_id, 1, OPEN)
    assert [view.question_id for view in order_of(world)] == [
        asked[2].question_id,
        asked[1].question_id,
    ]


@pytest.mark.parametrize("how", ["asker", "ticked", "by name"])
def test_the_patients_voice_from_rows(world: QuestionWorld, how: str) -> None:
    for number in range(6):
        one = world.asks(world.person(f"P{number}"), f"Question {number} ?")
        for voter in range(2):
            world.supports(world.person(f"V{number}x{voter}"), one)
    patient = world.person("Pia")
    if how == "asker":
        patient.kind = "patient_association"
        theirs = world.asks(patient, "Et nous ?")
    else:
        theirs = world.asks(
            world.person("Q"), "Et nous ?", anonymous=True, patients=how == "ticked"
        )
    if how == "by name":
        patient.kind = "patient_association"
        world.session.add(
            QuestionVote(
                event_id=world.event_id,
                question_id=theirs.question_id,
                participant_id=patient.participant_id,
                by_name=True,
            )
        )
    assert order_of(world)[4].question_id == theirs.question_id


def test_an_association_that_asks_anonymously_has_no_floor(world: QuestionWorld) -> None:
    for number in range(6):
        one = world.asks(world.person(f"P{number}"), f"Question {number} ?")
        world.supports(world.person(f"V{number}"), one)
    patient = world.person("Pia")
    patient.kind = "patient_association"
    theirs = world.asks(patient, "Et nous ?", anonymous=True)
    assert [view.question_id for view in order_of(world)].index(theirs.question_id) == 6


@pytest.mark.parametrize("seed", range(4))
def test_a_fifth_that_agrees_has_one_of_the_first_five(world: QuestionWorld, seed: int) -> None:
    """Over merged questions too; a quarter where the patients' floor was used."""
    chance = Random(seed)
    world.person("P11").kind = "patient_association"
    asked = [world.asks(world.person(f"P{n}"), f"Question {n} ?") for n in range(12)]
    voters = [world.person(f"V{n}") for n in range(20)]
    for voter in voters:
        for one in chance.sample(asked[: 3 + seed], 2) + chance.sample(asked, 1):
            world.supports(voter, one)
    for number in range(2):
        merge(
            world.session, world.team, asked[number].question_id, 1,
            asked[number + 4].question_id, OPEN,
        )  # fmt: skip
    rows = world.session.query(QuestionVote).all()
    roots = {one.question_id: one.root_id for one in asked}
    behind: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        behind[roots[row.question_id]].add(row.participant_id)
    for one in asked:
        if one.root_id != one.question_id and one.participant_id:
            behind[one.root_id].add(one.participant_id)
    ordered = order_of(world)
    first = {view.question_id for view in ordered[:5]}
    assert any(view.patients for view in ordered[:5])
    everybody = set().union(*behind.values())
    served = {person for one in first for person in behind[one]}
    floor = not any(view.patients for view in ordered[:4])
    share = len(everybody) / (4 if floor else 5)
    assert all(len(people - served) < share for people in behind.values())


def test_what_waits_is_not_in_the_order(world: QuestionWorld) -> None:
    held = world.asks(world.person("P"), "Le prix de votre appel d'offres ?")
    assert held.state == "review"
    assert order_of(world) == []
    publish(world.session, world.team, held.question_id, 1, OPEN)
    assert [view.question_id for view in order_of(world)] == [held.question_id]

"""What was not answered on stage: an owner, a deadline, one message a session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.features.questions import jobs
from bot.features.questions.afterwards import (
    AnswerTooLongError,
    NoAnswerError,
    NotOwnerError,
    entrust,
    write_answer,
)
from bot.features.questions.moderation import answered, merge, publish
from bot.features.questions.tables import Question
from tests.support.factories import at
from tests.support.questions import OPEN, QuestionWorld

END = at("10:00")


@pytest.fixture
def world(engine: Engine) -> Iterator[QuestionWorld]:
    with Session(engine) as session:
        session.connection()
        yield QuestionWorld(session)


def published(world: QuestionWorld, name: str, text: str) -> Question:
    one = world.asks(world.person(name), text)
    publish(world.session, world.team, one.question_id, 1, OPEN)
    return one


def tick_until(world: QuestionWorld, moment: datetime) -> None:
    while (due := jobs.next_due(world.session, world.event_id)) and due <= moment:
        jobs.tick(world.session, world.event_id, max(due, world.now))
        world.now = max(due, world.now)
        world.session.flush()


def letters(world: QuestionWorld, about: str) -> list[tuple[str, str, str]]:
    """When, to whom and what, in that order."""
    return sorted(
        (
            f"{post.created_at.astimezone(world.event.tz):%d %H:%M}",
            world.place(post),
            world.says(post),
        )
        for post in world.posts()
        if post.message == f"questions.{about}"
    )


def test_the_host_learns_five_minutes_before_the_end_what_is_open(world: QuestionWorld) -> None:
    published(world, "Ines", "Quand ?")
    done = published(world, "Bo", "Où ?")
    answered(world.session, world.host, done.question_id, 2, OPEN)
    tick_until(world, at("09:54"))
    assert letters(world, "left_open") == []
    tick_until(world, at("11:00"))
    assert letters(world, "left_open") == [
        ("12 09:55", "Hana", "1 question encore ouverte · Session T")
    ]


def test_nothing_is_said_where_nothing_is_open(world: QuestionWorld) -> None:
    done = published(world, "Bo", "Où ?")
    answered(world.session, world.host, done.question_id, 2, OPEN)
    tick_until(world, at("11:00"))
    assert letters(world, "left_open") == []


def test_askers_and_voters_read_all_answers_of_a_session_in_one_message(
    world: QuestionWorld,
) -> None:
    one, other = published(world, "Ines", "Quand ?"), published(world, "Bo", "Où ?")
    cleo = world.person("Cleo")
    world.supports(cleo, one)
    world.supports(cleo, other)
    owner = world.person("Otto")
    for question in (one, other):
        entrust(world.session, world.team, question.question_id, 2, owner.participant_id, END)
    tick_until(world, END)
    assert letters(world, "entrusted") == [
        ("12 10:00", "Otto", "Des questions auxquelles répondre par écrit · Session T")
    ]
    write_answer(world.session, owner, one.question_id, 3, "Demain.", at("10:30"))
    tick_until(world, at("12:00"))
    assert letters(world, "answers") == []  # the other answer is still to come
    write_answer(world.session, owner, other.question_id, 3, "Ici.", at("14:00"))
    tick_until(world, at("15:00"))
    assert letters(world, "answers") == [
        ("12 14:00", "Bo", "Une réponse écrite · Session T"),
        ("12 14:00", "Cleo", "Des réponses écrites · Session T"),
        ("12 14:00", "Ines", "Une réponse écrite · Session T"),
    ]
    assert [post.message for post in world.posts()].count("questions.news") == 0


def test_who_asked_one_that_is_grouped_with_an_answered_one_reads_the_answer(
    world: QuestionWorld,
) -> None:
    one, late = published(world, "Ines", "Quand ?"), published(world, "Bo", "C'est quand ?")
    owner = world.person("Otto")
    entrust(world.session, world.team, one.question_id, 2, owner.participant_id, END)
    write_answer(world.session, owner, one.question_id, 3, "Demain.", at("10:30"))
    tick_until(world, at("11:00"))
    said = "Une réponse écrite · Session T"
    assert letters(world, "answers") == [("12 10:30", "Ines", said)]
    world.now = at("11:30")
    merge(world.session, world.team, late.question_id, 2, one.question_id, world.now)
    tick_until(world, at("12:00"))
    assert letters(world, "answers") == [("12 10:30", "Ines", said), ("12 11:30", "Bo", said)]
    assert letters(world, "news") == []


def test_what_is_answered_by_the_deadline_does_not_wait_for_the_rest(world: QuestionWorld) -> None:
    one, other = published(world, "Ines", "Quand ?"), published(world, "Bo", "Où ?")
    owner = world.person("Otto")
    for question in (one, other):
        entrust(world.session, world.team, question.question_id, 2, owner.participant_id, END)
    write_answer(world.session, owner, one.question_id, 3, "Demain.", at("10:30"))
    tick_until(world, END + timedelta(days=7))
    assert [line[:2] for line in letters(world, "answers")] == [("19 10:00", "Ines")]


def test_an_owner_is_reminded_once_a_day_before(world: QuestionWorld) -> None:
    one = published(world, "Ines", "Quand ?")
    owner = world.person("Otto")
    entrust(world.session, world.team, one.question_id, 2, owner.participant_id, END)
    tick_until(world, END + timedelta(days=30))
    assert [line[:2] for line in letters(world, "entrusted")] == [
        ("12 10:00", "Otto"),
        ("18 10:00", "Otto"),
    ]


def test_who_has_answered_is_not_reminded(world: QuestionWorld) -> None:
    one = published(world, "Ines", "Quand ?")
    owner = world.person("Otto")
    entrust(world.session, world.team, one.question_id, 2, owner.participant_id, END)
    write_answer(world.session, owner, one.question_id, 3, "Demain.", at("10:30"))
    tick_until(world, END + timedelta(days=30))
    assert [line[:2] for line in letters(world, "entrusted")] == [("12 10:00", "Otto")]


def test_an_answer_by_an_authority_does_not_bind_it(world: QuestionWorld) -> None:
    one = published(world, "Ines", "Quand ?")
    owner = world.person("Otto")
    owner.kind = "health_authority"
    entrust(world.session, world.team, one.question_id, 2, owner.participant_id, END)
    write_answer(world.session, owner, one.question_id, 3, "Demain.", at("10:30"))
    tick_until(world, at("11:00"))
    [post] = [post for post in world.posts() if post.message == "questions.answers"]
    assert world.card(post).sections[1].lines == (
        "Demain.",
        "Otto",
        "À titre d'information ; n'engage pas l'agence".replace(" ;", "\N{NO-BREAK SPACE};"),
    )


def test_only_the_owner_or_the_team_answers_and_only_with_words(world: QuestionWorld) -> None:
    one = published(world, "Ines", "Quand ?")
    stranger = world.person("Zed")
    with pytest.raises(NotOwnerError):
        write_answer(world.session, stranger, one.question_id, 2, "Demain.", END)
    with pytest.raises(NoAnswerError):
        write_answer(world.session, world.team, one.question_id, 2, " \n", END)
    with pytest.raises(AnswerTooLongError):
        write_answer(world.session, world.team, one.question_id, 2, "x" * 2001, END)
    assert world.view(one).answer is None

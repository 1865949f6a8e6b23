"""The équipe Questions at work, two at once included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.features.questions.model import ChangedByError, Done
from bot.features.questions.moderation import answered, merge, publish, put_on_screen, restore
from bot.features.questions.undoing import undo
from tests.support.factories import at, talk
from tests.support.questions import OPEN, QuestionWorld


@pytest.fixture
def world(engine: Engine) -> Iterator[QuestionWorld]:
    with Session(engine) as session:
        session.connection()
        yield QuestionWorld(session)


def test_a_question_is_read_published_shown_and_answered(world: QuestionWorld) -> None:
    ines = world.person("Ines")
    one = world.asks(ines, "Quand ?")
    assert one.state == "review"
    publish(world.session, world.team, one.question_id, 1, OPEN)
    put_on_screen(world.session, world.host, one.question_id, 2, OPEN)
    assert world.view(one).state == "on_screen"
    done = answered(world.session, world.host, one.question_id, 3, OPEN)
    assert done.change_id is not None
    undo(world.session, world.host, done.change_id, OPEN)
    assert world.view(one).state == "on_screen"


def test_the_second_of_two_moderators_is_told_of_the_first(world: QuestionWorld) -> None:
    one = world.asks(world.person("Ines"), "Quand ?")
    other = world.asks(world.person("Bo"), "Où ?")
    merge(world.session, world.team, one.question_id, 1, other.question_id, OPEN)
    with pytest.raises(ChangedByError, match="Tim"):
        restore(world.session, world.host, one.question_id, 1, OPEN)
    # The same wish twice is no conflict.
    again = merge(world.session, world.team, one.question_id, 1, other.question_id, OPEN)
    assert again == Done(one.question_id, one.session_id, None)
    assert world.view(other).votes == 1


def test_an_anonymous_question_is_taken_from_the_minute_questions_open(
    world: QuestionWorld,
) -> None:
    world.imports(talk("V", at("09:45"), kind="round_table"), talk("T", OPEN), talk("U", OPEN))
    first = at("09:47") - timedelta(days=7)
    asked = world.asks(world.person("Ines"), "Quand ?", first, "V", anonymous=True)
    assert asked.asked_at == at("09:40") - timedelta(days=7)

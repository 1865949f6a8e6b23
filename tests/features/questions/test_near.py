"""Twins while one asks: by words until the encoder is there, and never from behind review."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.features.questions.encoder import Encoder
from bot.features.questions.moderation import answered, decline, publish
from bot.features.questions.near import NearQuestions
from bot.features.questions.queries import question_view
from bot.features.questions.tables import Question
from tests.support.questions import OPEN, QuestionWorld

if TYPE_CHECKING:
    from bot.features.questions.encoder import Vector

ONE, SAME = "Combien coûte un lot autologue ?", "Quel est le prix d'une fabrication ?"


class Model:
    """Knows that the two mean the same, and nothing else."""

    calls = 0

    def encode(self, texts: str) -> Vector:
        Model.calls += 1
        vector = np.full(512, 0.01, dtype=np.float32)
        place = 0 if texts.strip() in (ONE, SAME) else 1 + len(texts) % 100
        vector[place] = 1.0
        return vector


@pytest.fixture
def world(engine: Engine) -> Iterator[QuestionWorld]:
    with Session(engine) as session:
        session.connection()
        yield QuestionWorld(session)


def published(world: QuestionWorld, text: str) -> Question:
    question = world.asks(world.person("Ines"), text, OPEN)
    publish(world.session, world.team, question.question_id, 1, OPEN)
    return question


def found(world: QuestionWorld, near: NearQuestions, text: str) -> list[str]:
    session_id = world.row("T").session_id
    return [one.text for one in near.nearest(world.session, world.event_id, session_id, text)]


def test_words_decide_until_the_encoder_knows_the_questions(world: QuestionWorld) -> None:
    near = NearQuestions(Encoder(Model))
    published(world, ONE)
    assert found(world, near, ONE) == [ONE]
    near.settle()
    assert found(world, near, SAME) == [ONE]


def test_what_nobody_may_read_is_no_twin(world: QuestionWorld) -> None:
    near = NearQuestions(Encoder(Model))
    question = world.asks(world.person("Ines"), ONE, OPEN)
    assert found(world, near, ONE) == []
    publish(world.session, world.team, question.question_id, 1, OPEN)
    assert found(world, near, ONE) == [ONE]
    answered(world.session, world.team, question.question_id, 2, OPEN)
    assert found(world, near, ONE) == [ONE]
    other = published(world, "Où ?")
    decline(world.session, world.team, other.question_id, 2, "off_topic", OPEN)
    assert found(world, near, "Où ?") == []


def test_each_question_is_encoded_once_and_those_of_the_past_are_forgotten(
    world: QuestionWorld,
) -> None:
    near = NearQuestions(Encoder(Model))
    published(world, ONE)
    published(world, "Où ?")
    near.learn(world.session, OPEN)
    near.settle()
    known = Model.calls
    near.learn(world.session, OPEN)
    near.settle()
    assert Model.calls == known
    near.learn(world.session, world.row("T").ends_at)
    assert near._known == {}


def test_an_encoder_that_cannot_be_loaded_leaves_the_words(world: QuestionWorld) -> None:
    class Broken:
        def __init__(self) -> None:
            raise OSError("no such file")

    near = NearQuestions(Encoder(Broken))  # type: ignore[arg-type]
    published(world, ONE)
    assert found(world, near, ONE) == [ONE]
    near.settle()
    assert found(world, near, ONE) == [ONE]


def test_what_it_may_be_grouped_with_comes_nearest_first(world: QuestionWorld) -> None:
    near = NearQuestions(Encoder(Model))
    far, close = published(world, "Qui forme les équipes ?"), published(world, ONE)
    question = world.asks(world.person("Bo"), SAME, OPEN)
    view = question_view(world.session, world.event_id, question.question_id)
    assert view is not None
    near.learn(world.session, OPEN)
    near.settle()
    ids = near.by_nearness(world.session, world.event_id, view)
    assert ids == [close.question_id, far.question_id]


def test_what_was_compared_as_it_was_asked_is_not_encoded_again(world: QuestionWorld) -> None:
    near = NearQuestions(Encoder(Model))
    published(world, ONE)
    found(world, near, ONE)
    near.settle()
    assert found(world, near, SAME) == [ONE]
    before = Model.calls
    published(world, SAME)
    assert found(world, near, "Où ?") == []
    near.settle()
    assert Model.calls == before + 1  # « Où ? »

"""The board of a session: when it is posted, and what it says of its session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.delivery.tables import EDIT, Delivery
from bot.features.questions import jobs
from bot.features.questions.board_message import Board
from bot.features.questions.moderation import publish
from bot.features.questions.sessions import change_session
from tests.support.factories import EARLY, at, said, talk
from tests.support.questions import OPEN, QuestionWorld


@pytest.fixture
def world(engine: Engine) -> Iterator[QuestionWorld]:
    with Session(engine) as session:
        session.connection()
        yield QuestionWorld(session)


def published(world: QuestionWorld, text: str = "Quand ?", now: datetime = EARLY) -> None:
    question = world.asks(world.person("Ines"), text, now)
    publish(world.session, world.team, question.question_id, 1, now)


def tick_until(world: QuestionWorld, moment: datetime) -> None:
    while (due := jobs.next_due(world.session, world.event_id)) and due <= moment:
        world.now = max(due, world.now)
        jobs.tick(world.session, world.event_id, world.now)
        world.session.flush()


def boards(world: QuestionWorld) -> list[tuple[str, str]]:
    posts = [post for post in world.posts() if post.message == Board.name]
    return [
        (f"{post.created_at.astimezone(world.event.tz):%H:%M}", post.channel or "")
        for post in posts
    ]


def shown(world: QuestionWorld) -> list[str]:
    board = Board(world.event_id, world.row("T").session_id)
    return said(board.card(world.session, world.event, world.reader()))


def edits(world: QuestionWorld) -> int:
    query = select(Delivery.version).where(
        Delivery.operation == EDIT, Delivery.message == Board.name
    )
    return sum(world.session.scalars(query))


def test_it_waits_for_the_announcement(world: QuestionWorld) -> None:
    published(world)
    tick_until(world, at("08:44"))
    assert boards(world) == []
    tick_until(world, at("08:46"))
    assert boards(world) == [("08:45", "programme")]
    published(world, "Où ?", at("08:50"))
    assert boards(world) == [("08:45", "programme")]
    assert shown(world)[1:4] == ["Quand ?", "0 soutien", "[Soutenir]"]


def test_at_the_end_it_offers_nothing_more(world: QuestionWorld) -> None:
    published(world, now=OPEN)
    assert "[Poser une question]" in shown(world)
    tick_until(world, at("09:59"))
    assert edits(world) == 0
    tick_until(world, at("11:00"))
    assert edits(world) == 1
    assert shown(world) == ["Questions · Session T", "Quand ?", "0 soutien"]
    assert jobs.next_due(world.session, world.event_id) is None


def test_cancelled_and_back(world: QuestionWorld) -> None:
    published(world, now=OPEN)
    other = talk("U", OPEN, 60, room="Balzac")
    world.imports(other, now=at("09:05"))
    tick_until(world, at("09:05"))
    assert edits(world) == 1
    assert shown(world) == ["Questions · Session T", "Annulée", "Quand ?", "0 soutien"]
    world.imports(talk("T", OPEN, 60, kind="round_table"), other, now=at("09:06"))
    world.now = at("09:06")
    tick_until(world, at("09:06"))
    assert shown(world)[-1] == "[Poser une question]"


def test_no_board_is_posted_for_what_is_cancelled_or_over(world: QuestionWorld) -> None:
    published(world)
    world.imports(talk("U", OPEN, 60, room="Balzac"), now=at("08:10"))
    tick_until(world, at("12:00"))
    assert boards(world) == []


def test_closed_questions_say_so(world: QuestionWorld) -> None:
    published(world, now=OPEN)
    change_session(world.session, world.host, world.row("T").session_id, OPEN, closed_at=OPEN)
    assert shown(world) == [
        "Questions · Session T",
        "Les questions sont fermées.",
        "Quand ?",
        "0 soutien",
    ]

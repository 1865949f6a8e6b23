"""Soutenir: set once, counted once, taken back, and never taken where it cannot be."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.core.errors import NoLongerThereError
from bot.db.runtime import Runtime
from bot.delivery.tables import POST, QUEUED, SENDING, SENT, Delivery
from bot.features.questions.model import (
    GoneQuestionError,
    SessionCancelledError,
)
from bot.features.questions.moderation import merge, publish
from bot.features.questions.pressed import VotesClosedError
from bot.features.questions.tables import Question, QuestionSession
from bot.features.questions.vote_tables import QuestionVote
from bot.features.questions.voting import (
    VoteClick,
    VoteResult,
    cast_votes,
    support,
    withdraw_vote,
)
from tests.support.factories import at
from tests.support.questions import OPEN, QuestionWorld


class Votes(QuestionWorld):
    """Two published questions of Ines, and people who press."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        ines = self.person("Ines")
        self.one, self.other = self.asks(ines, "Quand ?"), self.asks(ines, "Où ?")
        for question in (self.one, self.other):
            publish(session, self.team, question.question_id, 1, OPEN)
        self.bo = self.person("Bo")
        self._keys = 0

    def click(self, user: str, question: Question, key: str = "", **more: object) -> VoteClick:
        self._keys += 1
        made = VoteClick(
            self.event_id, self.workspace_id, f"U{user}", question.question_id,
            key or f"press-{self._keys}", OPEN,
        )  # fmt: skip
        return replace(made, **more)  # type: ignore[arg-type]

    def cast(self, *clicks: VoteClick) -> list[VoteResult]:
        return cast_votes(self.session, clicks)

    def count(self) -> int:
        return self.session.scalar(select(func.count()).select_from(QuestionVote)) or 0

    def sheet(self) -> QuestionSession:
        self.session.expire_all()
        return self.session.get_one(QuestionSession, (self.event_id, self.one.session_id))

    def votes(self, question: Question) -> int:
        return self.view(question).votes


@pytest.fixture
def world(engine: Engine) -> Iterator[Votes]:
    with Session(engine) as session:
        session.connection()
        yield Votes(session)


def outcomes(results: list[VoteResult]) -> list[str]:
    return [
        "unknown" if one.reader is None
        else type(one.refused).__name__ if one.refused
        else "redelivered" if one.redelivered
        else "new" if one.new
        else "already"
        for one in results
    ]  # fmt: skip


def test_many_presses_at_once_each_with_its_result(world: Votes) -> None:
    for name in ("Cy", "Di"):
        world.person(name)
    bo, cy, di = (world.click(name, world.one) for name in ("Bo", "Cy", "Di"))
    again, elsewhere = world.click("Bo", world.one), world.click("Bo", world.other)
    gone = world.click("Bo", world.one, question_id="nowhere")
    results = world.cast(bo, cy, bo, again, elsewhere, gone, di)
    assert outcomes(results) == [
        "new", "new", "redelivered", "already", "new", "NoLongerThereError", "new",
    ]  # fmt: skip
    assert (world.votes(world.one), world.votes(world.other)) == (3, 1)
    assert results[0].question is not None
    assert results[0].question.text == "Quand ?"


def test_a_press_sets_the_vote_and_never_unsets_it(world: Votes) -> None:
    click = world.click("Bo", world.one)
    assert outcomes(world.cast(click)) == ["new"]
    assert outcomes(world.cast(click)) == ["redelivered"]
    assert outcomes(world.cast(world.click("Bo", world.one))) == ["already"]
    assert world.votes(world.one) == 1


def test_a_late_redelivery_does_not_bring_back_what_was_withdrawn(world: Votes) -> None:
    click = world.click("Bo", world.one)
    world.cast(click)
    withdraw_vote(
        world.session, world.event_id, world.event, world.bo.participant_id,
        world.one.question_id, OPEN,
    )  # fmt: skip
    assert outcomes(world.cast(click)) == ["redelivered"]
    assert world.count() == 0


def test_a_stranger_is_met_elsewhere_and_keeps_the_key(world: Votes) -> None:
    """Nothing is written for them: the ordinary way takes the same key."""
    stranger = world.click("Zoe", world.one)
    assert outcomes(world.cast(stranger, world.click("Bo", world.one))) == ["unknown", "new"]
    world.person("Zoe")
    assert outcomes(world.cast(stranger)) == ["new"]
    assert world.votes(world.one) == 2


def test_a_button_of_an_event_that_is_not_here(world: Votes) -> None:
    strange = world.click("Bo", world.one, event_id="elsewhere")
    here = world.click("Bo", world.one)
    assert outcomes(world.cast(strange, here)) == ["unknown", "new"]


def test_a_vote_on_a_merged_question_counts_for_the_one_it_is_told_in(world: Votes) -> None:
    merge(world.session, world.team, world.other.question_id, 2, world.one.question_id, OPEN)
    world.person("Cy")
    before = world.votes(world.one)
    both = [world.click("Bo", world.other), world.click("Bo", world.one)]
    results = world.cast(*both, world.click("Cy", world.other))
    assert outcomes(results) == ["new", "new", "new"]
    assert world.votes(world.one) == before + 2  # Bo once
    told = results[0].question
    assert told is not None
    assert (told.merged, told.question_id, told.text) == (True, world.one.question_id, "Quand ?")
    # Taken back, it is gone from both.
    withdraw_vote(
        world.session, world.event_id, world.event, world.bo.participant_id,
        world.one.question_id, OPEN,
    )  # fmt: skip
    assert world.votes(world.one) == before + 1


def test_what_takes_no_votes_says_why_and_changes_nothing(world: Votes) -> None:
    waiting = world.asks(world.person("Ines"), "Combien ?")
    assert isinstance(world.cast(world.click("Bo", waiting))[0].refused, GoneQuestionError)
    late = world.click("Bo", world.one, now=at("10:00"))
    assert isinstance(world.cast(late)[0].refused, VotesClosedError)
    world.sheet().closed_at = OPEN
    world.session.flush()
    assert isinstance(world.cast(world.click("Bo", world.one))[0].refused, VotesClosedError)
    world.sheet().closed_at = None
    world.row("T").cancelled = True
    world.session.flush()
    refused = world.cast(world.click("Bo", world.one))[0].refused
    assert isinstance(refused, SessionCancelledError)
    assert world.count() == 0


def test_one_person_as_one_gesture_among_others(world: Votes) -> None:
    who = (world.session, world.event_id, world.event, world.bo.participant_id)
    assert support(*who, world.one.question_id, OPEN).text == "Quand ?"
    assert support(*who, world.one.question_id, OPEN).text == "Quand ?"
    assert world.votes(world.one) == 1
    with pytest.raises(NoLongerThereError):
        support(*who, "nowhere", OPEN)
    assert withdraw_vote(*who, world.one.question_id, OPEN).text == "Quand ?"
    assert world.votes(world.one) == 0
    with pytest.raises(NoLongerThereError):
        withdraw_vote(*who, "nowhere", OPEN)


def test_pages_and_board_hear_of_what_changed_and_of_nothing_else(world: Votes) -> None:
    posts = select(Delivery).where(
        Delivery.message == "questions.board", Delivery.operation == POST
    )
    post = world.session.scalars(posts).one()
    edits = select(Delivery).where(Delivery.edits == post.delivery_id)
    post.state = world.session.scalars(edits).one().state = SENT
    world.session.flush()

    def edit() -> tuple[str, int]:
        world.session.flush()
        world.session.expire_all()
        row = world.session.scalars(edits).one()
        return row.state, row.version

    sheet, (_, shown) = world.sheet().version, edit()
    world.cast(world.click("Bo", world.one), world.click("Bo", world.other))
    assert (world.sheet().version, edit()) == (sheet + 1, (QUEUED, shown + 1))  # once a batch
    world.cast(world.click("Bo", world.one))
    assert (world.sheet().version, edit()) == (sheet + 1, (QUEUED, shown + 1))  # nothing new
    world.person("Cy")
    world.cast(world.click("Cy", world.one))
    # The edit waits, and will show this too.
    assert (world.sheet().version, edit()) == (sheet + 2, (QUEUED, shown + 1))
    world.session.scalars(edits).one().state = SENDING
    world.session.flush()
    world.cast(world.click("Cy", world.other))
    # It may have been made before this.
    assert (world.sheet().version, edit()) == (sheet + 3, (SENDING, shown + 2))


def test_each_reads_in_their_own_language(world: Votes) -> None:
    world.person("Eve", locale="en-US")
    bo, eve = world.cast(world.click("Bo", world.one), world.click("Eve", world.one))
    assert bo.reader is not None
    assert eve.reader is not None
    assert (bo.reader.language, eve.reader.language) == ("fr", "en")


def test_many_at_once_lose_and_double_nothing(runtime: Runtime) -> None:
    with Session(runtime.engine) as session, session.begin():
        session.connection()
        world = Votes(session)
        people = [world.person(f"P{number}") for number in range(20)]
        ids = {f"UP{n}": person.participant_id for n, person in enumerate(people)}
        questions = [world.one.question_id, world.other.question_id]
        session.flush()
        sample = world.click("Bo", world.one)

    def presses(seed: int) -> list[VoteClick]:
        chance = random.Random(seed)
        return [
            replace(
                sample,
                user_id=chance.choice(list(ids)),
                question_id=chance.choice(questions),
                key=f"{seed}-{number}",
            )
            for number in range(10)
        ]

    batches = [presses(seed) for seed in range(32)]

    async def scene() -> None:
        # Some come twice, in another transaction at the same time.
        await asyncio.gather(
            *(runtime.run(partial(cast_votes, clicks=batch)) for batch in batches + batches[:8])
        )

    asyncio.run(scene())
    with Session(runtime.engine) as session:
        rows = session.execute(select(QuestionVote.question_id, QuestionVote.participant_id))
        pressed = {(one.question_id, ids[one.user_id]) for batch in batches for one in batch}
        assert {(question, person) for question, person in rows} == pressed

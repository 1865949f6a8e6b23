"""Killed again and again while 120 conversations open: nobody twice, nobody forgotten."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.core.clock import SimulatedClock
from bot.db.runtime import Runtime
from bot.delivery import claims
from bot.delivery.claims import Claim, Patience
from bot.delivery.memory import MemoryGateway
from bot.delivery.pace import Paces
from bot.delivery.parcels import Parcel, parcel
from bot.delivery.tables import OPEN_STATES, POST, SENT, Delivery, Pace
from bot.delivery.worker import DeliveryWorker
from bot.features.introductions import jobs, placing
from bot.features.introductions.tables import (
    Introduction,
    IntroductionMember,
    RoundChoice,
)
from bot.features.people.profile_tables import Consent
from bot.features.people.tables import Identity, Participant
from bot.recipients import recipient
from bot.registry import MESSAGE_TYPES
from tests.delivery.support import FAST, PATIENCE, SETTLE
from tests.features.introductions.support import Rounds
from tests.support.factories import EARLY, at

PEOPLE = 240


class Killed:
    """A congress of 240 who all come, and a bot that dies whenever it is told to."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime, self.gateway = runtime, MemoryGateway()
        self.clock = SimulatedClock(at("10:12"), 0.0, lambda: 0.0)
        with Session(runtime.engine, expire_on_commit=False) as session, session.begin():
            rounds = Rounds(session)
            self.event_id, self.workspace_id = rounds.event_id, rounds.workspace_id
            everybody = [f"p{number:03}" for number in range(PEOPLE)]
            session.add_all(self._known(everybody))
            session.flush()
            session.add_all(self._who_come(everybody, rounds.round().round_id))

    def _known(self, people: list[str]) -> list[Participant]:
        return [
            Participant(event_id=self.event_id, participant_id=one, name=one, organisation=one)
            for one in people
        ]

    def _who_come(self, people: list[str], round_id: str) -> list[object]:
        rows: list[object] = []
        for one in people:
            who = {"event_id": self.event_id, "participant_id": one}
            rows += [
                Identity(**who, workspace_id=self.workspace_id, user_id=one.upper()),
                RoundChoice(**who, round_id=round_id, coming=True, at=EARLY),
                Consent(**who, purpose="adult", given_at=EARLY),
                Consent(**who, purpose="introductions", given_at=EARLY),
            ]
        return rows

    def session(self) -> Session:
        return Session(self.runtime.engine, expire_on_commit=False)

    def tick(self) -> None:
        with self.session() as session, session.begin():
            jobs.tick(session, self.event_id, self.clock.now())

    def dies_while_sending(self, chance: Random) -> None:
        """Some of what it took was sent, and it wrote nothing of that down."""
        with self.session() as session, session.begin():
            paces = Paces(session, self.event_id)
            ours, now = [self.workspace_id], self.clock.now()
            taken = claims.claim(session, self.event_id, now, ours, paces, FAST, PATIENCE)
            paces.store()
        for claim in taken:
            if chance.random() < 0.5:
                self._send(claim)
        self.time_passes()

    def _send(self, claim: Claim) -> None:
        with self.session() as session:
            made = parcel(session, claim, MESSAGE_TYPES, recipient)
        assert isinstance(made, Parcel)
        to = made.recipient
        asyncio.run(
            self.gateway.post(to.address, made.card, to.reader, claim.event_id, claim.delivery_id)
        )

    def works(self, turns: int = 1) -> None:
        async def turn() -> None:
            worker = DeliveryWorker(
                self.runtime,
                self.clock,
                {self.workspace_id: self.gateway},
                MESSAGE_TYPES,
                recipient,
                rates=FAST,
                patience=Patience(SETTLE),
            )
            for _ in range(turns):
                await worker.turn()
                await worker.settled()

        asyncio.run(turn())

    def time_passes(self) -> None:
        columns = (
            Delivery.next_try_at,
            Delivery.claimed_at,
            Delivery.lease_until,
            Delivery.settle_at,
        )
        with self.session() as session, session.begin():
            session.execute(update(Delivery).values({one: one - 2 * SETTLE for one in columns}))
            session.execute(update(Pace).values(free_at=Pace.free_at - 2 * SETTLE))

    def open(self) -> int:
        with self.session() as session:
            waiting = select(func.count()).where(Delivery.state.in_(OPEN_STATES))
            return session.scalar(waiting) or 0


def test_killed_while_conversations_open(runtime: Runtime) -> None:
    bot, chance = Killed(runtime), Random(1)
    bot.tick()
    for _ in range(4):
        bot.dies_while_sending(chance)
        bot.tick()
        bot.works()
    for _ in range(30):
        if not bot.open():
            break
        bot.works(turns=8)
        bot.time_passes()
    _each_once(bot)


def _each_once(bot: Killed) -> None:
    with bot.session() as session:
        assert session.scalar(select(func.count(Introduction.introduction_id))) == PEOPLE // 2
        met = session.scalars(select(IntroductionMember.participant_id)).all()
        states = Counter(
            session.scalars(
                select(Delivery.state).where(
                    Delivery.operation == POST, Delivery.group_id.is_not(None)
                )
            )
        )
    assert Counter(met) == {f"p{number:03}": 1 for number in range(PEOPLE)}
    assert states == {SENT: PEOPLE // 2}
    places = Counter(message.place for message in bot.gateway.messages)
    assert set(places.values()) == {1}
    together = Counter(user for place in places for user in place.split("+"))
    assert together == {f"P{number:03}": 1 for number in range(PEOPLE)}


def test_killed_while_matching(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a round that was not matched to its end is there; the next tick does it all."""
    bot = Killed(runtime)

    def dies(*args: object, **more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(placing, "record", dies)
        with pytest.raises(KeyboardInterrupt):
            bot.tick()
    with bot.session() as session:
        assert session.scalars(select(Introduction)).all() == []
    bot.tick()
    for _ in range(3):
        bot.works(turns=8)
        bot.time_passes()
    _each_once(bot)

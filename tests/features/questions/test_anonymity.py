"""Who asked anonymously is told neither by the database nor by the logs, and is reached."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.core.clock import SimulatedClock
from bot.core.ids import new_id
from bot.db.history import record
from bot.db.keys import KeyStore
from bot.db.runtime import Runtime
from bot.delivery.gateway import OutcomeUnknownError
from bot.delivery.memory import LostError, MemoryGateway
from bot.delivery.messages import MessageTypes
from bot.delivery.outbox import Place, enqueue, refresh_sealed
from bot.delivery.tables import OPEN_STATES, Delivery
from bot.delivery.worker import DeliveryWorker
from bot.features.people.actions import erase, meet, merge
from bot.features.people.model import Member
from bot.features.people.queries import known_as
from bot.features.privacy import forgetting
from bot.features.questions.askers import is_asker
from bot.features.questions.keys import opened, seal
from bot.recipients import recipient
from tests.delivery.support import FAST, PATIENCE, Note, run
from tests.support.anonymity import dump, ties
from tests.support.factories import World
from tests.support.questions import OPEN, QuestionWorld

START = datetime(2024, 12, 12, 8, 3, 7, tzinfo=UTC)
UNTIL = START + timedelta(days=30)
PEOPLE = 50
SESSION = "session"


def test_a_hash_is_opened_by_its_key_only() -> None:
    key, people = secrets.token_bytes(32), [new_id() for _ in range(200)]
    sealed = {seal(key, one): one for one in people}
    assert len(sealed) == 200
    assert all(len(one) == 64 for one in sealed)
    for one, who in list(sealed.items())[::40]:
        assert opened(key, one, people) == who
        assert opened(key, one, [other for other in people if other != who]) is None
        assert opened(secrets.token_bytes(32), one, people) is None


@dataclass
class Room:
    """People who each do something open and something anonymous at the same moment."""

    runtime: Runtime
    keys: KeyStore
    gateway: MemoryGateway = field(default_factory=MemoryGateway)
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(START, 0.0, lambda: 0.0))

    def __post_init__(self) -> None:
        with self.session() as session, session.begin():
            world = World(session)
            self.event_id, self.workspace_id = world.event_id, world.workspace_id
            self.people = [world.person(f"Person{n}x").participant_id for n in range(PEOPLE)]
        self.key = self.keys.key_of(self.event_id, SESSION, UNTIL) or b""

    def session(self) -> Session:
        return Session(self.runtime.engine, info={KeyStore: self.keys})

    @property
    def traces(self) -> dict[str, list[str]]:
        """As whom each stands anywhere: id, platform id, e-mail, name."""
        return {
            who: [who, f"UPerson{n}x", f"person{n}x@", f"Person{n}x"]
            for n, who in enumerate(self.people)
        }

    def sealed(self, who: str) -> Place:
        sealed_to = seal(self.key, who)
        return Place(self.workspace_id, sealed_to=sealed_to, sealed_by=SESSION)

    def open(self, who: str) -> Place:
        return Place(self.workspace_id, participant_id=who)

    def acts(self, number: int, to: Place) -> str:
        """The id of what is said to `to`."""
        who, now, cause = self.people[number], self.clock.now(), f"Ev{number:06}"
        with self.session() as session, session.begin():
            record(session, self.event_id, "did", who, at=now, actor=who, cause=cause)
            say = {"message_class": "answer", "now": now, "cause": cause}
            enqueue(session, self.event_id, self.open(who), Note("open"), f"o{number}", **say)  # type: ignore[arg-type]
            said = enqueue(session, self.event_id, to, Note(f"s{number}"), f"s{number}", **say)  # type: ignore[arg-type]
        assert said is not None
        return said

    def changes(self, number: int) -> None:
        sealed_to = seal(self.key, self.people[number])
        with self.session() as session, session.begin():
            refresh_sealed(
                session,
                self.event_id,
                f"s{number}",
                Note(f"changed{number}"),
                sealed_to=sealed_to,
                sealed_by=SESSION,
                now=self.clock.now(),
            )

    def rest(self) -> None:
        run(self._rest())

    async def _rest(self) -> None:
        worker = DeliveryWorker(
            self.runtime,
            self.clock,
            {self.workspace_id: self.gateway},
            MessageTypes((Note,)),
            recipient,
            rates=FAST,
            patience=PATIENCE,
        )
        for _ in range(40):
            await worker.turn()
            await worker.settled()
            with self.session() as session, session.begin():
                waiting = select(Delivery.state).where(Delivery.state.in_(OPEN_STATES)).limit(1)
                if session.scalar(waiting) is None:
                    return
                session.execute(
                    update(Delivery).values(
                        next_try_at=Delivery.next_try_at - 100, settle_at=Delivery.settle_at - 100
                    )
                )

    def later(self, seconds: float) -> None:
        self.clock.set(self.clock.now() + timedelta(seconds=seconds))

    def read(self) -> dict[str, set[str]]:
        """What stands in each conversation."""
        found: dict[str, set[str]] = {}
        for message in self.gateway.messages:
            found.setdefault(message.place, set()).add(message.card.summary)
        return found

    def row(self, delivery_id: str) -> Delivery:
        with self.session() as session:
            return session.get_one(Delivery, (self.event_id, delivery_id))


@pytest.fixture
def room(runtime: Runtime, keys: KeyStore, caplog: pytest.LogCaptureFixture) -> Iterator[Room]:
    with caplog.at_level("INFO"):  # of the log on standard error, too
        yield Room(runtime, keys)


def everybody_acts(room: Room, sealed: bool) -> dict[str, str]:
    said = {}
    for number, who in enumerate(room.people):
        said[room.acts(number, room.sealed(who) if sealed else room.open(who))] = who
        room.later(37)
        if number == PEOPLE // 2:
            room.gateway.failures = [LostError("reset"), OutcomeUnknownError("reset")] * 3
            room.rest()
    room.rest()
    return said


def test_fifty_deliveries_lead_to_nobody(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    said = everybody_acts(room, sealed=True)
    for number in range(0, PEOPLE, 5):
        room.later(37)
        room.changes(number)
    room.rest()
    for number in range(PEOPLE):
        words = f"changed{number}" if number % 5 == 0 else f"s{number}"
        assert room.read()[f"UPerson{number}x"] == {"open", words}
    assert len(room.gateway.messages) == 2 * PEOPLE
    assert {room.row(one).state for one in said} == {"sent"}
    everything = dump(room.runtime.engine, capsys.readouterr().err)
    assert {"deliveries", "history", "identities", "participants", "log"} <= {
        row.table for row in everything
    }
    assert ties(everything, said, room.traces) == []


def test_what_is_not_sealed_is_tied(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """So that finding nothing means something."""
    said = everybody_acts(room, sealed=False)
    everything = dump(room.runtime.engine, capsys.readouterr().err)
    found = ties(everything, said, room.traces)
    for who in room.people:
        assert f"deliveries: names {who}" in found
        assert f"history: as exact as a row of {who}" in found


@pytest.mark.parametrize(
    ("column", "how"),
    [
        ("created_at", "history: as exact as a row"),
        ("cause", "history: shares 'Ev000007' with a row"),
        ("platform_channel", "deliveries: names"),
    ],
)
def test_one_value_too_many_is_found(room: Room, column: str, how: str) -> None:
    room.later(5)
    now = room.clock.now()
    said, who = room.acts(7, room.sealed(room.people[7])), room.people[7]
    room.rest()
    assert ties(dump(room.runtime.engine), {said: who}, room.traces) == []
    value = {"created_at": now, "cause": "Ev000007", "platform_channel": "UPerson7x"}[column]
    with room.session() as session, session.begin():
        session.execute(
            update(Delivery).where(Delivery.delivery_id == said).values({column: value})
        )
    found = ties(dump(room.runtime.engine), {said: who}, room.traces)
    assert [one for one in found if one.startswith(how)], found


def test_who_turns_out_to_be_somebody_else_is_still_reached(room: Room) -> None:
    """Nothing is sealed anew: the rows that change at a merge would tell whose they are."""
    kept, gone, before = room.people[0], room.people[1], room.people[2]
    said = [room.acts(2, room.sealed(before)), room.acts(1, room.sealed(gone))]
    with room.session() as session, session.begin():
        merge(session, room.event_id, gone, before)
        merge(session, room.event_id, kept, gone)
        assert set(known_as(session, room.event_id, kept)) == {kept, gone, before}
    room.rest()
    assert {room.row(one).state for one in said} == {"sent"}
    assert {"s1", "s2"} <= set().union(*room.read().values())
    # Of the three accounts that are one person now, the first is written to.
    assert {place for place, words in room.read().items() if words & {"s1", "s2"}} == {"UPerson0x"}
    room.changes(2)
    room.rest()
    assert "changed2" in room.read()["UPerson0x"]


def test_what_was_asked_before_a_merge_can_be_taken_back(session: Session) -> None:
    world = QuestionWorld(session, anonymous=True)
    listed, met, other = (world.person(name) for name in ("Lea", "Mia", "Noa"))
    question = world.asks(met, "Pourquoi ?", OPEN, anonymous=True)
    merge(session, world.event_id, listed.participant_id, met.participant_id)
    assert not is_asker(session, question, other, world.keys)
    assert is_asker(session, question, listed, world.keys)


def test_who_was_erased_is_not_written_to(room: Room) -> None:
    said = room.acts(0, room.sealed(room.people[0]))
    with room.session() as session, session.begin():
        erase(session, room.event_id, room.people[0], room.clock.now())
        meet(session, room.event_id, room.workspace_id, Member("UNew", "New", "", ""), START)
    room.rest()
    row = room.row(said)
    assert (row.state, row.error, row.sealed_to) == ("failed", "could not be reached", None)
    assert room.read() == {}


def test_after_its_date_nobody_is_found(room: Room) -> None:
    said = room.acts(0, room.sealed(room.people[0]))
    room.clock.set(UNTIL)
    with room.session() as session, session.begin():
        assert forgetting.next_due(session, room.event_id) == UNTIL
        forgetting.tick(session, room.event_id, UNTIL)
        assert forgetting.next_due(session, room.event_id) is None
    room.rest()
    row = room.row(said)
    assert (row.state, row.error, row.sealed_to) == ("skipped", "its key was deleted", None)
    assert room.read() == {"UPerson0x": {"open"}}

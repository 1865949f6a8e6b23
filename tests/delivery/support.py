"""An event with a workspace and two people, and a bot that says notes in it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from bot.core.cards import Card
from bot.core.clock import SimulatedClock
from bot.core.i18n import Reader
from bot.core.ids import new_id
from bot.db.engine import machine_now
from bot.db.runtime import Runtime
from bot.delivery import claims, outbox, settling
from bot.delivery.claims import Claim, Patience
from bot.delivery.gateway import Address, Gateway
from bot.delivery.memory import MemoryGateway
from bot.delivery.messages import MessageTypes
from bot.delivery.outbox import Place
from bot.delivery.pace import Paces, Rate, Rates
from bot.delivery.parcels import ApartError, Recipient
from bot.delivery.sealed import KeyDeletedError
from bot.delivery.settling import Doubt
from bot.delivery.tables import OPEN_STATES, Delivery, Pace
from bot.delivery.worker import DeliveryWorker
from bot.features.events.actions import join_workspace
from bot.features.events.model import EventFile
from bot.features.events.tables import Event
from bot.features.people.tables import Participant

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
READER = Reader.of("en", "Europe/Paris")
SETTLE = 15.0
PATIENCE = Patience(SETTLE)
FAST = Rates(*[Rate(6_000_000, burst=1_000)] * 6)
WORDS: dict[str, str] = {}
"""What a note says; it changes under its post, as a session does."""


@dataclass(frozen=True)
class Note:
    name: ClassVar[str] = "note"
    version: ClassVar[int] = 1
    key: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        return Card(WORDS.get(self.key, self.key))


@dataclass(frozen=True)
class Now(Note):
    """A note that speaks of its moment only."""

    name: ClassVar[str] = "now"
    fleeting: ClassVar[bool] = True


@dataclass(frozen=True)
class Broken:
    name: ClassVar[str] = "broken"
    version: ClassVar[int] = 1

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        raise ZeroDivisionError


SEALED: dict[str, str] = {}
"""People by their hash; emptied where the key is deleted."""


GROUPS: dict[str, tuple[str, ...]] = {}
"""People who are told together; nobody once they no longer are."""


def reached(session: Session, delivery: Delivery) -> Recipient | None:
    if delivery.group_id is not None:
        if not GROUPS[delivery.group_id]:
            raise ApartError
        return Recipient(Address(user_ids=GROUPS[delivery.group_id]), READER)
    if delivery.sealed_to is not None:
        if not SEALED:
            raise KeyDeletedError
        person = SEALED.get(delivery.sealed_to)
        return Recipient(Address(user_id=person), READER) if person else None
    if delivery.channel is None and delivery.participant_id is None:
        return None
    return Recipient(Address(delivery.channel, delivery.participant_id), READER)


@dataclass
class House:
    runtime: Runtime
    event_id: str
    workspace_id: str
    people: tuple[str, str]
    gateway: MemoryGateway = field(default_factory=MemoryGateway)
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(START, 0.0, lambda: 0.0))

    def worker(
        self,
        rates: Rates = FAST,
        gateways: dict[str, Gateway] | None = None,
        patience: Patience = PATIENCE,
    ) -> DeliveryWorker:
        return DeliveryWorker(
            self.runtime,
            self.clock,
            {self.workspace_id: self.gateway} if gateways is None else gateways,
            MessageTypes((Note, Now, Broken)),
            reached,
            rates=rates,
            patience=patience,
        )

    @property
    def engine(self) -> Engine:
        return self.runtime.engine

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def session(self) -> Session:
        return Session(self.engine, expire_on_commit=False)

    # What features do

    def say(
        self,
        key: str = "note",
        place: str = "general",
        message_class: str = "useful",
        message: Any = None,
        expires_in: float | None = None,
    ) -> str | None:
        to = Place(self.workspace_id, channel=place)
        if place in self.people:
            to = Place(self.workspace_id, participant_id=place)
        if place in GROUPS:
            to = Place(self.workspace_id, group_id=place)
        if place in SEALED:
            to = Place(self.workspace_id, sealed_to=place, sealed_by="session")
        with self.session() as session, session.begin():
            return outbox.enqueue(
                session,
                self.event_id,
                to,
                message or Note(key),
                key,
                message_class=message_class,
                now=self.now,
                expires_at=None if expires_in is None else self.now + timedelta(seconds=expires_in),
            )

    def say_in_channels(self, number: int) -> None:
        """A note in each of as many channels, in one transaction."""
        with self.session() as session, session.begin():
            for key in map(str, range(number)):
                outbox.enqueue(
                    session,
                    self.event_id,
                    Place(self.workspace_id, channel=f"channel-{key}"),
                    Note(key),
                    key,
                    message_class="useful",
                    now=self.now,
                )

    def refresh(self, key: str = "note", words: str | None = None) -> None:
        if words is not None:
            WORDS[key] = words
        with self.session() as session, session.begin():
            outbox.refresh(session, self.event_id, key, self.now)

    def refresh_sealed(self, key: str, words: str, sealed_to: str) -> None:
        with self.session() as session, session.begin():
            outbox.refresh_sealed(
                session,
                self.event_id,
                key,
                Note(words),
                sealed_to=sealed_to,
                sealed_by="session",
                now=self.now,
            )

    # What workers do, step by step

    def claim(self, rates: Rates = FAST, workspaces: Iterable[str] | None = None) -> list[Claim]:
        mine = [self.workspace_id] if workspaces is None else list(workspaces)
        with self.session() as session, session.begin():
            paces = Paces(session, self.event_id)
            taken = claims.claim(session, self.event_id, self.now, mine, paces, rates, PATIENCE)
            paces.store()
            return taken

    def doubts(self, rates: Rates = FAST) -> list[Doubt]:
        with self.session() as session, session.begin():
            settling.doubt_expired_leases(session, self.event_id, SETTLE)
            paces = Paces(session, self.event_id)
            ours = [self.workspace_id]
            taken = settling.take_doubts(session, self.event_id, ours, paces, rates, SETTLE)
            paces.store()
            return taken

    def write(self, use_case: Any, *args: Any) -> Any:
        with self.session() as session, session.begin():
            return use_case(session, *args)

    def wait(self, workspaces: Iterable[str] | None = None, rates: Rates = FAST) -> float | None:
        """Seconds until there is something to do."""
        ours = [self.workspace_id] if workspaces is None else list(workspaces)
        with self.session() as session:
            moment = claims.next_attempt(session, self.event_id, self.now, ours, rates, PATIENCE)
            return None if moment is None else moment - machine_now(session)

    # What one sees

    def row(self, key: str = "note") -> Delivery:
        with self.session() as session:
            return session.scalars(
                select(Delivery).where(Delivery.event_id == self.event_id, Delivery.key == key)
            ).one()

    def edit_row(self, key: str = "note") -> Delivery:
        return self.row(f"edit:{self.row(key).delivery_id}")

    def states(self) -> dict[str, str]:
        """Of posts by their key, of edits by that of their post and a star."""
        with self.session() as session:
            rows = session.scalars(select(Delivery).where(Delivery.event_id == self.event_id)).all()
        keys = {row.delivery_id: row.key for row in rows}
        return {f"{keys[row.edits]}*" if row.edits else row.key: row.state for row in rows}

    def open(self) -> int:
        return sum(state in OPEN_STATES for state in self.states().values())

    @property
    def said(self) -> list[tuple[str, str]]:
        return [(message.place, message.card.summary) for message in self.gateway.messages]

    def leave(self) -> None:
        """Nothing is left to do for the workers of later tests."""
        with self.session() as session, session.begin():
            session.execute(delete(Delivery).where(Delivery.event_id == self.event_id))

    def age(self, seconds: float = SETTLE + 1) -> None:
        """Machine time passes: what is written down moves into the past."""
        self.gateway.arrive()
        columns = (
            Delivery.next_try_at,
            Delivery.claimed_at,
            Delivery.lease_until,
            Delivery.settle_at,
            Delivery.sent_at,
        )
        with self.session() as session, session.begin():
            session.execute(
                update(Delivery)
                .where(Delivery.event_id == self.event_id)
                .values({column: column - seconds for column in columns})
            )
            session.execute(
                update(Pace)
                .where(Pace.event_id == self.event_id)
                .values(free_at=Pace.free_at - seconds)
            )

    def later(self, seconds: float) -> None:
        """Event time passes."""
        self.clock.set(self.now + timedelta(seconds=seconds))

    def turn(self, worker: DeliveryWorker | None = None, times: int = 1) -> None:
        run(self._turns(worker or self.worker(), times))

    @staticmethod
    async def _turns(worker: DeliveryWorker, times: int) -> None:
        for _ in range(times):
            await worker.turn()
            await worker.settled()


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def house(runtime: Runtime) -> House:
    """A new event in the database; several may live in one."""
    WORDS.clear()
    SEALED.clear()
    GROUPS.clear()
    event_id, people = new_id(), (new_id(), new_id())
    settings = EventFile(
        slug="event",
        title="Event",
        zone="Europe/Paris",
        first_day=date(2026, 11, 24),
        last_day=date(2026, 11, 25),
    ).model_dump(mode="json", exclude={"profile_kinds"})
    with Session(runtime.engine) as session, session.begin():
        session.add(Event(event_id=event_id, slug="event", settings=settings, applied_at=START))
        session.flush()
        workspace_id = join_workspace(session, event_id, "slack", f"T{event_id}")
        for person in people:
            session.add(Participant(event_id=event_id, participant_id=person))
    return House(runtime, event_id, workspace_id, people)

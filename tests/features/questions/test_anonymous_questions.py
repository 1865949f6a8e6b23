"""Fifty anonymous questions through a whole day: nothing that is kept leads to who asked."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.core.clock import SimulatedClock
from bot.db.inbox import first_time
from bot.db.keys import KeyStore
from bot.db.runtime import Runtime
from bot.delivery.memory import MemoryGateway
from bot.delivery.tables import OPEN_STATES, Delivery, Pace
from bot.delivery.worker import DeliveryWorker
from bot.features.people.actions import meet, merge
from bot.features.people.model import Member
from bot.features.people.queries import known_as, participant_of
from bot.features.people.tables import Participant
from bot.features.privacy import forgetting
from bot.features.questions import moderation
from bot.features.questions.afterwards import entrust, write_answer
from bot.features.questions.askers import is_asker, withdraw
from bot.features.questions.asking import ask
from bot.features.questions.keys import opened
from bot.features.questions.model import Draft, NoAnonymityError
from bot.features.questions.queries import questions_of
from bot.features.questions.sessions import change_session
from bot.features.questions.supporters import votes_of
from bot.features.questions.tables import Question, QuestionSession
from bot.features.questions.voting import VoteClick, cast_votes
from bot.log import configure_logging
from bot.recipients import recipient
from bot.registry import JOBS, MESSAGE_TYPES
from tests.delivery.support import FAST, PATIENCE, run
from tests.support.anonymity import Dump, dump, ties
from tests.support.factories import at
from tests.support.questions import QuestionWorld

PEOPLE = 50
START = at("08:41:07")


@dataclass
class Day:
    """A round table, its team, and people who each ask one thing that they do not sign."""

    runtime: Runtime
    keys: KeyStore
    moderation: str = "before"
    asked: dict[str, str] = field(default_factory=dict)
    """Who asked which question: only this test knows."""
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(START, 0.0, lambda: 0.0))
    gateway: MemoryGateway = field(default_factory=MemoryGateway)

    def __post_init__(self) -> None:
        with self.session() as session, session.begin():
            world = QuestionWorld(session, moderation=self.moderation)
            self.event_id, self.workspace_id = world.event_id, world.workspace_id
            self.session_id = world.row("T").session_id
            self.team = world.team.participant_id

    def session(self) -> Session:
        return Session(self.runtime.engine, info={KeyStore: self.keys})

    def pass_by(self, seconds: float = 37) -> datetime:
        self.clock.set(self.clock.now() + timedelta(seconds=seconds))
        return self.clock.now()

    def asks(self, number: int) -> None:
        """As any gesture of Slack: its key, whom it is from, and what they want, in one go."""
        now = self.pass_by()
        with self.session() as session, session.begin():
            assert first_time(session, self.event_id, f"key{number:06}", now)
            who = self.met(session, number, now)
            draft = Draft(self.session_id, f"Quand, {number} ?", "fr", anonymous=True)
            question = ask(session, who, draft, self.keys, now)
            self.asked[question.question_id] = who.participant_id

    def met(self, session: Session, number: int, now: datetime) -> Participant:
        member = Member(f"UPerson{number}x", f"Person{number}x", f"person{number}x@example.org", "")
        return meet(session, self.event_id, self.workspace_id, member, now)

    def supports(self, number: int, question_id: str) -> None:
        """In the same second as what they ask."""
        click = VoteClick(
            self.event_id, self.workspace_id, f"UPerson{number}x", question_id,
            f"vote{number:06}", self.clock.now(),
        )  # fmt: skip
        with self.session() as session, session.begin():
            [result] = cast_votes(session, [click])
            assert result.refused is None, result

    def signs(self, number: int) -> None:
        """A question under their own name, in the same second too."""
        with self.session() as session, session.begin():
            who = self.met(session, number, self.clock.now())
            ask(session, who, Draft(self.session_id, "Où ?", "fr"), self.keys, self.clock.now())

    def takes_back(self, question_id: str) -> None:
        with self.session() as session, session.begin():
            who = session.get_one(Participant, (self.event_id, self.asked[question_id]))
            withdraw(session, who, question_id, self.keys, self.pass_by())

    def team_does(self, use: object, question_id: str, *more: str) -> None:
        with self.session() as session, session.begin():
            row = session.get_one(Question, (self.event_id, question_id))
            team = session.get_one(Participant, (self.event_id, self.team))
            now = self.pass_by()
            use(session, team, question_id, row.version, *more, now)  # type: ignore[operator]

    def reads_first(self) -> None:
        """From now on the team reads a question before the room does."""
        with self.session() as session, session.begin():
            team = session.get_one(Participant, (self.event_id, self.team))
            change_session(session, team, self.session_id, self.pass_by(), moderation="before")

    def states(self) -> dict[str, str]:
        with self.session() as session:
            rows = session.scalars(select(Question).where(Question.anonymous.is_(True)))
            return {row.question_id: row.state for row in rows}

    def rest(self) -> None:
        """What is due is done and said."""
        with self.session() as session, session.begin():
            for job in JOBS:
                job.tick(session, self.event_id, self.clock.now())
        run(self._deliver())

    async def _deliver(self) -> None:
        gateways = {self.workspace_id: self.gateway}
        worker = DeliveryWorker(
            self.runtime, self.clock, gateways, MESSAGE_TYPES, recipient,
            rates=FAST, patience=PATIENCE,
        )  # fmt: skip
        for _ in range(40):
            await worker.turn()
            await worker.settled()
            with self.session() as session:
                waiting = select(Delivery.state).where(
                    Delivery.state.in_(OPEN_STATES), Delivery.due_at <= self.clock.now()
                )
                if session.scalar(waiting.limit(1)) is None:
                    return
        raise AssertionError("deliveries do not come to rest")

    @property
    def traces(self) -> dict[str, list[str]]:
        with self.session() as session:
            found = {}
            for number in range(PEOPLE):
                user = f"UPerson{number}x"
                who = participant_of(session, self.event_id, self.workspace_id, user)
                assert who is not None
                found[who.participant_id] = [
                    who.participant_id, user, f"person{number}x@", f"Person{number}x"
                ]  # fmt: skip
            return found

    def everything(self, log: str) -> Dump:
        """Here one worker says in one second what is said in an hour, so that what was said to
        people by name is put elsewhere in time: that second would tie everybody to everything."""
        elsewhere = {
            one: getattr(Delivery, one) - 1_000_000
            for one in ("claimed_at", "sent_at", "lease_until")
        }
        with self.session() as session, session.begin():
            named = Delivery.participant_id.is_not(None)
            session.execute(update(Delivery).where(named).values(elsewhere))
            session.execute(update(Pace).values(free_at=Pace.free_at - 1_000_000))
        return dump(self.runtime.engine, log)


def spend(day: Day) -> list[str]:
    """Fifty people meet Maillon by asking; some vote, sign, take back; the team does its work."""
    for number in range(PEOPLE):
        day.asks(number)
        if number % 3 == 1:
            day.signs(number)
        if number == PEOPLE // 2:
            day.reads_first()
    day.rest()
    ids = list(day.asked)
    for one in ids[:40]:
        if day.states()[one] == "review":
            day.team_does(moderation.publish, one)
    day.rest()
    for number, one in enumerate(ids[:10]):
        day.pass_by()
        day.supports((number + 7) % PEOPLE, one)
    sort(day, ids)
    for one in ids[30:36]:
        day.takes_back(one)
    day.rest()
    day.clock.set(at("12:00"))
    day.rest()
    return ids


def sort(day: Day, ids: list[str]) -> None:
    for one in ids[:3]:
        day.team_does(moderation.put_on_screen, one)
        day.rest()
        day.team_does(moderation.answered, one)
    for one in ids[3:12]:
        day.team_does(moderation.decline, one, "off_topic")
    for one in ids[12:18]:
        day.team_does(moderation.merge, one, ids[20])
    for one in ids[18:20]:
        day.team_does(moderation.edit, one, "Plus court ?")
    day.team_does(entrust, ids[20], day.team)
    day.team_does(write_answer, ids[20], "Demain.")


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    configure_logging("info", "json")
    logging.getLogger("bot.tests").info("the libraries' own way is captured too")
    structlog.get_logger("bot.tests").info("as is ours")
    yield capsys
    configure_logging("warning", "json")


def test_fifty_questions_lead_to_nobody(
    runtime: Runtime, keys: KeyStore, log: pytest.CaptureFixture[str]
) -> None:
    day = Day(runtime, keys, "after")
    ids = spend(day)
    states = [day.states()[one] for one in ids]
    assert {*states} >= {"answered", "declined", "merged", "withdrawn", "published"}
    heard = {place: words for place, words in read(day).items() if place.startswith("UPerson")}
    assert len(heard) == PEOPLE  # all of them were answered
    assert all("Une réponse écrite" in words for words in (heard["UPerson20x"],))
    everything = day.everything(log.readouterr().err)
    assert {"questions", "inbox", "history", "deliveries", "log"} <= {
        row.table for row in everything
    }
    assert ties(everything, day.asked, day.traces) == []


def read(day: Day) -> dict[str, str]:
    found: dict[str, str] = {}
    for message in day.gateway.messages:
        found[message.place] = found.get(message.place, "") + message.card.summary
    return found


def test_what_is_signed_is_tied(runtime: Runtime, keys: KeyStore) -> None:
    """So that finding nothing means something: of the named questions everything is found."""
    day = Day(runtime, keys)
    for number in range(PEOPLE):
        day.asks(number)
        day.signs(number)
    day.rest()
    with day.session() as session:
        signed = {
            row.question_id: row.participant_id
            for row in session.scalars(select(Question).where(Question.anonymous.is_(False)))
            if row.participant_id
        }
    found = ties(day.everything(""), signed, day.traces)
    assert len([one for one in found if one.startswith("questions: names")]) == PEOPLE


def test_the_first_contact_is_the_anonymous_question(runtime: Runtime, keys: KeyStore) -> None:
    day = Day(runtime, keys)
    day.asks(3)
    with day.session() as session:
        sheet = session.get_one(QuestionSession, (day.event_id, day.session_id))
        [row] = session.scalars(select(Question))
        who = session.get_one(Participant, (day.event_id, day.asked[row.question_id]))
        assert who.seen_at == row.asked_at == sheet.opened_at == at("08:40")
        assert sheet.keys_until == at("08:40") + timedelta(days=30)


def test_the_profile_of_who_asked_counts_for_nothing(runtime: Runtime, keys: KeyStore) -> None:
    day = Day(runtime, keys, "after")
    day.asks(0)
    [one] = day.asked
    with day.session() as session, session.begin():
        session.get_one(Participant, (day.event_id, day.asked[one])).kind = "patient_association"
    with day.session() as session:
        [view] = questions_of(session, day.event_id, day.session_id)
        assert (view.patients, view.asker, view.votes) == (False, "", 0)


def test_who_asked_anonymously_is_counted_only_by_supporting(
    runtime: Runtime, keys: KeyStore
) -> None:
    """Grouped with another, an anonymous question adds nobody: to add its asker, the count
    would have to tell who it is."""
    day = Day(runtime, keys, "after")
    for number in range(2):
        day.asks(number)
    gone, kept = day.asked
    day.team_does(moderation.merge, gone, kept)
    with day.session() as session:
        assert votes_of(session, day.event_id, day.session_id) == {}
    day.rest()
    status = next(m.card for m in day.gateway.messages if m.place == "UPerson0x")
    assert [one.label for section in status.sections for one in section.actions] == ["Soutenir"]
    day.supports(0, kept)
    day.supports(1, kept)
    with day.session() as session:
        assert votes_of(session, day.event_id, day.session_id) == {kept: 2}


def test_who_is_recognised_later_still_takes_back_what_they_asked(
    runtime: Runtime, keys: KeyStore
) -> None:
    day = Day(runtime, keys)
    day.asks(0)
    [one] = day.asked
    with day.session() as session, session.begin():
        member = Member("UListed", "Listed", "listed@example.org", "")
        kept = meet(session, day.event_id, day.workspace_id, member, day.clock.now())
        merge(session, day.event_id, kept.participant_id, day.asked[one])
        day.asked[one] = kept.participant_id
    day.takes_back(one)
    assert day.states() == {one: "withdrawn"}


def test_the_key_opens_it_until_its_date(runtime: Runtime, keys: KeyStore) -> None:
    day = Day(runtime, keys)
    day.asks(0)
    [one] = day.asked
    with day.session() as session, session.begin():
        row = session.get_one(Question, (day.event_id, one))
        sheet = session.get_one(QuestionSession, (day.event_id, day.session_id))
        who = session.get_one(Participant, (day.event_id, day.asked[one]))
        key, sealed = keys.key_of(day.event_id, day.session_id), row.asker_hash
        assert key is not None
        assert sealed is not None
        assert opened(key, sealed, known_as(session, day.event_id, who.participant_id))
        forgetting.tick(session, day.event_id, sheet.keys_until - timedelta(seconds=1))
        assert is_asker(session, row, who, keys)
        forgetting.tick(session, day.event_id, sheet.keys_until)
        assert not is_asker(session, row, who, keys)
        assert keys.key_of(day.event_id, day.session_id) is None
    with pytest.raises(NoAnonymityError):
        day.asks(1)

"""Random days of questions: what the bot's own use cases say, against what the oracle foretells."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session as Database

from bot.core.cards import Card
from bot.core.errors import MaillonError
from bot.db.engine import create_database_engine
from bot.delivery.tables import POST, QUEUED, SENT, Delivery
from bot.drill.deeds import Asked, Deed, Do
from bot.drill.expected import Expected, Line, Shown
from bot.drill.files import Rules, Session
from bot.drill.oracle import foretell
from bot.features.people.tables import Participant
from bot.features.programme.model import ProgrammeSession
from bot.features.programme.roles import HOST, TEAM, WHOLE_EVENT, Role
from bot.features.questions import care, jobs, moderation
from bot.features.questions.askers import withdraw
from bot.features.questions.asking import ask
from bot.features.questions.keys import opened
from bot.features.questions.model import Draft
from bot.features.questions.sessions import change_session
from bot.features.questions.tables import Question
from bot.features.questions.voting import support
from tests.support.factories import PARIS, World, at, event_file
from tests.support.questions import MemoryKeys

PEOPLE = ("ana@example.org", "ben@example.org", "eva@example.org")
TEAM_MEMBER = "tim@example.org"
HOSTS = {"A": ["hana@example.org"], "B": ["hugo@example.org"]}
NAMES = tuple(HOSTS)
DAYS = 12
HELD = "Mon fils a fait une réaction grave après son traitement à cause de {} ?"
PLAIN = "Pourquoi faut-il préférer la voie {} ?"


@dataclass(frozen=True)
class Day:
    imports: Sequence[tuple[datetime, Sequence[Session]]]
    deeds: Sequence[Deed]
    at_once: frozenset[str]

    @classmethod
    def made_by(cls, chance: random.Random) -> Day:
        programme = [_session(name, at(chance.choice(("09:00", "09:30")))) for name in NAMES]
        imports: list[tuple[datetime, Sequence[Session]]] = [(at("06:00"), programme)]
        if chance.random() < 0.4:
            imports.append((at(chance.choice(("08:50", "09:20"))), [*_changed(chance, programme)]))
        asked = [_question(chance, number) for number in range(8)]
        # Never at a moment at which something is due, nor two questions within ten minutes: who
        # comes first then is nobody's promise.
        asking = chance.sample(range(5, 260, 11), len(asked))
        others = chance.sample([minute for minute in range(260) if minute not in asking], 45)
        deeds = [
            Deed(at("06:30:30") + timedelta(minutes=minute), one.asker, Do.ASK, one)
            for minute, one in zip(asking, asked, strict=True)
        ]
        deeds += [_deed(chance, at("06:30:30") + timedelta(minutes=m), asked) for m in others]
        deeds.sort(key=lambda deed: deed.at)
        return cls(imports, deeds, frozenset(name for name in NAMES if chance.random() < 0.5))


def _session(name: str, start: datetime) -> Session:
    return Session(name, f"Table {name}", "Descartes", None, start, start + timedelta(hours=1))


def _changed(chance: random.Random, programme: Sequence[Session]) -> Iterator[Session]:
    for one in programme:
        by = timedelta(minutes=chance.choice((0, 10, 45)))
        if chance.random() < 0.8:
            yield replace(one, start=one.start + by, end=one.end + by)


def _question(chance: random.Random, number: int) -> Asked:
    held = chance.random() < 0.2
    text = (HELD if held else PLAIN).format(f"T{number}")
    assert bool(care.held_for(text)) == held
    anonymous = chance.random() < 0.4
    return Asked(text, chance.choice(NAMES), chance.choice(PEOPLE), anonymous, held)


def _deed(chance: random.Random, moment: datetime, asked: Sequence[Asked]) -> Deed:
    question = chance.choice(asked)
    often = (Do.PUBLISH, Do.PUBLISH, Do.PUBLISH, *[Do.SUPPORT] * 8)
    do = chance.choice([*(one for one in Do if one is not Do.ASK), *often])
    who = TEAM_MEMBER
    if do is Do.WITHDRAW:
        who = question.asker
    elif do is Do.SUPPORT:
        who = chance.choice(PEOPLE)
    others = [one for one in asked if one.session == question.session]
    return Deed(moment, who, do, question, chance.choice(others))


class Desk:
    """The bot's questions without a platform: what is enqueued counts as sent at once."""

    def __init__(self, database: Database, day: Day) -> None:
        self._database = database
        channels = {"general": "general", "organisers": "organisation", "questions": "team"}
        self._world, self._keys = World(database, event_file(channels=channels)), MemoryKeys()
        self._people = {
            who: self._world.person(who.partition("@")[0].title(), at("06:00"))
            for who in (*PEOPLE, TEAM_MEMBER, *(one for hosts in HOSTS.values() for one in hosts))
        }
        self.told: list[Expected] = []
        self.shown: dict[str, tuple[Expected, Card]] = {}
        imports, deeds = list(day.imports), list(day.deeds)
        while imports or deeds:
            if imports and (not deeds or imports[0][0] < deeds[0].at):
                moment, sessions = imports.pop(0)
                self._until(moment)
                self._world.imports(*map(_imported, sessions), now=moment)
                if moment == day.imports[0][0]:
                    self._prepare(day, moment)
            else:
                moment = deeds[0].at
                self._until(moment)
                self._do(deeds.pop(0))
            self._settle(moment)
        self._until(None)

    def _prepare(self, day: Day, now: datetime) -> None:
        team = self._people[TEAM_MEMBER]
        self._give(team, TEAM, WHOLE_EVENT)
        for name, [host] in HOSTS.items():
            self._give(self._people[host], HOST, self._world.row(name).session_id)
        for name in sorted(day.at_once):
            session_id = self._world.row(name).session_id
            change_session(self._database, team, session_id, now, moderation="after")

    def _give(self, person: Participant, role: str, session_id: str) -> None:
        of = {"event_id": self._world.event_id, "participant_id": person.participant_id}
        self._database.add(Role(**of, role=role, session_id=session_id))
        self._database.flush()

    def _do(self, deed: Deed) -> None:
        if deed.do is Do.ASK:
            with suppress(MaillonError):
                self._ask(deed)
            return
        question = self._found(deed.question)
        if question is None:
            return
        with suppress(MaillonError), self._database.begin_nested():
            self._change(deed, question)

    def _ask(self, deed: Deed) -> None:
        asked = deed.question
        session_id = self._world.row(asked.session).session_id
        draft = Draft(session_id, asked.text, "fr", anonymous=asked.anonymous)
        with self._database.begin_nested():
            ask(self._database, self._people[asked.asker], draft, self._keys, deed.at)

    def _change(self, deed: Deed, question: Question) -> None:
        id_, seen, now = question.question_id, question.version, deed.at
        who, session = self._people[deed.who], self._database
        match deed.do:
            case Do.SUPPORT:
                world = self._world
                support(session, world.event_id, world.event, who.participant_id, id_, now)
            case Do.WITHDRAW:
                withdraw(session, who, id_, self._keys, now)
            case Do.DECLINE:
                moderation.decline(session, who, id_, seen, "off_topic", now)
            case Do.MERGE:
                into = self._found(deed.into) if deed.into else None
                if into is not None:
                    moderation.merge(session, who, id_, seen, into.question_id, now)
            case _:
                CHANGES[deed.do](session, who, id_, seen, now)

    def _found(self, asked: Asked) -> Question | None:
        return self._database.scalar(
            select(Question).where(
                Question.event_id == self._world.event_id, Question.text == asked.text
            )
        )

    def _until(self, moment: datetime | None) -> None:
        while (due := self._due()) and (moment is None or due <= moment):
            self._settle(due)

    def _due(self) -> datetime | None:
        return jobs.next_due(self._database, self._world.event_id)

    def _settle(self, now: datetime) -> None:
        jobs.tick(self._database, self._world.event_id, now)
        assert (due := self._due()) is None or due > now, "the same is due again"
        self._database.expire_all()
        waiting = select(Delivery).where(
            Delivery.event_id == self._world.event_id, Delivery.state == QUEUED
        )
        for delivery in self._database.scalars(waiting.order_by(Delivery.operation.desc())).all():
            self._send(delivery, now)
            delivery.state = SENT
        self._database.flush()

    def _send(self, delivery: Delivery, now: datetime) -> None:
        card = self._world.card(delivery)
        if delivery.operation == POST:
            about, _, rest = card.summary.partition(" · ")
            place = delivery.channel or self._reader(delivery)
            # The reasons for which a question is held stand before it.
            message = Expected(place, now, (rest.rpartition(" · ")[2],), about)
            self.told.append(message)
            self.shown[delivery.delivery_id] = message, card
        elif delivery.edits in self.shown:
            message, _ = self.shown[delivery.edits]
            self.shown[delivery.edits] = message, card

    def _reader(self, delivery: Delivery) -> str:
        """Whom a direct message is for, sealed or not."""
        ids = {person.participant_id: who for who, person in self._people.items()}
        if delivery.sealed_to is None or delivery.sealed_by is None:
            return ids[delivery.participant_id or ""]
        key = self._keys.key_of(self._world.event_id, delivery.sealed_by)
        assert key is not None
        return ids[opened(key, delivery.sealed_to, ids) or ""]

    def finals(self) -> dict[str, Shown]:
        return {
            _key(message): Shown(
                message,
                card.summary.partition(" · ")[0],
                frozenset(_lines(card)) if message.about == "Questions" else None,
            )
            for message, card in self.shown.values()
        }


CHANGES = {
    Do.PUBLISH: moderation.publish,
    Do.RESTORE: moderation.restore,
    Do.SCREEN: moderation.put_on_screen,
    Do.LATER: moderation.later,
    Do.ANSWERED: moderation.answered,
}


def _lines(card: Card) -> Iterator[Line]:
    """What a board shows, without the sentence that its session is cancelled."""
    for section in filter(lambda one: one.title, card.sections):
        *state, facts = [part for line in section.lines for part in line.split(" · ")][:2]
        if "soutien" not in facts:
            state, facts = [], state[0]
        yield Line(section.title, "".join(state), int(facts.split()[0]))


def _imported(session: Session) -> ProgrammeSession:
    return ProgrammeSession(
        source_id=session.id,
        title=session.title,
        kind="round_table",
        room=session.room,
        track=None,
        language=None,
        starts_at=session.start,
        ends_at=session.end,
        speakers=(),
    )


def _key(message: Expected) -> str:
    return f"{message.moment.astimezone(UTC)} {message.place} {message.about} {message.titles}"


@pytest.fixture(scope="module")
def database(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    copied = tmp_path_factory.mktemp("rules") / "rules.db"
    copied.write_bytes(migrated_sqlite.read_bytes())
    engine = create_database_engine(f"sqlite:///{copied}")
    with Database(engine) as session:
        yield session
    engine.dispose()


@pytest.mark.parametrize("seed", range(DAYS))
def test_the_bot_says_what_the_oracle_foretells(database: Database, seed: int) -> None:
    day = Day.made_by(random.Random(seed))
    rules = Rules(zone=PARIS, general="general", questions="team")
    foretold = foretell(rules, day.imports, {}, day.deeds, HOSTS, day.at_once)
    desk = Desk(database, day)
    finals = desk.finals()
    database.rollback()
    assert sorted(map(_key, desk.told)) == sorted(
        _key(one) for one in foretold.messages if one.about
    )
    for shown in foretold.shown:
        found = finals[_key(shown.post)]
        assert (found.about, found.board) == (shown.about, shown.board)

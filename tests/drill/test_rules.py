"""Random congresses: what the bot's own jobs say, against what the oracle foretells.

The two were written apart. Where they differ, one of them has a rule wrong.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session as Database

from bot.core.cards import Card
from bot.db.engine import create_database_engine
from bot.delivery.tables import POST, QUEUED, SENT, Delivery
from bot.drill.expected import Expected, Final
from bot.drill.files import Rules, Session
from bot.drill.oracle import foretell
from bot.features.programme import jobs
from bot.features.programme.model import ProgrammeSession, Speaker
from tests.support.factories import PARIS, World, at, event_file

PEOPLE = ("ana@example.org", "ben@example.org", "eva@example.org")
TITLE = re.compile(r"T\d+[a-c]")
CONGRESSES = 25


@dataclass(frozen=True)
class Congress:
    imports: Sequence[tuple[datetime, Sequence[Session]]]
    stars: Mapping[str, Collection[str]]
    posts_a_day: int
    messages_a_day: int

    @classmethod
    def made_by(cls, chance: random.Random) -> Congress:
        moment, programme = at("06:00"), [_session(chance, n) for n in range(chance.randint(2, 9))]
        stars = {who: [one.id for one in programme if chance.random() < 0.5] for who in PEOPLE}
        imports = [(moment, programme)]
        moment = at("08:00")
        for _ in range(chance.randint(0, 3)):
            moment += timedelta(minutes=chance.choice((1, 2, 3, 5, 7, 10, 30, 60, 90, 480)))
            known = {one.id: one for _, sessions in imports for one in sessions}
            programme = list(_changed(chance, known, imports[-1][1], moment))
            if chance.random() < 0.3:
                programme.append(_session(chance, len(known)))
            imports.append((moment, programme))
        return cls(imports, stars, chance.choice((2, 3, 16)), chance.choice((2, 3, 8)))


def _session(chance: random.Random, number: int) -> Session:
    day, slots = (12, 36) if chance.random() < 0.7 else (chance.choice((12, 13)), 130)
    start = at("09:00", day) + timedelta(minutes=5 * chance.randrange(slots))
    return Session(
        id=f"s{number}",
        title=f"T{number}a",
        room=chance.choice("AB"),
        track=None,
        start=start,
        end=start + timedelta(minutes=chance.choice((10, 20, 30, 45, 60, 120))),
        speakers=_speakers(chance, 0.12),
    )


def _speakers(chance: random.Random, share: float) -> frozenset[str]:
    return frozenset(who for who in PEOPLE if chance.random() < share)


def _changed(
    chance: random.Random,
    known: Mapping[str, Session],
    programme: Collection[Session],
    now: datetime,
) -> Iterator[Session]:
    """Half stays; the rest moves, changes, disappears; some of what was gone returns."""
    present = {one.id for one in programme}
    for was in known.values():
        if was.id not in present:
            if chance.random() < 0.3:
                yield was
            continue
        match chance.choice(
            ("", "", "", "", "start", "start", "room", "speakers", "title", "gone")
        ):
            case "start":
                by = timedelta(minutes=5 * chance.choice((-12, -4, -3, -2, -1, 1, 2, 3, 4, 6, 24)))
                # Nobody moves a session to where it would be over.
                yield replace(was, start=was.start + by, end=max(was.end + by, now + by))
            case "room":
                yield replace(was, room=chance.choice("AB"))
            case "speakers":
                yield replace(was, speakers=_speakers(chance, 0.3))
            case "title":
                yield replace(was, title=was.title[:-1] + chance.choice("bc"))
            case "":
                yield was


class House:
    """The bot's programme without a platform: what is enqueued counts as sent at once."""

    def __init__(self, database: Database, congress: Congress) -> None:
        channels = {"general": "general", "rooms": {"B": "b"}}
        file = event_file(channels=channels)
        limits = {
            "posts_a_day": congress.posts_a_day,
            "messages_a_day": congress.messages_a_day,
        }
        file = event_file(channels=channels, budget=file.budget.model_dump() | limits)
        self._world = World(database, file)
        self._database = database
        first, _ = congress.imports[0]
        people = {who: self._world.person(who.partition("@")[0], first) for who in PEOPLE}
        self._emails = {person.participant_id: who for who, person in people.items()}
        self.told: list[Expected] = []
        self.shown: dict[str, tuple[Expected, Card]] = {}
        for moment, sessions in congress.imports:
            self._until(moment)
            self._world.imports(*map(_imported, sessions), now=moment)
            if moment == first:
                for who, chosen in congress.stars.items():
                    self._world.star(people[who], *chosen, now=moment)
            self._settle(moment)
        self._until(None)

    def _until(self, moment: datetime | None) -> None:
        while (due := self._due()) and (moment is None or due <= moment):
            self._settle(due)

    def _due(self) -> datetime | None:
        return jobs.next_due(self._database, self._world.event_id)

    def _settle(self, now: datetime) -> None:
        jobs.tick(self._database, self._world.event_id, now)
        assert (due := self._due()) is None or due > now, "the same is due again"
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
            place = delivery.channel or self._emails[delivery.participant_id or ""]
            message = Expected(place, now, tuple(sorted(TITLE.findall(card.summary))))
            self.told.append(message)
            if delivery.message == "programme.announced":
                self.shown[delivery.delivery_id] = message, card
        elif delivery.edits in self.shown:
            message, _ = self.shown[delivery.edits]
            self.shown[delivery.edits] = message, card

    def finals(self) -> list[Final]:
        return [_final(message, card) for message, card in self.shown.values()]


def _imported(session: Session) -> ProgrammeSession:
    return ProgrammeSession(
        source_id=session.id,
        title=session.title,
        kind="plenary",
        room=session.room,
        track=None,
        language=None,
        starts_at=session.start,
        ends_at=session.end,
        speakers=tuple(Speaker(who.partition("@")[0], who) for who in sorted(session.speakers)),
    )


def _final(message: Expected, card: Card) -> Final:
    def marked(word: str) -> frozenset[str]:
        return frozenset(part.title for part in card.sections if word in " ".join(part.lines))

    return Final(
        message,
        titles=frozenset(part.title for part in card.sections),
        under_way=card.title == "En cours",
        moved=marked("Déplacée"),
        cancelled=marked("Annulée"),
    )


def _sorted(messages: Collection[Expected]) -> list[tuple[datetime, str, tuple[str, ...]]]:
    return sorted((one.moment.astimezone(UTC), one.place, one.titles) for one in messages)


@pytest.fixture(scope="module")
def database(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    copied = tmp_path_factory.mktemp("rules") / "rules.db"
    copied.write_bytes(migrated_sqlite.read_bytes())
    engine = create_database_engine(f"sqlite:///{copied}")
    with Database(engine) as session:
        yield session
    engine.dispose()


@pytest.mark.parametrize("seed", range(CONGRESSES))
def test_the_bot_says_what_the_oracle_foretells(database: Database, seed: int) -> None:
    congress = Congress.made_by(random.Random(seed))
    rules = Rules(
        zone=PARIS,
        rooms={"B": "b"},
        posts_a_day=congress.posts_a_day,
        messages_a_day=congress.messages_a_day,
    )
    foretold = foretell(rules, congress.imports, congress.stars)
    house = House(database, congress)
    database.rollback()
    assert _sorted(house.told) == _sorted(foretold.messages)
    finals = {_sorted([one.post])[0]: one for one in house.finals()}
    for final in foretold.finals:
        found = finals[_sorted([final.post])[0]]
        assert replace(found, post=final.post) == final

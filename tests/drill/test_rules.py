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
from bot.drill.lateness import Late, made_later
from bot.drill.oracle import foretell
from bot.features.delays.actions import announce_delay, undo_delay
from bot.features.delays.model import seen_end
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
    delays: Sequence[Late] = ()

    @classmethod
    def running_late(cls, chance: random.Random) -> Congress:
        """In each room one session follows another, and something runs late twice."""
        programme = list(_in_turn(chance))
        stars = {who: [one.id for one in programme if chance.random() < 0.5] for who in PEOPLE}
        first = _late(chance, programme, at("09:00"))
        second = _late(chance, programme, at("12:00"))
        delays = [one for one in (first, second) if one]
        return cls([(at("06:00"), programme)], stars, 16, chance.choice((2, 3, 8)), delays)

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


def _in_turn(chance: random.Random) -> Iterator[Session]:
    """A morning and an afternoon, with so long a pause between that they do not meet."""
    number = 0
    for room in ("A", "B", "Village"):
        for start in (at("09:00"), at("15:00")):
            for _ in range(chance.randint(0, 3)):
                start += timedelta(minutes=5 * chance.randint(0, 4))
                kind = "networking" if room == "Village" else "plenary"
                made = replace(_session(chance, number), room=room, kind=kind)
                made = replace(made, start=start, end=start + (made.end - made.start) / 2)
                number, start = number + 1, made.end
                yield made


def _late(chance: random.Random, programme: Sequence[Session], since: datetime) -> Late | None:
    """Within three hours, and perhaps taken back while that still can be."""
    now = since + timedelta(minutes=chance.randrange(180))
    half = [one for one in programme if since <= one.start < since + timedelta(hours=3)]
    able = [one for one in half if one.end > now]
    if not able:
        return None
    late = Late(now, chance.choice(able).id, chance.choice((3, 5, 10, 15, 30)))
    known = {one.id: one for one in programme}
    restored = [
        moment
        for name, after in made_later(known, late).items()
        for moment, then in zip(
            (known[name].start, known[name].end), (after.start, after.end), strict=True
        )
        if moment != then
    ]
    until = now + timedelta(minutes=chance.choice((1, 2, 4, 7)))
    return replace(late, until=until) if until < min(restored) and chance.random() < 0.6 else late


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
        self._host = self._world.person("ada", first)
        for moment, sessions in congress.imports:
            self._until(moment)
            self._world.imports(*map(_imported, sessions), now=moment)
            if moment == first:
                for who, chosen in congress.stars.items():
                    self._world.star(people[who], *chosen, now=moment)
            self._settle(moment)
        for late in congress.delays:
            self._run_late(late)
        self._until(None)

    def _run_late(self, late: Late) -> None:
        self._until(late.at)
        row = self._world.row(late.session)
        seen = seen_end(row.ends_at)
        delay_id = announce_delay(
            self._database, self._host, row.session_id, late.minutes, seen, late.at
        )
        self._settle(late.at)
        if late.until:
            self._until(late.until)
            undo_delay(self._database, self._host, delay_id, late.until)
            self._settle(late.until)

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
        kind=session.kind or "plenary",
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
        under_way=card.title.startswith("En cours"),
        moved=marked("Déplacée"),
        cancelled=marked("Annulée"),
        late=marked("fin prévue à"),
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
    _agree(database, Congress.made_by(random.Random(seed)))


@pytest.mark.parametrize("seed", range(CONGRESSES))
def test_and_what_it_foretells_of_what_runs_late(database: Database, seed: int) -> None:
    _agree(database, Congress.running_late(random.Random(seed)))


def _agree(database: Database, congress: Congress) -> None:
    rules = Rules(
        zone=PARIS,
        rooms={"B": "b"},
        posts_a_day=congress.posts_a_day,
        messages_a_day=congress.messages_a_day,
    )
    foretold = foretell(rules, congress.imports, congress.stars, delays=congress.delays)
    house = House(database, congress)
    database.rollback()
    assert _sorted(house.told) == _sorted(foretold.messages)
    finals = {_sorted([one.post])[0]: one for one in house.finals()}
    for final in foretold.finals:
        found = finals[_sorted([final.post])[0]]
        assert replace(found, post=final.post) == final

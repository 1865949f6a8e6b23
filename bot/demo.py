"""The sample congress in a playground: what the demo, the drill and end-to-end tests share."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import make_url, select
from sqlalchemy.orm import Session

from bot.db.engine import create_database_engine
from bot.db.migrations import migrate
from bot.features.bulletins.infos import import_infos, parse_infos
from bot.features.events.actions import apply_event
from bot.features.events.model import EventFile, parse_event
from bot.features.events.queries import find_event
from bot.features.introductions.places import (
    import_stands,
    import_tables,
    parse_stands,
    parse_tables,
)
from bot.features.people.importing import import_people
from bot.features.people.model import parse_people
from bot.features.people.tables import Participant
from bot.features.programme.actions import import_programme
from bot.features.programme.formats.schedule_json import parse_schedule_json
from bot.features.programme.roles import (
    HOST,
    TEAM,
    WHOLE_EVENT,
    import_roles,
    moderates,
    parse_roles,
)
from bot.features.programme.tables import SessionRow
from bot.features.questions.asking import ask
from bot.features.questions.model import Draft
from bot.features.questions.moderation import publish
from bot.features.questions.tables import Question
from bot.features.questions.vote_tables import QuestionVote
from bot.platforms.slack.manifest import BOT_EVENTS, BOT_SCOPES, COMMANDS, MESSAGE_SHORTCUTS
from bot.playground.installed import InstalledApp
from bot.playground.server import Playground
from bot.settings import Settings

PARIS = ZoneInfo("Europe/Paris")
DEMO_START = datetime(2019, 12, 12, 8, 43, tzinfo=PARIS)
"""Two minutes before the first session is announced in the general channel."""
DEMO_SPEED = 60.0
INSTALLED = InstalledApp(
    scopes=BOT_SCOPES, events=BOT_EVENTS, commands=COMMANDS, shortcuts=MESSAGE_SHORTCUTS
)
"""Maillon as its manifest installs it: a scope too few shows in the playground first."""


def sample_bytes(name: str) -> bytes:
    return files("bot.sample").joinpath(name).read_bytes()


def sample_event() -> EventFile:
    return parse_event(sample_bytes("event.toml").decode())


@dataclass(frozen=True)
class Guest:
    email: str
    name: str
    locale: str


def sample_guests() -> list[Guest]:
    """The participants as members of the workspace; who speaks no French reads English."""
    rows = csv.DictReader(sample_bytes("participants.csv").decode().splitlines())
    return [
        Guest(
            row["email"],
            f"{row['first_name']} {row['last_name']}",
            "fr-FR" if "fr" in row["languages"] else "en-GB",
        )
        for row in rows
    ]


def furnish(playground: Playground, event: EventFile, guests: list[Guest]) -> None:
    """The workspace as organisers would prepare it: members, and the channels of the event."""
    workspace = playground.workspace
    members = [
        workspace.add_user(guest.name, guest.email, locale=guest.locale).id for guest in guests
    ]
    question_team = {
        line.email for line in parse_roles(sample_bytes("roles.csv")) if line.role in (HOST, TEAM)
    }
    for name in event.channels.all():
        if name in event.channels.private():
            asked = question_team if name == event.channels.questions else set()
            insiders = {*event.organisers, *asked}
            team = [user.id for user in workspace.users.values() if user.email in insiders]
            workspace.add_channel(name, kind="private", members=[*team, workspace.bot.id])
        else:
            workspace.add_channel(name, members=members)


def fill_database(url: str, now: datetime, schedule: str = "schedule.json") -> str:
    """Migrate and import the sample congress; the event's id."""
    migrate(url)
    engine = create_database_engine(url)
    event = sample_event()
    programme = parse_schedule_json(
        sample_bytes(schedule), zone=event.zone, kinds=event.session_kinds
    )
    people = parse_people(
        sample_bytes("participants.csv"), [kind.id for kind in event.profile_kinds]
    )
    with Session(engine) as session, session.begin():
        apply_event(session, event, now)
        event_id = find_event(session, event.slug)
        import_people(session, event_id, people, now)
        import_programme(session, event_id, programme.sessions, now)
        import_roles(session, event_id, parse_roles(sample_bytes("roles.csv")), now)
        import_tables(session, event_id, parse_tables(sample_bytes("tables.csv")), now)
        import_stands(session, event_id, parse_stands(sample_bytes("exhibitors.csv")), now)
        import_infos(session, event_id, parse_infos(sample_bytes("infos.toml")), now)
    engine.dispose()
    return event_id


ROUND_TABLE = "S003"
"""The first that takes questions, 47 minutes after the demo begins."""
PUBLISHED = ("q01", "q02", "q04", "q06", "q07", "q10")


def ask_sample_questions(session: Session, now: datetime) -> None:
    """What people asked the first round table before the demo begins: six are published, with
    supporters; the others wait for the équipe Questions."""
    event_id = find_event(session)
    of_table = (SessionRow.event_id == event_id, SessionRow.code == ROUND_TABLE)
    table = session.scalars(select(SessionRow).where(*of_table)).one()
    everybody = select(Participant).where(Participant.event_id == event_id)
    people = session.scalars(everybody.order_by(Participant.email)).all()
    team = next(one for one in people if moderates(session, sample_event(), one, WHOLE_EVENT))
    rows = csv.DictReader(sample_bytes("questions.csv").decode().splitlines())
    asked = [row for row in rows if row["session"] == ROUND_TABLE]
    for place, row in enumerate(asked):
        askers = [one for one in people if one.kind == row["profile"]]
        draft = Draft(table.session_id, row["text"], row["language"])
        question = ask(session, askers[place % len(askers)], draft, NoKeys(), now)
        if row["id"] in PUBLISHED:
            publish(session, team, question.question_id, question.version, now)
            supporters = people[place : place + 40 - 3 * place]
            session.add_all(_vote(question, one) for one in supporters)


def _vote(question: Question, person: Participant) -> QuestionVote:
    return QuestionVote(
        event_id=question.event_id,
        question_id=question.question_id,
        participant_id=person.participant_id,
    )


class NoKeys:
    """Nobody among them asks anonymously."""

    def key_of(
        self, event_id: str, session_id: str, create_until: datetime | None = None
    ) -> bytes | None:
        return None


def playground_settings(playground: Playground, database_url: str, **more: Any) -> Settings:
    """Settings of a bot that lives in `playground` and follows its clock.

    What an `.env` says of a real workspace is overruled by name.
    """
    return Settings.model_validate(
        {
            "slack_bot_token": playground.installed.bot_token,
            "slack_app_token": playground.installed.app_token,
            "slack_signing_secret": None,
            "slack_api_url": f"{playground.url}/api/",
            "maillon_event": None,
            "maillon_http_host": "127.0.0.1",
            "database_url": database_url,
            "maillon_keys_url": _keys_url(database_url),
            "maillon_clock_url": playground.url,
            "maillon_http_port": 0,
            **more,
        }
    )


def _keys_url(database_url: str) -> str | None:
    """Never where a real congress has its keys: the clock of this one may be years ahead."""
    if make_url(database_url).get_backend_name() == "sqlite":
        return None  # beside the file
    name = hashlib.sha256(database_url.encode()).hexdigest()[:16]
    return f"sqlite:///{Path(gettempdir()) / f'maillon-keys-{name}.db'}"


@contextmanager
def sample_playground(
    start: datetime = DEMO_START,
    speed: float = 0.0,
    host: str = "127.0.0.1",
    port: int = 0,
    guests: list[Guest] | None = None,
    **more: Any,
) -> Iterator[Playground]:
    """A served playground with the sample congress' members and channels; `guests` are those who
    have joined, if not everybody."""
    more.setdefault("app", INSTALLED)
    playground = Playground(start, speed=speed, **more)
    furnish(playground, sample_event(), sample_guests() if guests is None else guests)
    with playground.serve(host, port):
        yield playground

"""Where a drill takes place: a workspace, a filled database, and a bot to be killed."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.db.engine import create_database_engine
from bot.demo import fill_database, sample_event, sample_playground
from bot.drill.blows import Struck
from bot.drill.day import AT_ONCE
from bot.drill.fleet import Fleet
from bot.drill.ledger import Ledger
from bot.drill.process import DrillError
from bot.drill.script import BEFORE, OPENING
from bot.features.people.consents import ADULT, INTRODUCTIONS, agree
from bot.features.people.queries import participant_by_email
from bot.features.people.wishes import choose
from bot.features.programme.tables import SessionRow
from bot.features.questions.model import AFTER
from bot.features.questions.sessions import change_session
from bot.playground.server import Playground

PACE_SCALE = 20.0
"""Every limit of the workspace's and every pace of the bot's, that of opening conversations too:
a thousand a minute instead of fifty."""
REST_WITHIN_S = 120.0
POLL_S = 0.03


@dataclass(frozen=True)
class Stage:
    playground: Playground
    engine: Engine
    event_id: str
    ledger: Ledger
    bots: Fleet
    database: Struck

    def rest(self, now: datetime) -> None:
        """Until nothing is due, queued, sending or unknown at event time `now`."""
        deadline = time.monotonic() + REST_WITHIN_S
        while not self.ledger.at_rest(now):
            if not self.bots.alive or time.monotonic() > deadline:
                left = dict(self.ledger.open_deliveries(now))
                raise DrillError(f"No rest at {now}: {left}\n{self.bots.last_words()}")
            time.sleep(POLL_S)


@contextmanager
def set_stage(seed: int, database: Struck, replicas: int) -> Iterator[Stage]:
    """The bots are not started yet; everything but the database is gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="maillon-drill-")))
        playground = stack.enter_context(sample_playground(OPENING, seed=seed))
        event_id = fill_database(database.url, OPENING, BEFORE)
        engine = create_database_engine(database.url)
        stack.callback(engine.dispose)
        _read_afterwards(engine, event_id)
        bots = Fleet(_settings(playground, database), folder, replicas)
        stack.callback(bots.stop)
        yield Stage(playground, engine, event_id, Ledger(engine, event_id), bots, database)


def _read_afterwards(engine: Engine, event_id: str) -> None:
    """In some sessions the équipe Questions reads what is published already."""
    with Session(engine) as session, session.begin():
        organiser = participant_by_email(session, event_id, sample_event().organisers[0])
        assert organiser is not None, "the sample's organisers are on its list"
        codes = select(SessionRow.session_id).where(
            SessionRow.event_id == event_id, SessionRow.code.in_(AT_ONCE)
        )
        for session_id in session.scalars(codes).all():
            change_session(session, organiser, session_id, OPENING, moderation=AFTER)


def agree_to_meet(stage: Stage, willing: Iterable[str], standing: Collection[str]) -> None:
    """People who said before the first day that they may be introduced, and who always want to."""
    with Session(stage.engine) as session, session.begin():
        for email in willing:
            person = participant_by_email(session, stage.event_id, email)
            assert person is not None, "they are on the sample's list"
            for purpose in (ADULT, INTRODUCTIONS):
                agree(session, person, purpose, OPENING)
            if email in standing:
                choose(session, person, OPENING, always=True)


def _settings(playground: Playground, database: Struck) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": playground.installed.bot_token,
        "SLACK_APP_TOKEN": playground.installed.app_token,
        "SLACK_API_URL": f"{playground.url}/api/",
        "DATABASE_URL": database.url,
        "MAILLON_KEYS_URL": database.keys_url,
        "MAILLON_CLOCK_URL": playground.url,
        "MAILLON_SETTLE_AFTER": str(database.settle_after),
        "MAILLON_PACE_SCALE": str(PACE_SCALE),
        "MAILLON_HTTP_PORT": "0",
    }

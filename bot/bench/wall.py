"""How soon a change of a room is on every screen that shows it, and what it costs to read.

The server is the one of the bot, on a SQLite file; the viewers live in a process of their own.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.orm import Session

import bot
from bot.bench.limits import allow_connections
from bot.core.address import PublicAddress
from bot.core.clock import SimulatedClock
from bot.db.engine import create_database_engine
from bot.db.runtime import Runtime
from bot.demo import PARIS, fill_database, sample_event
from bot.features.people.tables import Participant
from bot.features.programme.queries import of_room
from bot.features.questions.asking import ask_aloud
from bot.features.questions.moderation import put_on_screen
from bot.features.questions.rooms import room_page
from bot.features.questions.tables import Question
from bot.web import wall
from bot.web.live import Live, Topic
from bot.web.pages import Site, pages_app
from bot.web.server import serve

NOW = datetime(2019, 12, 12, 14, 10, tzinfo=PARIS)
ROOM = "Auditorium Descartes"
PUBLIC_URL = "https://maillon.example.org"
INTERVAL_S = 0.3
"""Between two changes: longer than the hub's pace, shorter than its tick."""
PATIENCE_S = 60

Seen = list[list[tuple[str, float]]]


@dataclass(frozen=True)
class Stage:
    """A session with questions, each of which comes to the screen once."""

    person: Participant
    questions: list[str]

    def show(self, session: Session, number: int) -> None:
        question = session.get(Question, (self.person.event_id, self.questions[number]))
        assert question is not None
        put_on_screen(session, self.person, question.question_id, question.version, NOW)


def furnished(url: str, questions: int) -> tuple[str, Stage]:
    """The sample congress, with as many questions as there will be changes."""
    event_id = fill_database(url, NOW)
    engine = create_database_engine(url)
    with Session(engine, expire_on_commit=False) as session, session.begin():
        person = session.scalars(
            select(Participant).where(Participant.email.in_(sample_event().organisers))
        ).first()
        assert person is not None
        wall_id = room_page(session, event_id, ROOM).wall_id
        [current, *_] = of_room(session, event_id, ROOM, NOW)
        asked = [
            ask_aloud(session, person, current.session_id, _TEXT.format(number), "fr", NOW)
            for number in range(questions)
        ]
    engine.dispose()
    return wall_id, Stage(person, [question.question_id for question in asked])


_TEXT = "Pourquoi faut-il {} mois pour qu'un traitement autorisé arrive jusqu'aux malades ?"


def measure(viewers: int, changes: int) -> dict[str, float | int]:
    allow_connections(viewers)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/wall.db"
        wall_id, stage = furnished(url, changes + 1)
        return asyncio.run(_measure(url, wall_id, stage, viewers))


async def _measure(url: str, wall_id: str, stage: Stage, viewers: int) -> dict[str, float | int]:
    engine = create_database_engine(url)
    runtime = Runtime(engine)
    clock = SimulatedClock(NOW)
    live = Live(runtime, clock)
    site = Site(runtime, clock, live, PublicAddress(PUBLIC_URL))
    topic = wall.WallTopic(wall_id, PUBLIC_URL)
    try:
        async with (
            serve("127.0.0.1", 0, pages_app(wall.routes(site))) as address,
            live.running(),
            _viewers(address, f"/wall/{wall_id}/live", viewers) as process,
        ):
            with _counting(engine) as reads:
                committed = await _changes(runtime, live, topic, stage, reads)
            seen = await _seen(process, committed)
    finally:
        runtime.close()
    return _figures(committed, seen, reads)


@dataclass
class _Reads:
    """Of the hub: nothing else reads while it is measured."""

    transactions: int = 0
    statements: int = 0


@contextmanager
def _counting(engine: Engine) -> Iterator[_Reads]:
    reads = _Reads()

    def begun(connection: Connection) -> None:
        reads.transactions += connection.get_execution_options().get("read_only", False)

    def executed(connection: Connection, _: Any, statement: str, *__: Any) -> None:
        ours = not statement.startswith(("PRAGMA", "BEGIN"))
        reads.statements += ours and connection.get_execution_options().get("read_only", False)

    event.listen(engine, "begin", begun)
    event.listen(engine, "before_cursor_execute", executed)
    try:
        yield reads
    finally:
        event.remove(engine, "begin", begun)
        event.remove(engine, "before_cursor_execute", executed)


async def _changes(
    runtime: Runtime, live: Live, topic: Topic, stage: Stage, reads: _Reads
) -> dict[str, float]:
    """When each version was committed. A first change is not counted: it starts the pace."""
    committed: dict[str, float] = {}
    async with aclosing(live.follow(topic)) as states:
        await anext(states)
        for number in range(len(stage.questions)):
            moment = 0.0

            def use_case(session: Session, number: int = number) -> None:
                nonlocal moment
                stage.show(session, number)
                session.flush()
                moment = time.monotonic()

            await runtime.run(use_case)
            state = await anext(states)
            assert state is not None, "the hub did not notice"
            if number == 0:
                reads.transactions = reads.statements = 0
            else:
                committed[state.version] = moment
            await asyncio.sleep(INTERVAL_S)
    return committed


@asynccontextmanager
async def _viewers(address: str, path: str, number: int) -> AsyncIterator[Process]:
    where = urlsplit(address)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.bench.viewers"),
        *(where.hostname or "", str(where.port), path, str(number)),
        stdin=PIPE,
        stdout=PIPE,
        limit=1 << 30,  # what all saw comes on one line
        env={**os.environ, "PYTHONPATH": str(Path(bot.__file__).parent.parent)},
    )
    try:
        await _line(process)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _line(process: Process) -> bytes:
    assert process.stdout
    line = await asyncio.wait_for(process.stdout.readline(), PATIENCE_S)
    if not line:
        raise RuntimeError("the viewers ended by themselves")
    return line


async def _seen(process: Process, committed: dict[str, float]) -> Seen:
    assert process.stdin
    process.stdin.write(f"{list(committed)[-1]}\n".encode())
    await process.stdin.drain()
    seen: Seen = json.loads(await _line(process))
    return seen


def _figures(committed: dict[str, float], seen: Seen, reads: _Reads) -> dict[str, float | int]:
    waits = [
        moment - committed[version]
        for viewer in seen
        for version, moment in viewer
        if version in committed
    ]
    percentiles = quantiles(waits, n=100, method="inclusive")
    changes = len(committed)
    return {
        "viewers": len(seen),
        "changes": changes,
        "p50_s": round(percentiles[49], 4),
        "p99_s": round(percentiles[98], 4),
        "queries_per_change": round(reads.transactions / changes, 2),
        "statements_per_change": round(reads.statements / changes, 2),
        "missed": len(seen) * changes - len(waits),
    }

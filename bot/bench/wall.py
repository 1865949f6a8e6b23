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
from html import escape
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, event, update
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import bot
from bot.bench.limits import allow_connections
from bot.core.clock import SimulatedClock
from bot.db.engine import create_database_engine
from bot.db.runtime import Runtime
from bot.demo import PARIS, fill_database
from bot.features.programme.queries import of_room
from bot.features.programme.tables import SessionRow
from bot.web.live import Live, Snapshot, Topic
from bot.web.pages import pages_app
from bot.web.server import serve
from bot.web.streams import live_response

NOW = datetime(2019, 12, 12, 11, 10, tzinfo=PARIS)
ROOM = "Auditorium Descartes"
PATH = "/wall/live"
INTERVAL_S = 0.3
"""Between two changes: longer than the hub's pace, shorter than its tick."""
PATIENCE_S = 60

Seen = list[list[tuple[str, float]]]


@dataclass(frozen=True)
class RoomNow:
    """What is watched: for now, what takes place in a room and what comes next."""

    event_id: str
    room: str

    def load(self, session: Session, now: datetime) -> Snapshot:
        entries = of_room(session, self.event_id, self.room, now)[:3]
        html = "".join(
            f"<article><h2>{escape(entry.title)}</h2><p>{entry.starts_at:%H:%M} "
            f"{escape(', '.join(speaker.name for speaker in entry.speakers))}</p></article>"
            for entry in entries
        )
        return Snapshot.of({"fr": html})


def watched(event_id: str) -> Topic:
    return RoomNow(event_id, ROOM)


def change(session: Session, event_id: str, number: int) -> None:
    """What the room sees differently afterwards."""
    [current, *_] = of_room(session, event_id, ROOM, NOW)
    title = f"{current.title.split(' (')[0]} ({number})"
    session.execute(
        update(SessionRow)
        .where(SessionRow.event_id == event_id, SessionRow.session_id == current.session_id)
        .values(title=title)
    )


def measure(viewers: int, changes: int) -> dict[str, float | int]:
    allow_connections(viewers)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/wall.db"
        event_id = fill_database(url, NOW)
        return asyncio.run(_measure(url, event_id, viewers, changes))


async def _measure(url: str, event_id: str, viewers: int, changes: int) -> dict[str, float | int]:
    engine = create_database_engine(url)
    runtime = Runtime(engine)
    live = Live(runtime, SimulatedClock(NOW))
    topic = watched(event_id)

    async def stream(request: Request) -> Response:
        return await live_response(live, request, topic, "fr")

    try:
        async with (
            serve("127.0.0.1", 0, pages_app([Route(PATH, stream)])) as address,
            live.running(),
            _viewers(address, viewers) as process,
        ):
            with _counting(engine) as reads:
                committed = await _changes(runtime, live, topic, event_id, changes, reads)
            seen = await _seen(process, committed)
    finally:
        runtime.close()
    return {"viewers": viewers, "changes": changes} | _figures(committed, seen, reads, viewers)


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
    runtime: Runtime, live: Live, topic: Topic, event_id: str, changes: int, reads: _Reads
) -> dict[str, float]:
    """When each version was committed. A first change is not counted: it starts the pace."""
    committed: dict[str, float] = {}
    async with aclosing(live.follow(topic)) as states:
        await anext(states)
        for number in range(changes + 1):
            moment = 0.0

            def use_case(session: Session, number: int = number) -> None:
                nonlocal moment
                change(session, event_id, number)
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
async def _viewers(address: str, number: int) -> AsyncIterator[Process]:
    where = urlsplit(address)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.bench.viewers"),
        *(where.hostname or "", str(where.port), PATH, str(number)),
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


def _figures(
    committed: dict[str, float], seen: Seen, reads: _Reads, viewers: int
) -> dict[str, float | int]:
    waits = sorted(
        moment - committed[version]
        for viewer in seen
        for version, moment in viewer
        if version in committed
    )
    percentiles = quantiles(waits, n=100, method="inclusive")
    return {
        "p50_s": round(percentiles[49], 4),
        "p99_s": round(percentiles[98], 4),
        "queries_per_change": round(reads.transactions / len(committed), 2),
        "statements_per_change": round(reads.statements / len(committed), 2),
        "missed": viewers * len(committed) - len(waits),
    }

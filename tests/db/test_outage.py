"""A database that goes away in the middle, and comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import delete, event, select, text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from bot.core.errors import UnavailableError
from bot.db import engine as engines
from bot.db import outage
from bot.db.batches import Batches
from bot.db.engine import create_database_engine
from bot.db.inbox import SeenKey, first_time
from bot.db.runtime import Runtime
from tests.db.test_runtime import adds, slugs
from tests.delivery.support import START, run
from tests.support.outages import commit_in_doubt


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outage, "PROVEN_S", 0.05)


@pytest.fixture
def runtime(kept_runtime: Runtime) -> Iterator[Runtime]:
    yield kept_runtime
    with Session(kept_runtime.engine) as session, session.begin():
        session.execute(delete(SeenKey))


def once(key: str, tries: list[str]) -> Callable[[Session], bool]:
    """A use case that knows by its key what it did."""

    def use_case(session: Session) -> bool:
        tries.append(key)
        return first_time(session, "a", key, START)

    return use_case


def keys(runtime: Runtime) -> list[str]:
    with Session(runtime.engine) as session:
        return list(session.scalars(select(SeenKey.key).order_by(SeenKey.key)))


def test_what_a_lost_commit_did_is_recognised(runtime: Runtime) -> None:
    run(runtime.run(adds("a")))
    tries: list[str] = []
    with commit_in_doubt(runtime):
        fresh = run(runtime.run(once("k", tries)))
    assert (fresh, len(tries), keys(runtime)) == (False, 2, ["k"])


def test_a_batch_whose_commit_was_lost_is_written_once(runtime: Runtime) -> None:
    run(runtime.run(adds("a")))

    def together(session: Session, items: Any) -> list[bool]:
        return [first_time(session, "a", item, START) for item in items]

    async def scene() -> list[bool]:
        batches = Batches(runtime, together)
        return await asyncio.gather(*(batches.add(f"k{n}") for n in range(5)))

    with commit_in_doubt(runtime):
        run(scene())
    assert keys(runtime) == [f"k{n}" for n in range(5)]


@pytest.mark.postgresql
def test_a_connection_that_is_lost_before_the_commit_leaves_nothing(postgresql_url: str) -> None:
    runtime = Runtime(create_database_engine(postgresql_url))
    tries = 0

    def use_case(session: Session) -> str:
        nonlocal tries
        tries += 1
        adds("a")(session)
        if tries == 1:
            me = session.scalar(text("SELECT pg_backend_pid()"))
            with runtime.engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:me, 5000)"), {"me": me})
        return adds("b")(session)

    with capture_logs() as logs:
        assert run(runtime.run(use_case)) == "b"
    assert (tries, slugs(runtime)) == (2, ["a", "b"])
    assert [(log["event"], log["sqlstate"]) for log in logs] == [("database.away", "57P01")]
    runtime.close()


@pytest.mark.postgresql
def test_a_query_that_writes_is_a_defect_and_no_outage(postgresql_url: str) -> None:
    runtime = Runtime(create_database_engine(postgresql_url))
    with capture_logs() as logs, pytest.raises(Exception, match="read-only"):
        run(runtime.read(adds("a")))
    assert logs == []
    runtime.close()


@pytest.fixture
def sqlite(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", 20)
    runtime = Runtime(create_database_engine(sqlite_url))
    yield runtime
    runtime.close()


async def back(runtime: Runtime) -> None:
    assert runtime._outage._asking is not None
    await runtime._outage._asking
    assert runtime.writable


def test_a_locked_file_is_reported_once_and_waited_for(sqlite: Runtime) -> None:
    async def scene() -> None:
        other = sqlite.engine.connect()
        other.exec_driver_sql("SELECT 1")  # and with it BEGIN IMMEDIATE
        for name in ("b", "c"):
            with pytest.raises(UnavailableError):
                await sqlite.run(adds(name), patience=0.1)
        assert not sqlite.writable
        assert await sqlite.read(lambda s: s.scalar(text("SELECT count(*) FROM events"))) == 0
        waiting = asyncio.ensure_future(sqlite.run(adds("d")))
        other.close()
        await waiting
        await back(sqlite)

    with capture_logs() as logs:
        run(scene())
    assert slugs(sqlite) == ["d"]
    assert [log["event"] for log in logs] == ["database.away", "database.back"]


def test_a_full_disk_is_one_outage_though_there_is_room_for_small_things(sqlite: Runtime) -> None:
    full = True

    @event.listens_for(sqlite.engine, "checkout")
    def limit(connection: Any, *_: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {1 if full else 1_000_000}")

    async def scene() -> None:
        nonlocal full
        big = asyncio.ensure_future(sqlite.run(adds("x" * 100_000)))
        await asyncio.sleep(0)
        with pytest.raises(UnavailableError):
            await sqlite.run(adds("y" * 100_000), patience=0.3)
        assert not sqlite.writable
        full = False
        assert await big
        await back(sqlite)

    with capture_logs() as logs:
        run(scene())
    assert [len(slug) for slug in slugs(sqlite)] == [100_000]
    assert [log["event"] for log in logs] == ["database.away", "database.back"]
    assert "full" in logs[0]["reason"]

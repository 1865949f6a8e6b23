"""Use cases in their transactions: committed, repeated, withdrawn or awaited."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from bot.core.errors import BusyError
from bot.db.engine import create_database_engine
from bot.db.runtime import ATTEMPTS, Runtime
from bot.features.events.tables import Event
from tests.delivery.support import START, run


def adds(slug: str) -> Callable[[Session], str]:
    def use_case(session: Session) -> str:
        session.add(Event(event_id=slug, slug=slug, settings={}, applied_at=START))
        session.flush()
        return slug

    return use_case


def slugs(runtime: Runtime) -> list[str]:
    with Session(runtime.engine) as session:
        return list(session.scalars(select(Event.slug).order_by(Event.slug)))


def test_the_result_comes_after_the_commit(runtime: Runtime) -> None:
    woken: list[list[str]] = []
    runtime.after_commit.append(lambda: woken.append(slugs(runtime)))
    assert run(runtime.run(adds("a"))) == "a"
    assert run(runtime.run(adds("b"), wakes=False)) == "b"
    assert woken == [["a"]]
    assert slugs(runtime) == ["a", "b"]


def test_what_fails_leaves_nothing_and_wakes_nobody(runtime: Runtime) -> None:
    runtime.after_commit.append(lambda: pytest.fail("nothing was committed"))

    def use_case(session: Session) -> None:
        adds("a")(session)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(runtime.run(use_case))
    assert slugs(runtime) == []


class Deadlock(Exception):  # noqa: N818 (as psycopg names it)
    sqlstate = "40P01"


@pytest.mark.parametrize("times", [1, ATTEMPTS - 1, ATTEMPTS])
def test_a_deadlock_is_repeated(runtime: Runtime, times: int) -> None:
    tries = 0

    def use_case(session: Session) -> str:
        nonlocal tries
        tries += 1
        adds("a")(session)
        if tries <= times:
            raise OperationalError("", {}, Deadlock())
        return "done"

    if times < ATTEMPTS:
        assert run(runtime.run(use_case)) == "done"
        assert (tries, slugs(runtime)) == (times + 1, ["a"])
    else:
        with pytest.raises(OperationalError):
            run(runtime.run(use_case))
        assert (tries, slugs(runtime)) == (ATTEMPTS, [])


def test_another_trouble_is_not_repeated(runtime: Runtime) -> None:
    run(runtime.run(adds("a")))
    tries = 0

    def use_case(session: Session) -> None:
        nonlocal tries
        tries += 1
        adds("a")(session)

    with pytest.raises(IntegrityError):
        run(runtime.run(use_case))
    assert tries == 1


class Blocker:
    """A use case that goes on when it is told to; as many of them as there are writers."""

    def __init__(self, writers: int) -> None:
        self.begun, self.go_on = threading.Semaphore(0), threading.Event()
        self.writers = writers

    def __call__(self, session: Session) -> None:
        self.begun.release()
        assert self.go_on.wait(10)

    async def occupy(self, runtime: Runtime) -> list[asyncio.Task[None]]:
        tasks = [asyncio.ensure_future(runtime.run(self)) for _ in range(self.writers)]
        for _ in tasks:
            await asyncio.to_thread(self.begun.acquire)
        return tasks


def blocker(runtime: Runtime) -> Blocker:
    return Blocker(runtime._writers._max_workers)


def test_what_could_not_begin_is_withdrawn_for_good(runtime: Runtime) -> None:
    block = blocker(runtime)

    async def scene() -> None:
        running = await block.occupy(runtime)
        with pytest.raises(BusyError):
            await runtime.run(adds("late"), begin_within=0.01)
        block.go_on.set()
        await asyncio.gather(*running)
        await runtime.run(adds("next"))  # the writers have passed the withdrawn one

    run(scene())
    assert slugs(runtime) == ["next"]


def test_a_writer_of_another_process_withdraws_too(sqlite_url: str) -> None:
    """SQLite has one write lock for all processes; waiting for it is not yet begun."""
    runtime = Runtime(create_database_engine(sqlite_url))

    async def scene() -> None:
        with Session(runtime.engine) as other, other.begin():
            other.connection()
            with pytest.raises(BusyError):
                await runtime.run(adds("late"), begin_within=0.01)
        await runtime.run(adds("next"))

    run(scene())
    assert slugs(runtime) == ["next"]
    runtime.close()


def test_what_has_begun_is_awaited_however_long_it_takes(runtime: Runtime) -> None:
    block = blocker(runtime)
    block.writers = 1

    def use_case(session: Session) -> str:
        block(session)
        return adds("a")(session)

    async def scene() -> str:
        task = asyncio.ensure_future(runtime.run(use_case, begin_within=0.5))
        await asyncio.to_thread(block.begun.acquire)
        await asyncio.sleep(0.6)
        assert not task.done()
        block.go_on.set()
        return await task

    assert run(scene()) == "a"
    assert slugs(runtime) == ["a"]


def test_reads_do_not_wait_for_writers(runtime: Runtime) -> None:
    block = blocker(runtime)

    async def scene() -> Any:
        running = await block.occupy(runtime)
        seen = await runtime.read(lambda s: list(s.scalars(select(Event.slug))))
        block.go_on.set()
        await asyncio.gather(*running)
        return seen

    assert run(scene()) == []


def test_a_read_writes_nothing_on_either_database(runtime: Runtime) -> None:
    with pytest.raises(DBAPIError):
        run(runtime.read(adds("a")))
    run(runtime.run(adds("b")))  # the connection it used is as good as before
    assert slugs(runtime) == ["b"]


def test_a_read_sees_one_state(runtime: Runtime) -> None:
    def query(session: Session) -> tuple[int, int]:
        count = text("select count(*) from events")
        before = session.scalar(count)
        with Session(runtime.engine) as other, other.begin():
            adds("a")(other)
        return before or 0, session.scalar(count) or 0

    assert run(runtime.read(query)) == (0, 0)
    assert slugs(runtime) == ["a"]


def test_an_ack_means_on_disk(runtime: Runtime) -> None:
    sqlite = runtime.engine.dialect.name == "sqlite"
    setting = "PRAGMA synchronous" if sqlite else "SHOW synchronous_commit"
    with runtime.engine.connect() as connection:
        assert connection.exec_driver_sql(setting).scalar() == (2 if sqlite else "on")

"""Processes on one PostgreSQL hear of one another's commits."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator

import pytest
from sqlalchemy import Engine, make_url, text

from bot.db import others
from bot.db.engine import create_database_engine
from bot.db.others import CHANNEL, Others
from tests.delivery.support import run
from tests.support.pgbouncer import pgbouncer

EVERYTHING = "everything"


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[Engine]:
    engine = create_database_engine(postgresql_url)
    yield engine
    engine.dispose()


class Process:
    """One that leaves `left` to others, and what it heard of them."""

    def __init__(self, engine: Engine, *left: str, at: str | None = None) -> None:
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.others = Others(engine, make_url(at) if at else engine.url, left, self._hears)

    def _hears(self, left: Collection[str] | None) -> None:
        self.heard.put_nowait(EVERYTHING if left is None else " ".join(left))

    async def next(self) -> str:
        return await asyncio.wait_for(self.heard.get(), 30)


@pytest.mark.postgresql
def test_who_commits_is_heard_by_the_others_with_what_is_left_to_them(postgresql: Engine) -> None:
    async def scene() -> None:
        one, other = Process(postgresql, "clock", "deliveries"), Process(postgresql)
        async with one.others.listened_to(), other.others.listened_to():
            assert (await one.next(), await other.next()) == (EVERYTHING, EVERYTHING)
            one.others.tell()
            assert await other.next() == "clock deliveries"
            other.others.tell()
            assert await one.next() == ""
            assert other.heard.empty(), "nobody hears himself"

    run(scene())


@pytest.mark.postgresql
def test_many_commits_are_told_together(
    postgresql: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(others, "EVERY_S", 0.01)

    async def scene() -> None:
        one, other = Process(postgresql, "clock"), Process(postgresql)
        async with other.others.listened_to():
            assert await other.next() == EVERYTHING
            async with one.others.listened_to():
                for _ in range(1000):
                    one.others.tell()
                    await asyncio.sleep(0)
            # It left only when the last of them was told.
            assert await other.next() == "clock"
            assert other.heard.qsize() < 100

    run(scene())


@pytest.mark.postgresql
def test_a_lost_connection_is_opened_again_and_nothing_is_missed(
    postgresql: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(others, "FIRST_S", 0.01)
    end = text("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query = :said")

    async def scene() -> None:
        one = Process(postgresql)
        async with one.others.listened_to():
            assert await one.next() == EVERYTHING
            with postgresql.connect() as connection:
                assert connection.scalar(end, {"said": f"LISTEN {CHANNEL}"}) == 1
            assert await one.next() == EVERYTHING, "whatever was said meanwhile"

    run(scene())


@pytest.mark.pgbouncer
def test_nobody_listens_through_a_pooler(postgresql_url: str) -> None:
    """It would tell of nothing. What is said through it is heard at the server itself."""

    async def scene(through: str) -> None:
        engine = create_database_engine(through)
        one, other = Process(engine, "clock"), Process(engine, at=postgresql_url)
        await asyncio.wait_for(one.others._listen(), 30)
        assert one.heard.empty()
        async with other.others.listened_to():
            assert await other.next() == EVERYTHING
            one.others.tell()
            assert await other.next() == "clock"
        engine.dispose()

    with pgbouncer(postgresql_url) as through:
        run(scene(through))

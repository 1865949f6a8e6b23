"""What any Maillon stands on: its database, and event time."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
from sqlalchemy import make_url

from bot.core.clock import EventClock, SystemClock
from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.db.engine import create_database_engine
from bot.db.keys import KeysInDatabaseError, KeyStore, same_database
from bot.db.migrations import check_migrated
from bot.db.runtime import Runtime
from bot.playground.follow import FollowedClock
from bot.settings import Settings


class AlreadyRunningError(MaillonError):
    msgid = N_(
        "Maillon already runs on the database file {path}. "
        "Several processes need PostgreSQL: see DATABASE_URL."
    )


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[Runtime]:
    """A runtime on a database that is up to date, or the reason why not."""
    if same_database(settings.keys_url, settings.database_url):
        raise KeysInDatabaseError
    engine = create_database_engine(settings.database_url)
    runtime = Runtime(engine, KeyStore(settings.keys_url))
    try:
        await asyncio.to_thread(check_migrated, engine)
        yield runtime
    finally:
        runtime.close()


@contextmanager
def only_one_on_sqlite(url: str) -> Iterator[None]:
    """A SQLite file serves one running bot: two would wait for each other's every write.

    The lock is the operating system's, so it goes with its process, however that ends.
    """
    database_file = make_url(url).database
    if make_url(url).get_backend_name() != "sqlite" or not database_file:
        yield
        return
    with Path(f"{database_file}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunningError(path=database_file) from error
        yield


@asynccontextmanager
async def event_clock(
    settings: Settings, session: aiohttp.ClientSession
) -> AsyncIterator[EventClock]:
    if settings.maillon_clock_url is None:
        yield SystemClock()
        return
    clock = FollowedClock(settings.maillon_clock_url, session)
    await clock.start()
    try:
        yield clock
    finally:
        await clock.close()

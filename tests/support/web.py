"""Pages on a real server, in a thread of its own: browsers and tests of HTTP keep theirs busy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from bot.core.clock import EventClock, SystemClock
from bot.db.engine import create_database_engine
from bot.db.runtime import Runtime
from bot.web.live import Live
from bot.web.pages import Pages, Site, pages_app
from bot.web.server import serve

T = TypeVar("T")
PATIENCE = 10


class Served:
    """`stop` and `start` at will: it comes back at the same address."""

    def __init__(self, database_url: str, pages: Pages, clock: EventClock, live: dict[str, float]):
        self._database_url, self._pages, self._clock, self._timing = (
            database_url,
            pages,
            clock,
            live,
        )
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="served", daemon=True)
        self._thread.start()
        self._stack = AsyncExitStack()
        self._port = 0
        self.url = ""
        self.runtime: Runtime
        self.live: Live

    def start(self) -> None:
        self.url = self._wait(self._started())
        self._port = urlsplit(self.url).port or 0

    def stop(self) -> None:
        self._wait(self._stack.aclose())

    def run(self, use_case: Callable[[Session], T]) -> T:
        """A use case of the serving process, as a gesture would run it."""
        return self._wait(self.runtime.run(use_case))

    def close(self) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    async def _started(self) -> str:
        self.runtime = Runtime(create_database_engine(self._database_url))
        self._stack.callback(self.runtime.close)
        self.live = Live(self.runtime, self._clock, **self._timing)
        app = pages_app(self._pages(Site(self.runtime, self._clock, self.live)))
        url = await self._stack.enter_async_context(serve("127.0.0.1", self._port, app))
        await self._stack.enter_async_context(self.live.running())
        return url

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)


@contextmanager
def served(
    database_url: str, pages: Pages, clock: EventClock | None = None, **live: float
) -> Iterator[Served]:
    """`pages` on a database; `live` are the times of the hub (`tick_s`, `pace_s`, `beat_s`)."""
    site = Served(database_url, pages, clock or SystemClock(), live)
    site.start()
    try:
        yield site
    finally:
        site.close()

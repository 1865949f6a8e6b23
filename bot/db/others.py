"""Processes that share a PostgreSQL wake one another: LISTEN, and NOTIFY after a commit.

A transaction that notifies holds a lock of the whole server while it commits, so nobody's own
transaction does: one of its own says so afterwards, `EVERY_S` apart at least. What it says is who
speaks and which parts of the work it leaves to others. Those who look every second anyway are the
net beneath: what gets lost here is late by that, and no more.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog
from prometheus_client import Gauge
from sqlalchemy import URL, Engine, text

from bot.core.ids import new_id
from bot.db.engine import patient, pooled

if TYPE_CHECKING:
    from psycopg import AsyncConnection

log = structlog.get_logger(__name__)

LISTENING = Gauge(
    "maillon_listening", "Whether other processes wake this one (1), or it only looks"
)

CHANNEL = "maillon"
EVERY_S = 0.1
FIRST_S, LONGEST_S = 0.5, 10.0
"""Between two attempts to listen, twice as long each time."""
_NOTIFY = text("SELECT pg_notify(:channel, :said)")


class Others:
    """The other processes on the database of `engine`; `url` is where they are listened to.

    `left` is what this process leaves to them. `heard` is called in the event loop with what
    another one leaves, after each of its commits, and with everything once we begin to listen.
    """

    def __init__(
        self,
        engine: Engine,
        url: URL,
        left: Collection[str],
        heard: Callable[[Collection[str] | None], None],
    ) -> None:
        self._alone = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._url, self._heard = url, heard
        self._me = new_id()
        self._said = " ".join([self._me, *sorted(left)])
        self._telling: asyncio.Task[None] | None = None
        self._more = self._closed = False

    @asynccontextmanager
    async def listened_to(self) -> AsyncIterator[None]:
        listening = asyncio.ensure_future(self._listen())
        try:
            yield
        finally:
            self._closed = True
            listening.cancel()
            await asyncio.wait({listening})
            if self._telling is not None:
                await asyncio.wait({self._telling})

    def tell(self) -> None:
        """Something was committed. At once, or together with what comes in the next moment."""
        self._more = True
        if self._telling is None and not self._closed:
            self._telling = asyncio.ensure_future(self._tell())

    async def _tell(self) -> None:
        try:
            while self._more:
                self._more = False
                await asyncio.to_thread(self._notify)
                await asyncio.sleep(EVERY_S)
        except Exception as error:  # they look for themselves
            log.warning("others.not_told", error=type(error).__name__)
        finally:
            self._telling = None

    def _notify(self) -> None:
        with self._alone.connect() as connection:
            connection.execute(_NOTIFY, {"channel": CHANNEL, "said": self._said})

    async def _listen(self) -> None:
        """Again and again, until it turns out that nothing can be heard there."""
        import psycopg

        wait = FIRST_S
        while True:
            try:
                async with await connected(self._url) as connection:
                    if await leads_through_pooler(connection):
                        log.warning("others.not_heard", reason="a pooler tells of no NOTIFY")
                        return
                    await connection.execute(f"LISTEN {CHANNEL}")
                    LISTENING.set(1)
                    wait = FIRST_S
                    self._heard(None)  # whatever was said meanwhile
                    async for notification in connection.notifies():
                        self._take(notification.payload)
            except (psycopg.Error, OSError) as error:
                log.warning("others.not_heard", error=type(error).__name__)
            finally:
                LISTENING.set(0)
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 (no secret)
            wait = min(2 * wait, LONGEST_S)

    def _take(self, payload: str) -> None:
        who, *left = payload.split()
        if who != self._me:
            self._heard(left)


async def connected(url: URL) -> AsyncConnection:
    """A connection of one's own to the PostgreSQL at `url`."""
    from psycopg import AsyncConnection

    _, options = url.get_dialect()().create_connect_args(patient(url))
    return await AsyncConnection.connect(autocommit=True, prepare_threshold=None, **options)


async def leads_through_pooler(connection: AsyncConnection) -> bool:
    answer = await connection.execute("SELECT pg_backend_pid()")
    row = await answer.fetchone()
    return row is None or pooled(connection, row[0])


async def heard_from(engine: Engine, url: URL, within_s: float) -> bool:
    """Whether a NOTIFY by way of `engine` is heard at `url`: not if that is another database."""
    async with await connected(url) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        token = new_id()
        speaker = Others(engine, url, [token], lambda left: None)
        await asyncio.to_thread(speaker._notify)
        try:
            async with asyncio.timeout(within_s):
                async for notification in connection.notifies():
                    if token in notification.payload.split():
                        return True
        except TimeoutError:
            return False
    return False

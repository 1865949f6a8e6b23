"""A database that is away for a while: restarted, failed over, its disk full, its file locked.

Noticed once, by whoever meets it first; then one asks until it is back, and all others wait. What
was under way is run again, even where its COMMIT may have taken place: a use case recognises what
it did by a key, a lease, a unique row or a state (docs/decisions/0021-outages.md).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import structlog
from prometheus_client import Gauge
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.core.errors import UnavailableError

log = structlog.get_logger(__name__)

WRITABLE = Gauge("maillon_database_writable", "1 while the database takes writes, 0 in an outage")
WRITABLE.set(1)

FIRST_S, LONGEST_S = 0.05, 1.0
"""Between two questions whether it is back, twice as long each time."""
PROVEN_S = 1.0
"""It is back once nobody met it away for so long: what asks is small, and a disk that has room for
it may have none for the work."""
READ_ONLY_STATE = "25006"
_AWAY = {
    READ_ONLY_STATE,  # the server that we talk to is no longer the primary
    "53100",  # disk full
    "53300",  # too many connections
    "57P01",  # administrator's shutdown
    "57P02",  # crash
    "57P03",  # starting up
}
_CONNECTION = "08"
_SQLITE_AWAY = {5, 10, 13, 14}  # busy, input or output failed, full, cannot open
_A_WRITE = {
    # A record in the journal and nothing else; with a synchronous standby it arrives there, too.
    "postgresql": "SELECT pg_logical_emit_message(true, 'maillon', '')",
    "sqlite": "PRAGMA user_version = 0",  # as it is: the page is written all the same
}


def passes(error: DBAPIError, *, writing: bool = True) -> bool:
    """Whether it says something of the database's surroundings, and nothing of what was asked."""
    sqlstate = getattr(error.orig, "sqlstate", None)
    if sqlstate == READ_ONLY_STATE and not writing:
        return False  # a query that writes
    if sqlstate is not None:
        return sqlstate in _AWAY or sqlstate.startswith(_CONNECTION)
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _SQLITE_AWAY
    # psycopg's without a state come from the connection: refused, closed, timed out.
    return error.connection_invalidated or isinstance(error, OperationalError)


def ask_to_write(engine: Engine) -> None:
    """A write that changes nothing, committed; `DBAPIError` if the database takes none."""
    try:
        with engine.begin() as connection:
            connection.execute(text(_A_WRITE[engine.dialect.name]))
    except DBAPIError:
        if engine.dialect.name == "postgresql":
            engine.dispose()  # the next is asked over a new connection, of whoever is primary then
        raise


class Outage:
    """`ask` raises a `DBAPIError` while the database is away. Used in one event loop at a time."""

    def __init__(self, ask: Callable[[], None]) -> None:
        self._ask = ask
        self._asking: asyncio.Task[None] | None = None
        self._gate = asyncio.Event()
        self._met_again = False

    @property
    def lasts(self) -> bool:
        return self._asking is not None and not self._asking.done()

    def notice(self, error: DBAPIError) -> None:
        """Somebody met the database away."""
        if self.lasts:
            if self._gate.is_set():
                self._gate, self._met_again = asyncio.Event(), True
            return
        WRITABLE.set(0)
        reason = str(error.orig).strip().partition("\n")[0]
        log.error("database.away", reason=reason, sqlstate=getattr(error.orig, "sqlstate", None))
        self._gate, self._met_again = asyncio.Event(), False
        self._asking = asyncio.ensure_future(self._ask_until_back())

    async def over(self, until: float) -> None:
        """Wait for its end; `UnavailableError` if the loop's time is `until` before."""
        while self.lasts and not self._gate.is_set():
            try:
                async with asyncio.timeout_at(until):
                    await self._gate.wait()
            except TimeoutError:
                raise UnavailableError from None

    def close(self) -> None:
        if self._asking is not None and self.lasts:
            self._asking.cancel()

    async def _ask_until_back(self) -> None:
        began, pause = time.monotonic(), FIRST_S
        while True:
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_S)
            if await asyncio.to_thread(self._answers):
                self._met_again = False
                self._gate.set()
                await asyncio.sleep(PROVEN_S)
                if not self._met_again:
                    break
        WRITABLE.set(1)
        log.info("database.back", after_s=round(time.monotonic() - began, 1))

    def _answers(self) -> bool:
        try:
            self._ask()
        except DBAPIError as error:
            return not passes(error)  # what refuses the question is there
        return True

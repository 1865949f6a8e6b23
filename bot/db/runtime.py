"""Where use cases run: in worker threads, each in a transaction of its own.

A use case is a plain function over a `Session`. It never commits and may be run again, so a
serialization failure or a locked file is simply repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from bot.core.errors import BusyError
from bot.core.tasks import called_for_all
from bot.db.engine import reading
from bot.db.keys import KeyStore
from bot.db.revision import Revision

T = TypeVar("T")

ATTEMPTS = 3
_TRANSIENT_SQLSTATES = {"40001", "40P01"}  # serialization failure, deadlock


class _Withdrawn(Exception):  # noqa: N818 (control flow between two threads)
    """The person was told to press again before the transaction began."""


class _Start:
    """Decides once whether a transaction begins or is withdrawn, whoever comes first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._decided: str | None = None

    def decide(self, outcome: str) -> bool:
        """True if `outcome` stands, decided now or before."""
        with self._lock:
            self._decided = self._decided or outcome
            return self._decided == outcome


class Runtime:
    """Each of `after_commit` is called in the event loop's thread after a writing transaction.

    `keys` goes along with every session: `keys_of`.
    """

    def __init__(self, engine: Engine, keys: KeyStore | None = None) -> None:
        self.engine = engine
        self._keys = keys
        self._info = {} if keys is None else {KeyStore: keys}
        self.after_commit: list[Callable[[], None]] = []
        # SQLite has one writer: a queue of one thread is fairer than its busy timeout.
        writers = 1 if engine.dialect.name == "sqlite" else 8
        self._writers = ThreadPoolExecutor(writers, "write")
        self._readers = ThreadPoolExecutor(4, "read")
        self._read_engine = reading(engine)
        self._revision = Revision(engine)

    async def run(
        self,
        use_case: Callable[[Session], T],
        *,
        begin_within: float | None = None,
        wakes: bool = True,
    ) -> T:
        """The result of `use_case`, committed; `wakes=False` for those whom commits wake.

        `begin_within` (machine seconds): a transaction that has not begun by then never will,
        and `BusyError` says so; one that has begun is awaited however long it takes.
        """
        loop = asyncio.get_running_loop()
        start = _Start()
        work = loop.run_in_executor(self._writers, self._transact, use_case, start)
        if begin_within is not None:
            await asyncio.wait({work}, timeout=begin_within)
            if not work.done() and start.decide("withdrawn"):
                # Its end is awaited by nobody, and no news.
                work.add_done_callback(lambda done: done.cancelled() or done.exception())
                raise BusyError
        result = await work
        if wakes:
            for told in self.after_commit:
                called_for_all(told)
        return result

    async def read(self, query: Callable[[Session], T]) -> T:
        """The result of `query`; it sees one state of the database and writes nothing."""

        def transact() -> T:
            with Session(self._read_engine, info=self._info) as session, session.begin():
                return query(session)

        return await asyncio.get_running_loop().run_in_executor(self._readers, transact)

    async def revision(self) -> int:
        """Differs once anything was written, by whatever process."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._revision.number)

    def _transact(self, use_case: Callable[[Session], T], start: _Start) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._session() as session, session.begin():
                    session.connection()  # takes the write lock on SQLite
                    if not start.decide("begun"):
                        raise _Withdrawn
                    return use_case(session)
            except DBAPIError as error:
                if attempt == ATTEMPTS or not _transient(error):
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _session(self) -> Session:
        return Session(self.engine, expire_on_commit=False, info=self._info)

    def close(self) -> None:
        """Wait for what is running; nothing is started afterwards."""
        self._writers.shutdown()
        self._readers.shutdown()
        self._revision.close()
        self.engine.dispose()
        if self._keys is not None:
            self._keys.close()


def _transient(error: DBAPIError) -> bool:
    if getattr(error.orig, "sqlstate", None) in _TRANSIENT_SQLSTATES:
        return True
    return isinstance(error, OperationalError) and "database is locked" in str(error.orig)

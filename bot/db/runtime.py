"""Where use cases run: in worker threads, each in a transaction of its own.

A use case is a plain function over a `Session`. It never commits and may be run again, so a
serialization failure is simply repeated, and so is what a database that went away interrupted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.core.errors import BusyError, UnavailableError
from bot.core.tasks import called_for_all
from bot.db.engine import reading
from bot.db.keys import KeyStore
from bot.db.outage import Outage, ask_to_write, passes
from bot.db.revision import Revision

T = TypeVar("T")

ATTEMPTS = 3
PATIENCE_S = 60.0
"""How long a database that is away is waited for where no person waits."""
PERSON_S = 2.0
"""The same where somebody does: the chat platform gives them 3 s."""
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
        self._outage = Outage(self._ask)

    async def run(
        self,
        use_case: Callable[[Session], T],
        *,
        begin_within: float | None = None,
        patience: float | None = None,
        wakes: bool = True,
    ) -> T:
        """The result of `use_case`, committed; `wakes=False` for those whom commits wake.

        `begin_within` (machine seconds): a transaction that has not begun by then never will,
        and `BusyError` says so; one that has begun is awaited however long it takes. A database
        that is away is waited for as long, or for `patience`, and then `UnavailableError` says so.
        """
        if patience is None:
            patience = PATIENCE_S if begin_within is None else begin_within
        begin_by = None if begin_within is None else _in(begin_within)
        result = await self._outlasting(
            lambda: self._begin(use_case, begin_by), patience, writes=True
        )
        if wakes:
            for told in self.after_commit:
                called_for_all(told)
        return result

    async def read(self, query: Callable[[Session], T], *, patience: float = PERSON_S) -> T:
        """The result of `query`; it sees one state of the database and writes nothing."""

        def transact() -> T:
            with Session(self._read_engine, info=self._info) as session, session.begin():
                return query(session)

        return await self._outlasting(lambda: self._in_reader(transact), patience)

    async def revision(self) -> int:
        """Differs once anything was written, by whatever process."""
        return await self._outlasting(lambda: self._in_reader(self._revision.number), 0.0)

    @property
    def writable(self) -> bool:
        """Whether the database took writes when it was last asked to."""
        return not self._outage.lasts

    async def _outlasting(
        self, attempt: Callable[[], Awaitable[T]], patience: float, *, writes: bool = False
    ) -> T:
        """What `attempt` gives, made again while the database is away."""
        until, failed = _in(patience), False
        while True:
            if writes or failed:  # what reads may well go on: beside a full disk, a locked file
                await self._outage.over(until)
            try:
                return await attempt()
            except BusyError:
                if failed:  # "nothing was recorded" may not be true
                    raise UnavailableError from None
                raise
            except DBAPIError as error:
                if not passes(error, writing=writes):
                    raise
                self._outage.notice(error)
                failed = True

    async def _begin(self, use_case: Callable[[Session], T], begin_by: float | None) -> T:
        loop = asyncio.get_running_loop()
        start = _Start()
        work = loop.run_in_executor(self._writers, self._transact, use_case, start)
        if begin_by is not None:
            await asyncio.wait({work}, timeout=max(0.0, begin_by - loop.time()))
            if not work.done() and start.decide("withdrawn"):
                work.add_done_callback(self._withdrawn)  # awaited by nobody
                raise BusyError
        return await work

    def _withdrawn(self, work: asyncio.Future[T]) -> None:
        error = None if work.cancelled() else work.exception()
        if isinstance(error, DBAPIError) and passes(error):
            self._outage.notice(error)

    async def _in_reader(self, read: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, read)

    def _transact(self, use_case: Callable[[Session], T], start: _Start) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._session() as session, session.begin():
                    session.connection()  # takes the write lock on SQLite
                    if not start.decide("begun"):
                        raise _Withdrawn
                    return use_case(session)
            except DBAPIError as error:
                sqlstate = getattr(error.orig, "sqlstate", None)
                if attempt == ATTEMPTS or sqlstate not in _TRANSIENT_SQLSTATES:
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _session(self) -> Session:
        return Session(self.engine, expire_on_commit=False, info=self._info)

    def _ask(self) -> None:
        ask_to_write(self.engine)
        if self._keys is not None:
            self._keys.ask()

    def close(self) -> None:
        """Wait for what is running; nothing is started afterwards."""
        self._outage.close()
        self._writers.shutdown()
        self._readers.shutdown()
        self._revision.close()
        self.engine.dispose()
        if self._keys is not None:
            self._keys.close()


def _in(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds

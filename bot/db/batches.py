"""Small writes that arrive together share a transaction: one commit, hence one wait for the disk.

What arrives while a batch is written forms the next one, so that batches grow with the load.
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from bot.core.errors import BusyError
from bot.db.runtime import Runtime

Item = TypeVar("Item")
Result = TypeVar("Result")

BATCH = 200
"""The most items of a transaction: others who write wait for it."""
BEGIN_WITHIN_S = 2.0
APART_S = 0.03
"""Between the beginnings of two batches: what a batch costs beside its items is shared by more,
and who comes alone still never waits."""
WAKE_EVERY_S = 0.6
"""A commit wakes all who look for something to do; so many would keep them looking."""


@dataclass(frozen=True, eq=False, slots=True)
class _Waiting(Generic[Item, Result]):
    item: Item
    result: asyncio.Future[Result]
    begin_by: float


class Batches(Generic[Item, Result]):
    """`together` is a use case over several items that returns one result for each, in order.

    `begin_within` may be infinite, for what must be written however late; `wakes=False` is for
    those whom commits wake. Used in one event loop. If a batch fails, each of its items is tried
    in a transaction of its own, so that one bad item harms no other.
    """

    def __init__(
        self,
        runtime: Runtime,
        together: Callable[[Session, Sequence[Item]], Sequence[Result]],
        *,
        begin_within: float = BEGIN_WITHIN_S,
        size: int = BATCH,
        wakes: bool = True,
    ) -> None:
        self._runtime, self._together, self._wakes = runtime, together, wakes
        self._begin_within, self._size = begin_within, size
        self._waiting: deque[_Waiting[Item, Result]] = deque()
        self._lock = threading.Lock()  # of `_waiting`: a batch is taken in the writer's thread
        self._writing: asyncio.Task[None] | None = None
        self._withdrawing: asyncio.TimerHandle | None = None
        self._waking: asyncio.TimerHandle | None = None
        self._woken_at = float("-inf")

    async def add(self, item: Item) -> Result:
        """The result for `item`, committed; `BusyError` if its turn did not come in time."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[Result] = loop.create_future()
        waiting = _Waiting(item, result, loop.time() + self._begin_within)
        with self._lock:
            self._waiting.append(waiting)
        if self._writing is None:
            self._writing = loop.create_task(self._write())
        if self._withdrawing is None and waiting.begin_by < math.inf:
            self._withdrawing = loop.call_at(waiting.begin_by, self._withdraw)
        return await result

    async def settled(self) -> None:
        """Wait until nothing waits any more."""
        while self._writing is not None:
            await asyncio.wait({self._writing})

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                began = loop.time()
                await self._write_next()
                await asyncio.sleep(began + APART_S - loop.time())
        finally:
            self._writing = None

    async def _write_next(self) -> None:
        batch: list[_Waiting[Item, Result]] = []

        def use_case(session: Session) -> Sequence[Result]:
            # Taken only now: whoever arrived while the writer was busy is part of it.
            batch.extend(self._take(self._size - len(batch)))
            return self._together(session, [one.item for one in batch]) if batch else ()

        try:
            results = await self._runtime.run(use_case, wakes=False)
        except Exception as error:
            await self._write_each(batch, error)
            return
        for one, result in zip(batch, results, strict=True):
            _tell(one.result, result)
        self._wake()

    async def _write_each(self, batch: list[_Waiting[Item, Result]], error: Exception) -> None:
        if not batch:  # not even begun: whoever waits would meet the same
            for one in self._take(len(self._waiting)):
                _fail(one.result, error)
        for one in batch:
            await self._write_alone(one)

    async def _write_alone(self, one: _Waiting[Item, Result]) -> None:
        def use_case(session: Session) -> Sequence[Result]:
            return self._together(session, [one.item])

        try:
            [result] = await self._runtime.run(use_case, wakes=False)
        except Exception as error:
            _fail(one.result, error)
        else:
            _tell(one.result, result)
            self._wake()

    def _take(self, most: int) -> list[_Waiting[Item, Result]]:
        """The next in turn but those who no longer wait for an answer."""
        taken: list[_Waiting[Item, Result]] = []
        with self._lock:
            while self._waiting and len(taken) < most:
                one = self._waiting.popleft()
                if not one.result.done():
                    taken.append(one)
        return taken

    def _wake(self) -> None:
        """At once; those who were woken just before, a moment later."""
        if self._waking is not None or not self._wakes:
            return
        loop = asyncio.get_running_loop()
        if loop.time() >= self._woken_at + WAKE_EVERY_S:
            self._woken()
        else:
            self._waking = loop.call_at(self._woken_at + WAKE_EVERY_S, self._woken)

    def _woken(self) -> None:
        self._waking = None
        self._woken_at = asyncio.get_running_loop().time()
        for told in self._runtime.after_commit:
            told()

    def _withdraw(self) -> None:
        """Who waited too long for a transaction to begin is told so, and never written."""
        loop = asyncio.get_running_loop()
        late = []
        with self._lock:
            while self._waiting and self._waiting[0].begin_by <= loop.time():
                late.append(self._waiting.popleft())
            oldest = self._waiting[0] if self._waiting else None
        self._withdrawing = loop.call_at(oldest.begin_by, self._withdraw) if oldest else None
        for one in late:
            _fail(one.result, BusyError())


def _tell(future: asyncio.Future[Result], result: Result) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Result], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)

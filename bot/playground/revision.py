"""A number that grows, and whoever waits for it to grow: how pages and bots follow a change."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from threading import Lock


class Revision:
    """Advanced by any thread, awaited by any event loop.

    Tests, the browser page and the server each have a loop of their own, so an
    `asyncio.Event` would not reach them all.
    """

    def __init__(self) -> None:
        self.number = 0
        self._waiting: set[Future[None]] = set()
        self._lock = Lock()

    def advance(self) -> None:
        with self._lock:
            self.number += 1
            waiting, self._waiting = self._waiting, set()
        for waiter in waiting:
            if waiter.set_running_or_notify_cancel():
                waiter.set_result(None)

    async def beyond(self, seen: int, timeout: float | None = None) -> int:  # noqa: ASYNC109 -- giving up is an answer, not an error
        """The number as soon as it is not `seen`, or as it stands after `timeout` seconds."""
        waiter: Future[None] = Future()
        with self._lock:
            if self.number != seen:
                return self.number
            self._waiting.add(waiter)
        try:
            await asyncio.wait_for(asyncio.wrap_future(waiter), timeout)
        except TimeoutError:
            pass
        finally:
            with self._lock:
                self._waiting.discard(waiter)
        return self.number

"""Following a playground's clock from another process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import aiohttp
import structlog

from bot.core.clock import SimulatedClock

log = structlog.get_logger(__name__)

RETRY_S = 0.5


class FollowedClock:
    """Event time of the playground at `url`: asked once, then told of every change.

    Between changes it runs on by itself; while the playground is away the last speed holds.
    `on_change` is called in the event loop whenever event time jumped or changed its speed.
    """

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url, self._session = url.rstrip("/"), session
        self._clock: SimulatedClock | None = None
        self._revision: int | None = None
        self._told_due: datetime | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.on_change: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return self._following.now()

    @property
    def speed(self) -> float:
        return self._following.speed

    @property
    def _following(self) -> SimulatedClock:
        assert self._clock is not None, "the clock is read before it was asked"
        return self._clock

    async def start(self) -> None:
        await self._ask()
        self._keep(self._follow())

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def tell_due(self, moment: datetime | None) -> None:
        """Let the playground offer a jump to what comes next; said once, since it redraws."""
        if moment != self._told_due:
            self._told_due = moment
            self._keep(self._tell(moment))

    async def _follow(self) -> None:
        while True:
            known = self._revision
            try:
                await self._ask()
                if self._revision != known:
                    self.on_change()
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                log.warning("clock.not_reached", error=type(error).__name__)
                await asyncio.sleep(RETRY_S)

    async def _ask(self) -> None:
        after = {} if self._revision is None else {"after": str(self._revision)}
        async with self._session.get(f"{self._url}/clock", params=after) as answer:
            state: dict[str, Any] = await answer.json()
        moment = datetime.fromisoformat(state["moment"])
        if self._clock is None:
            self._clock = SimulatedClock(moment, float(state["speed"]))
        elif state["revision"] != self._revision:
            self._clock.set(moment, float(state["speed"]))
        self._revision = state["revision"]

    async def _tell(self, moment: datetime | None) -> None:
        body = {"moment": moment.isoformat() if moment else None}
        try:
            async with self._session.post(f"{self._url}/clock/due", json=body):
                pass
        except (aiohttp.ClientError, TimeoutError) as error:
            log.debug("clock.due_not_told", error=type(error).__name__)

    def _keep(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

"""Going to a moment by way of all that is due before it, so that nothing is missing there."""

from __future__ import annotations

import asyncio
from datetime import datetime

from bot.playground.server import Playground

SILENCE = 0.2  # seconds in which nothing happens: the bot has said what it had to say
BUSY = 0.8  # seconds after which people are what happens, and no reason to wait
PATIENCE = 5.0  # seconds for the bot to begin


class Travel:
    """Time stands still while the bot is at work, and runs on at the old speed on arrival."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground
        self._under_way: asyncio.Task[None] | None = None
        self._speed = 0.0
        self.bound: datetime | None = None

    def to(self, moment: datetime) -> bool:
        """False for the past: event time does not run backwards."""
        if moment <= self._playground.clock.now():
            return False
        speed = self._playground.clock.speed if self.bound is None else self._speed
        self.stop()
        self.bound, self._speed = moment, speed
        self._under_way = asyncio.ensure_future(self._go(moment))
        return True

    def stop(self) -> None:
        if self._under_way and self.bound:
            self._under_way.cancel()
            self.bound = None
            self._playground.clock.set(speed=self._speed)

    async def _go(self, moment: datetime) -> None:
        clock = self._playground.clock
        clock.set(speed=0.0)
        while not self._playground.stopping:
            await self._silence()
            due = clock.due
            if due is None or due > moment:
                break
            clock.set(max(due, clock.now()))
            await self._told_otherwise(due)
        self.bound = None
        clock.set(moment, self._speed)

    async def _told_otherwise(self, due: datetime) -> None:
        """Until the bot names another moment: it has begun what was due."""
        changes, clock = self._playground.workspace.changes, self._playground.clock
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while clock.due == due and not self._playground.stopping:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                clock.due = None  # whoever is silent for so long does not hold time up
                return
            await changes.beyond(changes.number, left)

    async def _silence(self) -> None:
        changes = self._playground.workspace.changes
        deadline = asyncio.get_running_loop().time() + BUSY
        seen = -1
        while seen != changes.number and asyncio.get_running_loop().time() < deadline:
            seen = changes.number
            await changes.beyond(seen, SILENCE)

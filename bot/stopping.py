"""Ending in time: what is under way may finish, and what hangs holds nobody up.

Nothing is lost where it is broken off, since a kill is safe too; in order, others go on sooner.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog

log = structlog.get_logger(__name__)

Ending = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class StopLimit:
    """`within`: machine seconds from the signal to the end of the process, whatever hangs."""

    within: float

    @property
    def finish(self) -> float:
        """So long may what is under way at the platform go on."""
        return self.within * 0.6

    @property
    def cut(self) -> float:
        """By then all has ended, or is cut off."""
        return self.within * 0.8

    @property
    def last(self) -> float:
        """Then the process goes, also from under a thread that waits for a dead database."""
        return self.within * 0.96


async def all_ended(endings: Mapping[str, Ending], within: float) -> None:
    """All `endings` at once, by their names; which are not over after `within` are cut off."""
    tasks = {asyncio.ensure_future(_called(end)): name for name, end in endings.items()}
    ended, late = await asyncio.wait(tasks, timeout=within)
    for task in late:
        log.warning("maillon.cut_off", what=tasks[task])
        task.cancel()
    for task in ended:
        task.result()


async def _called(end: Ending) -> None:
    await end()


def leave_after(seconds: float) -> None:
    """End this process then, if it still runs: `os._exit`, so that no thread is waited for."""

    def leave() -> None:
        log.error("maillon.stop_forced")
        os._exit(1)

    timer = threading.Timer(seconds, leave)
    timer.daemon = True
    timer.start()

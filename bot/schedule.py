"""Waking at the right moment. The database is the schedule; APScheduler only wakes us.

One date job is re-armed to the earliest due moment at every commit and change of the clock, one
interval job is the safety net for what other processes wrote: it wakes us where anything was
written since. Every wake asks the database what is due, so a wake too many is harmless and a wake
too few is made good by the next.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from prometheus_client import Gauge
from sqlalchemy.orm import Session

from bot.core.clock import EventClock
from bot.core.errors import UnavailableError
from bot.db.runtime import Runtime
from bot.features.events.queries import event_ids

log = structlog.get_logger(__name__)

OLDEST_DUE = Gauge("maillon_oldest_due_seconds", "How late the oldest due thing is, event seconds")

SAFETY_NET_S = 1
APART_S = 0.1
"""Between the beginnings of two rounds: a crowd commits many times a second, and what is due is
asked for all of them at once. Who comes alone never waits."""
FARTHEST_S = 86_400.0
"""What lies farther ahead is armed by a later round; a slow clock could exceed any date."""
_NEVER_MISSED = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


Tick = Callable[[Session, str, datetime], None]


@dataclass(frozen=True)
class Job:
    """A feature's work: `tick` does what is due, `next_due` says when it has something to do."""

    tick: Tick
    next_due: Callable[[Session, str], datetime | None]
    seen: bool = True
    """Whether anybody sees it happen: only then a rehearsal offers to jump to it."""
    tells: bool = True
    """Whether it has nothing to do where there is nobody to tell: an event without a workspace."""
    prepare: Callable[[Session, str, datetime], Tick] | None = None
    """Does what takes long in a read, and returns the tick that uses it; that one has to look
    whether it still holds."""


def dues(session: Session, jobs: Sequence[Job]) -> dict[tuple[str, int], datetime]:
    """When which job of which event has something to do, in one read."""
    return {
        (event_id, number): due
        for event_id, peopled in event_ids(session).items()
        for number, job in enumerate(jobs)
        if (peopled or not job.tells) and (due := job.next_due(session, event_id)) is not None
    }


class Schedule:
    """`on_ticked` is called after each round, `on_acted` after one in which something was due;
    `tell_due` hears what people see next."""

    def __init__(
        self,
        runtime: Runtime,
        clock: EventClock,
        jobs: Sequence[Job],
        on_ticked: Callable[[], None],
        tell_due: Callable[[datetime | None], None] = lambda moment: None,
        on_acted: Callable[[], None] = lambda: None,
    ) -> None:
        self._runtime, self._clock, self._jobs = runtime, clock, jobs
        self._on_ticked, self._tell_due, self._on_acted = on_ticked, tell_due, on_acted
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._woken_again = False
        self._seen: int | None = None
        """The database's revision that the last round looked at; None if it left something due."""
        self._round: asyncio.Task[None] | None = None
        self._apart_until = 0.0
        self._closed = False

    def start(self) -> None:
        self._scheduler.start()
        self._scheduler.add_job(
            self._look, "interval", seconds=SAFETY_NET_S, id="safety-net", **_NEVER_MISSED
        )
        self.wake()

    async def close(self) -> None:
        """The round under way ends; what is committed afterwards waits for the next start."""
        self._closed = True
        self._scheduler.shutdown(wait=False)
        if self._round is not None:
            await asyncio.wait({self._round})

    def wake(self) -> None:
        """Something was committed, the clock moved, or a moment has come.

        Calls that come during a round become one more round after it.
        """
        if self._closed:
            return
        if self._round is None or self._round.done():
            self._round = asyncio.ensure_future(self._rounds())
        else:
            self._woken_again = True

    async def _woken(self) -> None:
        """A coroutine, because APScheduler runs plain functions in a thread."""
        self.wake()

    async def _look(self) -> None:
        # Of a database that is away one hears once, and not from each who asks it.
        with contextlib.suppress(UnavailableError):
            if self._seen is None or self._seen != await self._runtime.revision():
                self.wake()

    async def _rounds(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._apart_until - loop.time())
            if self._closed:
                return
            self._apart_until = loop.time() + APART_S
            self._woken_again = False
            try:
                await self.turn()
            except UnavailableError:
                pass  # the safety net comes again
            except Exception:
                log.exception("schedule.turn_failed")
            if self._closed or not self._woken_again:
                return

    async def turn(self) -> None:
        """Do what is due now, and arm the date job for what comes next."""
        now = self._clock.now()
        self._seen, seen = None, await self._runtime.revision()
        ahead = await self._dues()
        if any(due <= now for due in ahead.values()):
            OLDEST_DUE.set((now - min(ahead.values())).total_seconds())
            for (event_id, number), due in ahead.items():
                if due <= now:
                    await self._tick(event_id, self._jobs[number], now)
            self._on_acted()
            ahead = await self._dues()
        self._on_ticked()
        first = min(ahead.values(), default=None)
        OLDEST_DUE.set(max(0.0, (now - first).total_seconds()) if first else 0.0)
        self._tell_due(
            min(
                (due for (_, number), due in ahead.items() if self._jobs[number].seen), default=None
            )
        )
        self._arm(first, now)
        if first is None or first > now:
            self._seen = seen

    async def _dues(self) -> dict[tuple[str, int], datetime]:
        return await self._runtime.read(lambda session: dues(session, self._jobs))

    async def _tick(self, event_id: str, job: Job, now: datetime) -> None:
        """In a transaction of its own: a job that fails stops neither the others nor the events."""
        tick, prepare = job.tick, job.prepare
        try:
            if prepare is not None:
                tick = await self._runtime.read(lambda s: prepare(s, event_id, now))
            await self._runtime.run(lambda s: tick(s, event_id, now), wakes=False)
        except UnavailableError:
            raise
        except Exception:
            log.exception("schedule.job_failed", event_id=event_id)

    def _arm(self, due: datetime | None, now: datetime) -> None:
        # What is still due although its round has just run waits for the safety net.
        if due is None or due <= now or self._clock.speed <= 0:
            return
        # From the clock as it is after the round, which may have taken a while.
        wait = max(0.0, (due - self._clock.now()).total_seconds()) / self._clock.speed
        self._scheduler.add_job(
            self._woken,
            "date",
            run_date=datetime.now(UTC) + timedelta(seconds=min(wait, FARTHEST_S)),
            id="due",
            replace_existing=True,
            **_NEVER_MISSED,
        )

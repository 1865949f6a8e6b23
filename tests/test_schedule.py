"""APScheduler only wakes us; what is due is asked of the jobs, which ask the database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.core.clock import SimulatedClock
from bot.db.engine import create_database_engine
from bot.db.runtime import Runtime
from bot.features.events.tables import Event, Workspace
from bot.schedule import FARTHEST_S, SAFETY_NET_S, Job, Schedule, dues
from tests.delivery.support import START, house

MINUTE = timedelta(minutes=1)


@dataclass
class Agenda:
    """A job that is due at `dues`, one after the other."""

    dues: list[datetime] = field(default_factory=list)
    ticks: list[datetime] = field(default_factory=list)
    fails: bool = False
    ticked: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    @property
    def job(self) -> Job:
        return Job(self.tick, self.next_due)

    async def next_tick(self) -> None:
        async with asyncio.timeout(10):
            await self.ticked.wait()

    def tick(self, session: Session, event_id: str, now: datetime) -> None:
        if self.fails:
            raise ZeroDivisionError
        self.ticks.append(now)
        self.dues = [due for due in self.dues if due > now]
        self._loop.call_soon_threadsafe(self.ticked.set)

    def next_due(self, session: Session, event_id: str) -> datetime | None:
        return min(self.dues, default=None)


class Stage:
    def __init__(self, runtime: Runtime, speed: float = 1.0) -> None:
        self.runtime, self.machine = runtime, 0.0
        self.clock = SimulatedClock(START, speed, lambda: self.machine)
        self.agenda, self.other = Agenda(), Agenda()
        self.rounds, self.told = 0, list[datetime | None]()
        self.schedule = Schedule(
            runtime, self.clock, (self.agenda.job, self.other.job), self.ticked, self.told.append
        )

    async def turn(self) -> None:
        """A round by hand: the scheduler is armed and wakes nobody."""
        scheduler = self.schedule._scheduler
        if not scheduler.running:
            scheduler.start(paused=True)
        await self.schedule.turn()

    def ticked(self) -> None:
        self.rounds += 1

    def armed(self) -> float | None:
        """Machine seconds until the date job."""
        job = self.schedule._scheduler.get_job("due")
        if job is None:
            return None
        return float((job.trigger.run_date - datetime.now(UTC)).total_seconds())


def play(url: str, scene: Callable[[Stage], Awaitable[None]], **stage: Any) -> None:
    async def with_runtime() -> None:
        runtime = Runtime(create_database_engine(url))
        house(runtime)
        made = Stage(runtime, **stage)
        try:
            await scene(made)
        finally:
            if made.schedule._scheduler.running:
                await made.schedule.close()
            runtime.close()

    asyncio.run(with_runtime())


def test_it_ticks_what_is_due_and_arms_what_comes_next(sqlite_url: str) -> None:
    async def scene(stage: Stage) -> None:
        stage.agenda.dues = [START, START + 60 * MINUTE]
        await stage.turn()
        assert stage.agenda.ticks == [START]
        assert stage.other.ticks == []
        assert stage.rounds == 1
        assert stage.told == [START + 60 * MINUTE]
        assert stage.armed() == pytest.approx(3_600, abs=5)

    play(sqlite_url, scene)


def test_a_faster_clock_arms_sooner_and_a_paused_one_not_at_all(sqlite_url: str) -> None:
    async def scene(stage: Stage) -> None:
        stage.agenda.dues = [START + 600 * MINUTE]
        await stage.turn()
        assert stage.armed() is None
        stage.clock.set(speed=60.0)
        await stage.turn()
        assert stage.armed() == pytest.approx(600, abs=5)
        stage.clock.set(speed=1e-9)
        await stage.turn()
        assert stage.armed() == pytest.approx(FARTHEST_S, abs=5)

    play(sqlite_url, scene, speed=0.0)


def test_the_time_that_ticking_took_is_not_lost(sqlite_url: str) -> None:
    async def scene(stage: Stage) -> None:
        stage.agenda.dues = [START, START + 60 * MINUTE]
        tick = stage.agenda.tick

        def slowly(*args: Any) -> None:
            tick(*args)
            stage.machine += 1_800.0

        schedule = Schedule(
            stage.runtime, stage.clock, (Job(slowly, stage.agenda.next_due),), stage.ticked
        )
        stage.schedule = schedule
        await stage.turn()
        assert stage.armed() == pytest.approx(1_800, abs=5)

    play(sqlite_url, scene)


def test_the_date_job_wakes_it(sqlite_url: str) -> None:
    async def scene(stage: Stage) -> None:
        stage.schedule.start()
        stage.schedule._scheduler.remove_job("safety-net")
        await settled(stage)
        stage.agenda.dues = [START + 2 * MINUTE]
        stage.clock.set(speed=6_000.0)  # two minutes are 20 ms
        stage.schedule.wake()
        await settled(stage)
        assert stage.agenda.ticks == []
        stage.machine += 0.02
        await stage.agenda.next_tick()
        assert stage.agenda.ticks == [START + 2 * MINUTE]

    play(sqlite_url, scene)


async def settled(stage: Stage) -> None:
    assert stage.schedule._round is not None
    await stage.schedule._round


def test_wakes_during_a_round_are_one_more_round(sqlite_url: str) -> None:
    async def scene(stage: Stage) -> None:
        turn, reached, go_on = stage.schedule.turn, asyncio.Event(), asyncio.Event()

        async def slowly() -> None:
            reached.set()
            await go_on.wait()
            await turn()

        stage.schedule.turn = slowly  # type: ignore[method-assign]
        stage.schedule.wake()
        await reached.wait()
        for _ in range(5):
            stage.schedule.wake()
        go_on.set()
        await settled(stage)
        assert stage.rounds == 2
        stage.schedule.wake()
        await settled(stage)
        assert stage.rounds == 3

    play(sqlite_url, scene)


def test_rounds_come_apart_and_the_first_at_once(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def scene(stage: Stage) -> None:
        monkeypatch.setattr("bot.schedule.asyncio.sleep", sleep)
        monkeypatch.setattr("bot.schedule.APART_S", 60.0)
        for _ in range(3):
            stage.schedule.wake()
            await settled(stage)
        assert stage.rounds == 3

    play(sqlite_url, scene)
    assert waits[0] <= 0
    assert all(0 < wait <= 60 for wait in waits[1:])


def test_the_safety_net_sees_what_other_processes_wrote(sqlite_url: str) -> None:
    async def scene(stage: Stage) -> None:
        stage.schedule.start()
        net = stage.schedule._scheduler.get_job("safety-net")
        assert net.trigger.interval == timedelta(seconds=SAFETY_NET_S)
        assert (net.misfire_grace_time, net.coalesce, net.max_instances) == (None, True, 1)
        await settled(stage)
        rounds = stage.rounds
        await stage.schedule._look()
        await settled(stage)
        assert stage.rounds == rounds  # nothing was written
        stage.agenda.dues = [START]  # and nobody wakes it
        other = create_database_engine(sqlite_url)
        with other.begin() as connection:
            connection.execute(update(Event).values(applied_at=START + MINUTE))
        other.dispose()
        net.modify(next_run_time=datetime.now(UTC))
        await stage.agenda.next_tick()

    play(sqlite_url, scene)


def test_what_was_left_due_is_tried_again_though_nothing_was_written(sqlite_url: str) -> None:
    async def scene(stage: Stage) -> None:
        stage.agenda.dues, stage.agenda.fails = [START], True
        await stage.turn()
        stage.agenda.fails = False
        await stage.schedule._look()
        await settled(stage)
        assert stage.agenda.ticks == [START]

    play(sqlite_url, scene)


def test_a_job_that_fails_stops_no_other(sqlite_url: str) -> None:
    async def scene(stage: Stage) -> None:
        stage.agenda.dues, stage.agenda.fails = [START], True
        stage.other.dues = [START, START + 60 * MINUTE]
        await stage.turn()
        assert stage.other.ticks == [START]
        assert stage.rounds == 1
        assert stage.armed() is None  # the safety net tries again, and not at full speed
        stage.agenda.fails = False
        await stage.turn()
        assert stage.agenda.ticks == [START]
        assert stage.armed() == pytest.approx(3_600, abs=5)

    play(sqlite_url, scene)


def test_what_is_committed_after_the_end_wakes_nobody(sqlite_url: str) -> None:
    async def scene(stage: Stage) -> None:
        stage.schedule.start()
        await stage.schedule.close()
        rounds = stage.rounds
        stage.schedule.wake()
        await settled(stage)
        assert stage.rounds == rounds

    play(sqlite_url, scene)


def test_where_there_is_nobody_to_tell_only_the_jobs_that_tell_nobody_are_asked(
    sqlite_url: str,
) -> None:
    """As of an event whose workspace has another one by now: its retention goes on."""

    async def scene(stage: Stage) -> None:
        await stage.runtime.run(lambda s: s.execute(update(Workspace).values(active=False)))
        stage.agenda.dues = [START]
        jobs = (stage.agenda.job, replace(stage.agenda.job, tells=False))
        found = await stage.runtime.read(lambda s: dues(s, jobs))
        assert [number for _, number in found] == [1]

    play(sqlite_url, scene)

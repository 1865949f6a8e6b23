"""What an event costs, and whether it costs more where two processes share one database.

First one process takes events as fast as it can: its peak. Then it is offered a third of that,
on a schedule, whether or not those before were answered; then two processes, each of them the
same; then one again, so that what grows meanwhile is on both sides. An event costs the processor
seconds of the bot's processes and of PostgreSQL's, with everything that a run of that length
leads to: replies, posts and edits, the Home tab, looking for what is due.

The stand-in for Slack and the people live in this process, the bot's processes and PostgreSQL in
their own. The bot's pace is `PACE` times Slack's, since a third of what one process can do leads
to more messages than a workspace may have.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil  # type: ignore[import-untyped]

from bot.bench.backends import Backends
from bot.bench.fleet import Fleet, Run
from bot.bench.hall import fill_hall
from bot.bench.letterbox import Letterbox
from bot.bench.mix import Mix
from bot.bench.served import Server, served
from bot.bench.slope import slope
from bot.bench.votes import settings_for, workspace
from bot.bench.wire import Wire
from bot.db.engine import create_database_engine
from bot.demo import INSTALLED
from bot.drill.databases import temporary_database

LEAST_SCALING, MOST_LOCK_WAIT, MOST_P99_MS = 1.8, 0.05, 200.0
"""The bars."""
PEOPLE, TALKS = 2_000, 60
PACE = 4
"""Of Slack's; more would edit the boards more often than anybody's are."""
CHUNK_S = 20.0
"""A soak's events are made and signed for so long ahead."""
SAMPLE_S, SAMPLES = 1.0, 10
"""Between two looks at the memory; so many make one point."""

Figures = dict[str, str | int | float]


def measure(seconds: float, people: int = PEOPLE, soak: float = 0.0) -> Figures:
    """The figures of runs of `seconds` each, then of `soak` minutes of the same load."""
    with ExitStack() as stack:
        url = stack.enter_context(temporary_database("postgresql"))
        slack, users = stack.enter_context(workspace(people))
        team_id = slack.workspace.team.id
        hall = fill_hall(url, team_id, users, datetime.now(UTC), talks=TALKS)
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="maillon-bench-")))
        settings = settings_for(slack, url) | {
            "maillon_pace_scale": PACE,
            "maillon_keys_url": f"sqlite:///{folder / 'keys.db'}",
        }
        engine = create_database_engine(url)
        stack.callback(engine.dispose)
        backends = Backends(url)
        stack.callback(backends.close)

        def process() -> AbstractContextManager[Server]:
            return served("bot.bench.ours", settings, folder, None)

        async def run() -> Figures:
            letters = Letterbox()
            mix = Mix(Wire(INSTALLED, team_id, await letters.open()), hall, users)
            fleet = Fleet(engine, backends, process, mix, letters)
            figures = await _run(fleet, seconds, soak * 60)
            await letters.close()
            return figures

        return {"people": people, "seconds": seconds, **asyncio.run(run())}


def missed(figures: Mapping[str, str | int | float]) -> list[str]:
    """The bars that were not reached."""
    bars = {
        "carried": figures["carried"] == figures["offered"]
        and figures.get("soak_carried") == figures.get("soak_offered"),
        "scaling": float(figures["scaling"]) >= LEAST_SCALING,
        "lock_wait_share": float(figures["lock_wait_share"]) <= MOST_LOCK_WAIT,
        "p99_ms": float(figures["p99_ms"]) <= MOST_P99_MS,
    }
    return [name for name, reached in bars.items() if not reached]


async def _run(fleet: Fleet, seconds: float, soak_s: float) -> Figures:
    async with fleet.one_more() as first:
        peak = await fleet.peak(first, seconds)
        rate = peak / 3
        one = await fleet.offer([first], rate, seconds)
        async with fleet.one_more() as second:
            two = await fleet.offer([first, second], rate, seconds)
        one += await fleet.offer([first], rate, seconds)
        figures = {"peak": round(peak, 1), "rate": round(rate, 1), **_figures(one, two)}
        return figures | (await _soak(fleet, first, rate, soak_s) if soak_s else {})


def _figures(one: Run, two: Run) -> Figures:
    return {
        "offered": one.offered + two.offered,
        "carried": one.carried + two.carried,
        "bot_ms_one": round(one.bot_ms, 2),
        "bot_ms_two": round(two.bot_ms, 2),
        "postgresql_ms_one": round(one.postgresql_ms, 2),
        "postgresql_ms_two": round(two.postgresql_ms, 2),
        "scaling": round(2 * one.cost_ms / two.cost_ms, 3),
        "lock_wait_share": round(two.waits.share, 4),
        "p50_ms": round(max(one.percentile_ms(0.5), two.percentile_ms(0.5)), 1),
        "p99_ms": round(max(one.percentile_ms(0.99), two.percentile_ms(0.99)), 1),
    }


async def _soak(fleet: Fleet, server: Server, rate: float, seconds: float) -> Figures:
    """The same load for as long as one likes, and what the process has in memory meanwhile."""
    moments: list[float] = []
    mib: list[float] = []
    process, loop = psutil.Process(server.pid), asyncio.get_running_loop()

    async def sample() -> None:
        while True:
            moments.append(loop.time() / 60)
            mib.append(process.memory_info().rss / 2**20)
            await asyncio.sleep(SAMPLE_S)

    sampling = loop.create_task(sample())
    run = Run()
    while (left := seconds - run.seconds) > 0:
        run += await fleet.offer([server], rate, min(CHUNK_S, left))
    sampling.cancel()
    grown = slope(moments, mib, SAMPLES)
    return {
        "soak_s": round(run.seconds, 1),
        "soak_offered": run.offered,
        "soak_carried": run.carried,
        "mib": round(mib[-1], 1),
        "mib_slope_per_min": round(grown.each, 3),
        "mib_slope_low": round(grown.low, 3),
        "mib_slope_high": round(grown.high, 3),
    }

"""How fast *Soutenir* is taken, beside what Bolt takes at all.

Pairs of runs, in turns: a Bolt app that only acknowledges, and Maillon, which writes each vote
down before it acknowledges and sends the person a private reply. The ratio of the two says what
Maillon adds, whatever the machine. A run of Maillon is over when its last reply has arrived.

The stand-in for Slack, the response URLs and the people live in this process, the servers in
their own, each on a processor of its own where there are two.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.bench.clicks import Presses
from bot.bench.crowd import Outcome, press_all_the_time, press_at
from bot.bench.hall import fill_hall
from bot.bench.letterbox import Letterbox
from bot.bench.served import Server, served
from bot.bench.wire import Wire, signed
from bot.db.engine import create_database_engine
from bot.demo import INSTALLED
from bot.drill.databases import temporary_database
from bot.features.questions.vote_tables import QuestionVote
from bot.playground.server import Playground

PEOPLE = 4_000
WARM_UP_S = 1.0
QUIET_S = 0.3
FIRST_GUESS = 1_500
"""Clicks a second that the first run is given; later ones what the ones before needed, and more."""

Figures = dict[str, str | int | float | bool]


@dataclass
class _Side:
    """What the runs of one server came to."""

    server: Server
    rates: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    votes: set[tuple[str, str]] = field(default_factory=set)
    refused: int = 0


def measure(database: str, pairs: int, seconds: float, people: int = PEOPLE) -> Figures:
    """The figures for one kind of database: "sqlite" or "postgresql"."""
    cores = _two_cores()
    server_core, own_core = cores if cores else (None, None)
    with ExitStack() as stack:
        stack.enter_context(_pinned(own_core))
        url = stack.enter_context(temporary_database(database))
        slack, users = stack.enter_context(workspace(people))
        app, team_id = slack.installed, slack.workspace.team.id
        hall = fill_hall(url, team_id, users, datetime.now(UTC))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="maillon-bench-")))
        team = {"team_id": team_id, "bot_id": app.bot_id, "bot_user_id": slack.workspace.bot.id}
        bare = {"signing_secret": app.signing_secret, "token": app.bot_token, "team": team}
        ours = _Side(
            stack.enter_context(
                served("bot.bench.ours", settings_for(slack, url), folder, server_core)
            )
        )
        empty = _Side(stack.enter_context(served("bot.bench.empty", bare, folder, server_core)))
        engine = create_database_engine(url)
        stack.callback(engine.dispose)
        bench = _Bench(ours, empty, seconds)
        figures = asyncio.run(bench.run(pairs, team_id, hall.event_id, users, hall.questions))
        return {
            "database": database,
            **figures,
            "expected": len(ours.votes),
            "counted": _counted(engine),
            "durability": _durability(engine),
            "pinned": cores is not None,
        }


class _Bench:
    def __init__(self, ours: _Side, empty: _Side, seconds: float) -> None:
        self._ours, self._empty, self._seconds = ours, empty, seconds
        self._letters = Letterbox()
        self._generator: list[float] = []

    async def run(
        self, pairs: int, team_id: str, event_id: str, users: Sequence[str],
        questions: Sequence[str],
    ) -> Figures:  # fmt: skip
        address = await self._letters.open()
        self._presses = Presses(Wire(INSTALLED, team_id, address), event_id, users, questions)
        await self._pair(min(WARM_UP_S, self._seconds), first=self._empty)
        for side in (self._ours, self._empty):
            side.rates.clear()
            side.cpu_ms.clear()
        self._generator.clear()
        for number in range(pairs):
            await self._pair(self._seconds, first=(self._empty, self._ours)[number % 2])
        figures = self._figures()
        half = await self._half(median(self._ours.rates) / 2)
        await self._letters.close()
        return {
            "pairs": pairs,
            "seconds": self._seconds,
            **figures,
            "p99_ms_at_half": round(half.p99_ms(), 1),
            "refused": self._ours.refused + self._empty.refused,
            "replied": self._letters.replied,
        }

    def _figures(self) -> Figures:
        ours, empty = self._ours, self._empty
        ratios = [one / other for one, other in zip(ours.rates, empty.rates, strict=True)]
        return {
            "rate": round(median(ours.rates), 1),
            "empty_rate": round(median(empty.rates), 1),
            "ratio": round(median(ratios), 3),
            "ratio_least": round(min(ratios), 3),
            "ratio_most": round(max(ratios), 3),
            "server_cpu_ms_per_click": round(median(ours.cpu_ms), 3),
            "empty_cpu_ms_per_click": round(median(empty.cpu_ms), 3),
            "generator_cpu": round(median(self._generator), 2),
        }

    async def _pair(self, seconds: float, first: _Side) -> None:
        """The same requests to one server, then to the other."""
        guess = max([FIRST_GUESS, *self._empty.rates, *self._ours.rates])
        clicks = self._presses.take(int(guess * 1.25 * seconds) + 200)
        requests = signed(clicks, INSTALLED, "127.0.0.1")
        for side in (first, self._ours if first is self._empty else self._empty):
            await self._run(side, lambda at: press_all_the_time(clicks, requests, at, seconds))

    async def _half(self, rate: float) -> Outcome:
        clicks = self._presses.take(int(rate * self._seconds) + 1)
        requests = signed(clicks, INSTALLED, "127.0.0.1")
        return await self._run(
            self._ours, lambda at: press_at(rate, clicks, requests, at, self._seconds)
        )

    async def _run(
        self, side: _Side, press: Callable[[tuple[str, int]], Awaitable[Outcome]]
    ) -> Outcome:
        cpu, own, began = side.server.cpu_s(), time.process_time(), time.perf_counter()
        before = self._letters.replied
        outcome = await press(side.server.address)
        self._generator.append((time.process_time() - own) / (time.perf_counter() - began))
        answered_at, replied_at = time.perf_counter(), await self._quiet()
        late = replied_at - answered_at if self._letters.replied > before else 0.0
        side.rates.append(outcome.answered / (outcome.seconds + max(0.0, late)))
        side.cpu_ms.append((side.server.cpu_s() - cpu) / max(1, outcome.answered) * 1_000)
        side.votes |= outcome.carried
        side.refused += outcome.refused
        return outcome

    async def _quiet(self) -> float:
        """When the last reply came."""
        count, at = self._letters.replied, time.perf_counter()
        while time.perf_counter() < at + QUIET_S:
            await asyncio.sleep(0.01)
            if self._letters.replied != count:
                count, at = self._letters.replied, time.perf_counter()
        return at


def settings_for(slack: Playground, database_url: str) -> dict[str, str | int]:
    """Of a bot in that workspace, as the environment would say it; event time is the time."""
    return {
        "slack_bot_token": slack.installed.bot_token,
        "slack_signing_secret": slack.installed.signing_secret,
        "slack_api_url": f"{slack.url}/api/",
        "database_url": database_url,
        "maillon_http_port": 0,
    }


def _two_cores() -> tuple[int, int] | None:
    if not hasattr(os, "sched_getaffinity"):
        return None
    cores = sorted(os.sched_getaffinity(0))
    return (cores[0], cores[1]) if len(cores) > 1 else None


@contextmanager
def _pinned(core: int | None) -> Iterator[None]:
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def workspace(people: int) -> Iterator[tuple[Playground, list[str]]]:
    slack = Playground(datetime.now(UTC), speed=1.0, app=INSTALLED, monotonic=time.perf_counter)
    names = [f"voter-{number}" for number in range(people)]
    users = [slack.workspace.add_user(name, f"{name}@example.org").id for name in names]
    slack.workspace.add_channel("programme", members=users)
    slack.limits.scale = 1_000.0  # so many members take many pages
    with slack.serve():
        yield slack, users


def _counted(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(QuestionVote)) or 0


def _durability(engine: Engine) -> str:
    """What the database says of how it writes."""
    with engine.connect() as connection:

        def told(question: str) -> object:
            return connection.exec_driver_sql(question).scalar()

        if engine.dialect.name == "sqlite":
            levels = ("off", "normal", "full", "extra")
            level = levels[int(str(told("PRAGMA synchronous")))]
            return f"journal_mode={told('PRAGMA journal_mode')}, synchronous={level}"
        committed = told("SHOW synchronous_commit")
        return f"fsync={told('SHOW fsync')}, synchronous_commit={committed}"

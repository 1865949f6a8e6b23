"""Processes of the bot on one PostgreSQL: what is offered to them, what of it they carry, and what
that costs them and the database.
"""

from __future__ import annotations

import asyncio
import re
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.bench.backends import Backends, Waits
from bot.bench.crowd import CONNECTIONS, Outcome, press_all_the_time, press_at
from bot.bench.letterbox import Letterbox
from bot.bench.mix import COMMAND, HOME, MESSAGE, QUESTION, STAR, VOTE, Mix
from bot.bench.served import Server
from bot.bench.wire import signed
from bot.db.inbox import SeenKey
from bot.delivery.tables import OPEN_STATES, SENT, Delivery
from bot.demo import INSTALLED
from bot.features.programme.messages import ProgrammeAnswer
from bot.features.programme.tables import Star
from bot.features.questions.tables import Question
from bot.features.questions.vote_tables import QuestionVote

WARM_UP_S, WARM_UP_RATE = 4.0, 20.0
LOOK_S, CALM = 1.0, 0.05
"""A process has learned what it keeps once it uses less than that of a processor for so long."""
QUIET_S, PATIENCE_S = 0.2, 120.0
AT_MOST = 1_000
"""Events a second that the run for the peak is given."""
_APOLOGY = re.compile(r'^maillon_gestures_total\{outcome="(?:busy|refused|failed)"\} (\S+)', re.M)

_WHERE: dict[str, Any] = {
    VOTE: select(func.count()).select_from(QuestionVote),
    STAR: select(func.count()).select_from(Star),
    QUESTION: select(func.count()).select_from(Question),
    HOME: select(func.count()).where(SeenKey.key.startswith(f"{HOME}.")),
    MESSAGE: select(func.count()).where(
        Delivery.message == ProgrammeAnswer.name, Delivery.state == SENT
    ),
}
"""What shows that an event was carried, for each kind that changes anything."""
_LEFT = select(func.count()).where(Delivery.state.in_(OPEN_STATES))


@dataclass
class Run:
    """What was offered, and what came of it; times in seconds."""

    offered: int = 0
    carried: int = 0
    answered: int = 0
    bot_s: float = 0.0
    postgresql_s: float = 0.0
    seconds: float = 0.0
    """Until nothing was left to send."""
    latencies: list[float] = field(default_factory=list)
    """From the moment that an event was due to its answer."""
    waits: Waits = field(default_factory=Waits)

    def __add__(self, other: Run) -> Run:
        return Run(
            self.offered + other.offered,
            self.carried + other.carried,
            self.answered + other.answered,
            self.bot_s + other.bot_s,
            self.postgresql_s + other.postgresql_s,
            self.seconds + other.seconds,
            self.latencies + other.latencies,
            Waits(self.waits.seen + other.waits.seen, self.waits.for_lock + other.waits.for_lock),
        )

    @property
    def bot_ms(self) -> float:
        return self.bot_s / self.answered * 1_000

    @property
    def postgresql_ms(self) -> float:
        return self.postgresql_s / self.answered * 1_000

    @property
    def cost_ms(self) -> float:
        return self.bot_ms + self.postgresql_ms

    def percentile_ms(self, share: float) -> float:
        return sorted(self.latencies)[int(len(self.latencies) * share)] * 1_000


class Fleet:
    """`process` is one more of them; what all say privately goes to `letters`."""

    def __init__(
        self,
        engine: Engine,
        backends: Backends,
        process: Callable[[], AbstractContextManager[Server]],
        mix: Mix,
        letters: Letterbox,
    ) -> None:
        self._engine, self._backends, self._process = engine, backends, process
        self._mix, self._letters = mix, letters

    @asynccontextmanager
    async def one_more(self) -> AsyncIterator[Server]:
        """A process that has done everything for the first time already."""
        with self._process() as server:
            await self.offer([server], WARM_UP_RATE, WARM_UP_S)
            spent = CALM
            while spent >= CALM * LOOK_S:
                before = server.cpu_s()
                await asyncio.sleep(LOOK_S)
                spent = server.cpu_s() - before
            yield server

    async def peak(self, server: Server, seconds: float) -> float:
        """Events a second of one process that always has as many under way as there are
        connections; it includes what is left to send at the end."""
        clicks = self._mix.take(int(AT_MOST * seconds) + CONNECTIONS)
        requests = signed(clicks, INSTALLED, "127.0.0.1")
        began = time.perf_counter()
        outcome = await press_all_the_time(clicks, requests, server.address, seconds)
        await self._settled()
        return outcome.answered / (time.perf_counter() - began)

    async def offer(self, servers: Sequence[Server], rate: float, seconds: float) -> Run:
        """`rate` events a second to each of `servers`, on a schedule."""
        clicks = [self._mix.take(int(rate * seconds)) for _ in servers]
        requests = [signed(some, INSTALLED, "127.0.0.1") for some in clicks]
        run, before = Run(offered=sum(map(len, clicks))), self._counted(servers)
        spent, database = [server.cpu_s() for server in servers], self._backends.cpu_s()
        began = time.perf_counter()
        with self._backends.watched() as run.waits:
            outcomes = await asyncio.gather(
                *(
                    press_at(rate, some, ready, server.address, seconds)
                    for server, some, ready in zip(servers, clicks, requests, strict=True)
                )
            )
            await self._settled()
        run.seconds = time.perf_counter() - began
        run.postgresql_s = self._backends.cpu_s() - database
        run.bot_s = sum(server.cpu_s() - was for server, was in zip(servers, spent, strict=True))
        run.answered = sum(outcome.answered for outcome in outcomes)
        run.latencies = [one for outcome in outcomes for one in outcome.latencies]
        changed = (self._counted(servers) - before).total()
        run.carried = changed + sum(_commands(outcome) for outcome in outcomes)
        return run

    async def _settled(self) -> None:
        """Until every reply has come and nothing waits to be sent."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                replied = self._letters.replied
                await asyncio.sleep(QUIET_S)
                with Session(self._engine) as session:
                    if session.scalar(_LEFT) == 0 and self._letters.replied == replied:
                        return

    def _counted(self, servers: Sequence[Server]) -> Counter[str]:
        """What was carried so far of each kind, less what people were told did not work."""
        counted: Counter[str] = Counter()
        with Session(self._engine) as session:
            counted.update({kind: session.scalar(query) or 0 for kind, query in _WHERE.items()})
        for server in servers:
            host, port = server.address
            with urllib.request.urlopen(f"http://{host}:{port}/metrics") as answer:  # nosec B310
                said = answer.read().decode()
            counted.subtract({"apologies": sum(map(int, map(float, _APOLOGY.findall(said))))})
        return counted


def _commands(outcome: Outcome) -> int:
    """They change nothing: their answer is all there is."""
    return sum(kind == COMMAND for kind, _ in outcome.carried)

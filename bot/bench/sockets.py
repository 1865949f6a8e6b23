"""Does Socket Mode lose anything on a bad day? The real Bolt app, beside a workspace gone wild.

People write to the bot, open its home and join, all the time; meanwhile connections break, fall
into black holes, are asked to come again; addresses are refused, asked for too fast, or not given;
and everything is late. Slack's retries are its own: at once, after one minute, after five. In the
end each event must stand in the database, and what it brought about must stand there once.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import aiohttp
from prometheus_client import REGISTRY
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.clock import SystemClock
from bot.db.engine import create_database_engine
from bot.db.inbox import SeenKey
from bot.db.migrations import migrate
from bot.db.runtime import Runtime
from bot.delivery.tables import Delivery
from bot.demo import INSTALLED
from bot.drill.databases import temporary_database
from bot.features.events.actions import apply_event, join_workspace
from bot.features.events.model import parse_event
from bot.features.events.queries import find_event
from bot.features.people.tables import Identity
from bot.platforms.slack.app import SlackPlatform, identify, web_client
from bot.platforms.slack.handlers import Handlers
from bot.platforms.slack.link import Times
from bot.platforms.slack.sockets import REASONS
from bot.playground import chaos
from bot.playground.chaos import Chaos
from bot.playground.server import Playground

PEOPLE = 200
SILENT_BAR_S = 15.0
_COUNTED = {"message", "app_home_opened", "team_join"}


@dataclass(frozen=True)
class Pace:
    """In machine seconds."""

    between_events: float = 0.7
    between_strikes: float = 6.0
    retry_after: tuple[float, ...] = (0.0, 60.0, 300.0)
    ack_within: float = 3.0
    believed_for: float = 30.0
    throttled_for: int = 5
    times: Times = field(default_factory=Times)


def measure(
    minutes: float,
    seed: int = 1,
    database: str = "sqlite",
    pace: Pace = Pace(),
) -> dict[str, int | float]:
    with temporary_database(database) as url:
        return asyncio.run(_Run(minutes * 60.0, seed, url, pace).figures())


def clean(figures: Mapping[str, int | float]) -> bool:
    lost_or_twice = figures["lost"] or figures["counted_twice"]
    return not lost_or_twice and figures["silent_noticed_max_s"] <= SILENT_BAR_S


class _Run:
    def __init__(self, seconds: float, seed: int, url: str, pace: Pace) -> None:
        self._seconds, self._url, self._pace = seconds, url, pace
        self._random = Random(seed)  # noqa: S311 -- repeatable on purpose
        self._slack = Playground(
            datetime.now(UTC),
            speed=1.0,
            app=INSTALLED,
            seed=seed,
            ack_within=pace.ack_within,
            retry_after=pace.retry_after,
        )
        self._slack.sockets.believed_for = pace.believed_for
        self._chaos = Chaos(self._slack, seed, pace.throttled_for)
        people = self._slack.workspace
        self._users = [
            people.add_user(f"person-{n}", f"person-{n}@example.org").id for n in range(PEOPLE)
        ]
        people.add_channel("programme", members=self._users)

    async def figures(self) -> dict[str, int | float]:
        began, reconnects = time.monotonic(), _reconnects()
        async with AsyncExitStack() as stack:
            stack.enter_context(self._slack.serve())
            migrate(self._url)
            runtime = Runtime(create_database_engine(self._url))
            stack.callback(runtime.close)
            http = await stack.enter_async_context(aiohttp.ClientSession())
            bot = await self._bot(runtime, http)
            stack.push_async_callback(bot.close)
            await bot.connect(INSTALLED.app_token, self._pace.times)
            async with asyncio.TaskGroup() as acting:
                acting.create_task(self._struck())
                acting.create_task(self._busy())
            await self._rest()
            await bot.disconnect()  # what is under way although it was given up is finished
            judged = await runtime.read(self._judge)
        witness, counts = self._slack.sockets.witness, self._chaos.counts
        return {
            **judged,
            "sendings": self._slack.delivery.sendings,
            "disconnects": counts[chaos.BROKEN] + counts[chaos.ASKED],
            "refused": len(witness.refusals),
            "black_holes": len(witness.noticed),
            "silent_noticed_max_s": round(witness.noticed_max_s, 1),
            "gap_max_s": round(witness.without.longest_s, 2),
            "deaf_max_s": round(witness.deaf.longest_s, 2),
            "reconnects": int(_reconnects() - reconnects),
            "strikes": counts.total(),
            "seconds": round(time.monotonic() - began),
            "cpu_s": round(time.process_time(), 1),
        }

    async def _bot(self, runtime: Runtime, http: aiohttp.ClientSession) -> SlackPlatform:
        client = web_client(INSTALLED.bot_token, f"{self._slack.url}/api/", http)
        team = await identify(client)

        def begin(session: Session) -> str:
            now = datetime.now(UTC)
            apply_event(session, parse_event(_event(now)), now)
            return join_workspace(session, find_event(session), "slack", team.team_id)

        workspace_id = await runtime.run(begin)
        handlers = Handlers()
        bot = SlackPlatform(client, team, workspace_id, runtime, SystemClock(), None, handlers)
        await bot.meet_members()
        return bot

    async def _struck(self) -> None:
        ends = time.monotonic() + self._seconds
        while (pause := self._random.expovariate(1 / self._pace.between_strikes)) > 0:
            if time.monotonic() + pause > ends:
                return
            await asyncio.sleep(pause)
            await self._there(self._chaos.strike())

    async def _busy(self) -> None:
        ends = time.monotonic() + self._seconds
        number = 0
        while time.monotonic() < ends:
            number += 1
            await self._something(number)
            await asyncio.sleep(self._random.expovariate(1 / self._pace.between_events))

    async def _something(self, number: int) -> None:
        user = self._random.choice(self._users)
        chance = self._random.random()
        if chance < 0.1:
            await self._slack.join(f"late-{number}", f"late-{number}@example.org")
        elif chance < 0.3:
            await self._slack.open_messages(user)
        else:
            direct = await self._slack.direct(user)
            await self._slack.post_as(user, direct, f"Bonjour {number}")

    async def _rest(self) -> None:
        """A good day again, until every event was acknowledged or given up for good, and nobody
        sits in a black hole any more."""
        sockets = self._slack.sockets
        sockets.latency, sockets.refusing = 0.0, 0
        self._slack.faults.clear()
        await self._slack.settled()
        seen, ends = sockets.changed.number, time.monotonic() + 4 * SILENT_BAR_S
        while sockets.witness.unnoticed and time.monotonic() < ends:
            seen = await sockets.changed.beyond(seen, 1.0)

    async def _there(self, act: Coroutine[Any, Any, None]) -> None:
        assert self._slack.loop is not None
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(act, self._slack.loop))

    def _judge(self, session: Session) -> dict[str, int | float]:
        """Lost: never seen, or seen and nothing came of it. Twice: an answer, a greeting or a
        person more than there was cause for."""
        sent = {key: what for key, what in self._slack.delivery.emitted.items() if what in _COUNTED}
        seen = set(session.scalars(select(SeenKey.key)))
        answers = Counter(
            session.scalars(select(Delivery.cause).where(Delivery.cause.is_not(None)))
        )
        greeted = Counter(session.scalars(select(Delivery.key).where(Delivery.cause.is_(None))))
        met = Counter(session.scalars(select(Identity.user_id)))
        asked = {key for key, what in sent.items() if what == "message"}
        return {
            "events": len(sent),
            "lost": len(sent.keys() - seen | asked - answers.keys()),
            "counted_twice": sum(
                count - 1 for counts in (answers, greeted, met) for count in counts.values()
            ),
        }


def _event(now: datetime) -> str:
    """It goes on today, so that who joins is greeted."""
    first, last = now.date() - timedelta(days=1), now.date() + timedelta(days=1)
    return f"""
slug = "bench"
title = "Congrès"
zone = "Europe/Paris"
first_day = {first}
last_day = {last}
[channels]
general = "programme"
"""


def _reconnects() -> float:
    name = "maillon_socket_reconnects_total"
    values = (REGISTRY.get_sample_value(name, {"reason": reason}) for reason in REASONS)
    return sum(value or 0.0 for value in values)

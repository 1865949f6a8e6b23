"""The sample congress with the real application in this process, and event time that jumps."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Maillon, running
from bot.delivery.tables import OPEN_STATES, Delivery
from bot.demo import INSTALLED, PARIS, fill_database, playground_settings, sample_playground
from bot.features.events.queries import find_event
from bot.playground.server import Playground
from bot.registry import JOBS

FAST = 1_000.0
"""How much faster than Slack's the pace is, on both sides."""
LOOK_AGAIN_S = 0.01
LOOKS = 3_000
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105 (of nothing but this playground)


class NoRestError(Exception):
    """Something is due, queued or unknown and stays so."""


def at(clock: str, day: int = 12) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2019, 12, day, hour, minute, tzinfo=PARIS)


@dataclass(frozen=True)
class Stage:
    playground: Playground
    maillon: Maillon
    event_id: str

    async def until(self, moment: datetime) -> None:
        """Let event time pass, stopping wherever something is due."""
        await self.idle()
        while (due := await self.maillon.runtime.read(self._due)) and due <= moment:
            self.playground.clock.set(max(due, self.playground.clock.now()))
            await self.idle()
        if moment > self.playground.clock.now():
            self.playground.clock.set(moment)
        await self.idle()

    async def idle(self) -> None:
        """Until nothing is due or on its way at the playground's time."""
        for _ in range(LOOKS):
            now = self.playground.clock.now()
            await self.rest()
            followed = self.maillon.clock.now() >= now
            if followed and await self.maillon.runtime.read(partial(self._rests, now=now)):
                return
            await asyncio.sleep(LOOK_AGAIN_S)
        raise NoRestError

    async def rest(self) -> None:
        """Until what was done afterwards is done; deliveries may be under way still."""
        slack = self.maillon.slack
        await slack.gestures.settled()
        await slack.votes.settled()
        await slack.homes.settled()

    def trigger(self, user_id: str) -> str:
        """One that opens a view."""
        return self.playground.triggers.new(user_id)

    def _due(self, session: Session) -> datetime | None:
        dues = (job.next_due(session, self.event_id) for job in JOBS if job.seen)
        return min(filter(None, dues), default=None)

    def _rests(self, session: Session, now: datetime) -> bool:
        due = self._due(session)
        if due is not None and due <= now:
            return False
        waiting = select(Delivery.delivery_id).where(
            Delivery.state.in_(OPEN_STATES), Delivery.due_at <= now
        )
        return session.scalar(waiting.limit(1)) is None


@asynccontextmanager
async def set_stage(
    database_url: str, start: datetime, seed: int = 1, **more: Any
) -> AsyncIterator[Stage]:
    """`more` are settings that differ from a rehearsal's."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    app = replace(INSTALLED, request_url=f"{url}/slack/events", signing_secret=SECRET)
    fill_database(database_url, start)
    with sample_playground(start, app=app, seed=seed) as playground:
        playground.limits.scale = FAST
        settings = playground_settings(
            playground,
            database_url,
            slack_app_token=None,
            slack_signing_secret=SECRET,
            maillon_http_port=port,
            maillon_pace_scale=FAST,
            **more,
        )
        async with running(settings) as maillon:
            yield Stage(playground, maillon, await maillon.runtime.read(find_event))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])

"""From the workspace to the app: events with Slack's three retries, interactions without."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Coroutine
from typing import Any

from bot.playground.answer import Answer, Attempt, Envelope, Line
from bot.playground.faults import INTERACTION, Faults
from bot.playground.installed import InstalledApp
from bot.playground.workspace import Json, Workspace


class Delivery:
    """`retry_after` holds the machine seconds before each retry; Slack's are 0, 60 and 300."""

    def __init__(
        self,
        workspace: Workspace,
        app: InstalledApp,
        line: Line,
        retry_after: tuple[float, ...],
        faults: Faults,
    ) -> None:
        self._workspace = workspace
        self._app = app
        self._line = line
        self._retry_after = retry_after
        self._faults = faults
        self._tasks: set[asyncio.Task[None]] = set()
        self.lost: list[Json] = []  # events given up after the last retry
        self.emitted: dict[str, str] = {}  # what each event id was about
        self.sendings = 0  # of events, repetitions included
        self.doubling = 0  # so many of the next events go out twice at once

    async def interact(self, kind: Envelope, payload: Json) -> Answer:
        """Once. With a fault planned for `INTERACTION` the app is heard too late: whoever pressed
        sees an error, whatever was done."""
        answer = await self._line.deliver(kind, payload, Attempt())
        if answer.acked and self._faults.draw(INTERACTION):
            return Answer(False, reason="timeout")
        return answer

    def emit(self, event: Json) -> None:
        """Send an event in the background, again while it is not acknowledged."""
        payload = self._callback(event)
        self.emitted[payload["event_id"]] = event["type"]
        self.spawn(self._send(payload))
        if self.doubling:
            self.doubling -= 1
            self.spawn(self._send(payload))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Until everything emitted was acknowledged or given up."""
        while self._tasks:
            await asyncio.wait(list(self._tasks))

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await self.settled()
        await self._line.close()

    async def _send(self, payload: Json) -> None:
        answer = await self._attempt(payload, Attempt())
        for number, pause in enumerate(self._retry_after, start=1):
            if answer.acked or not answer.retry:
                break
            await asyncio.sleep(pause)
            answer = await self._attempt(payload, Attempt(number, answer.reason))
        if not answer.acked:
            self.lost.append(payload)

    async def _attempt(self, payload: Json, attempt: Attempt) -> Answer:
        self.sendings += 1
        return await self._line.deliver(Envelope.EVENT, payload, attempt)

    def _callback(self, event: Json) -> Json:
        team, app = self._workspace.team.id, self._app.app_id
        authorization = {
            "enterprise_id": None, "team_id": team, "user_id": self._workspace.bot.id,
            "is_bot": True, "is_enterprise_install": False,
        }  # fmt: skip
        return {
            "token": self._app.verification_token, "team_id": team, "api_app_id": app,
            "event": event, "type": "event_callback",
            "event_id": "Ev0" + secrets.token_hex(5).upper(), "event_time": int(time.time()),
            "authorizations": [authorization], "is_ext_shared_channel": False,
            "event_context": secrets.token_urlsafe(24),
        }  # fmt: skip

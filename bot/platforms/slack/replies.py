"""Private replies to what was acknowledged: a few at a time, each at most once."""

from __future__ import annotations

import asyncio
import json
from collections import deque

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.core.tasks import for_all
from bot.platforms.slack.render import Rendered

log = structlog.get_logger(__name__)

AT_ONCE = 8
"""Acknowledging others comes before answering: more at once would only take turns from it."""
_HEADERS = {"Content-Type": "application/json"}


def reply_body(reply: Rendered, *, in_place: bool) -> bytes:
    return json.dumps(
        {
            "text": reply.text,
            "blocks": reply.blocks,
            "response_type": "ephemeral",
            "replace_original": in_place,
        }
    ).encode()


class Replies:
    """Through the connections that are there: Bolt's `respond` opens a new one each time."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._patience = aiohttp.ClientTimeout(total=client.timeout)
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._workers: set[asyncio.Task[None]] = set()

    def later(self, url: str, body: bytes) -> None:
        self._waiting.append((url, body))
        if len(self._workers) < AT_ONCE:
            worker = for_all(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)

    async def _work(self) -> None:
        while self._waiting:
            try:
                await self.post(*self._waiting.popleft())
            except Exception as error:
                log.warning("slack.reply_failed", error=type(error).__name__)

    async def post(self, url: str, body: bytes) -> None:
        session = self._client.session
        assert session is not None, "the platform is built with a session"
        async with session.post(
            URL(url, encoded=True),  # it is used as it was given
            data=body,
            headers=_HEADERS,
            proxy=self._client.proxy,
            timeout=self._patience,
        ) as answer:
            if answer.status != 200:
                log.warning("slack.reply_refused", status=answer.status)

    async def settled(self) -> None:
        while self._workers:
            await asyncio.wait(set(self._workers))

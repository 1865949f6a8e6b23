"""Channels by the names that organisers use; the bot joins what it posts to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.delivery.gateway import DeliveryError, NotSentError, RefusedError, ThrottledError
from bot.platforms.slack.errors import attempt

PAGE = 200


@dataclass(frozen=True)
class Channel:
    channel_id: str
    private: bool
    member: bool


class Channels:
    """Read once, and again when a name is not found: `conversations.list` is 20 a minute."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._by_name: dict[str, Channel] = {}
        self._lock = asyncio.Lock()
        self._free_at: dict[str, float] = {}

    async def id_of(self, name: str) -> str:
        """The channel's id, joined if it is public; `RefusedError` if there is none."""
        if name not in self._by_name:
            async with self._lock:
                if name not in self._by_name:  # those who waited need not ask again
                    self._by_name = await self._list()
        channel = self._by_name.get(name)
        if channel is None:
            raise RefusedError("channel_not_found")
        if not channel.member and not channel.private:
            await self.join(name)
        return channel.channel_id

    async def reload(self) -> dict[str, Channel]:
        async with self._lock:
            self._by_name = await self._list()
            return self._by_name

    async def _list(self) -> dict[str, Channel]:
        found: dict[str, Channel] = {}
        cursor = ""
        while True:
            page = await self._ask(
                "list",
                partial(
                    self._client.conversations_list,
                    types="public_channel,private_channel",
                    exclude_archived=True,
                    limit=PAGE,
                    cursor=cursor,
                ),
            )
            for one in page["channels"]:
                found[one["name"]] = Channel(
                    one["id"], bool(one.get("is_private")), bool(one.get("is_member"))
                )
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return found

    async def join(self, name: str) -> None:
        channel = self._by_name[name]
        await self._ask("join", lambda: self._client.conversations_join(channel=channel.channel_id))
        self._by_name[name] = Channel(channel.channel_id, channel.private, member=True)

    def forget(self, name: str) -> None:
        """After a refusal: archived, renamed or left; the next use looks again."""
        self._by_name.pop(name, None)

    async def _ask(
        self, method: str, call: Callable[[], Awaitable[AsyncSlackResponse]]
    ) -> AsyncSlackResponse:
        """A question before a send: whatever fails, nothing was sent.

        Once it was asked too often it is not asked at all until Slack wants to hear it again.
        """
        if (wait := self._free_at.get(method, 0.0) - time.monotonic()) > 0:
            raise NotSentError("ratelimited", wait)
        try:
            return await attempt(call())
        except RefusedError:
            raise
        except ThrottledError as error:
            self._free_at[method] = time.monotonic() + error.retry_after
            raise NotSentError("ratelimited", error.retry_after) from error
        except DeliveryError as error:
            raise NotSentError(str(error)) from error

"""The workspace's members, in memory: who they are is read at start and kept by events.

`users.list` is 20 pages a minute: of more than 4,000 people some are not known at once.

`users.info` is about 100 a minute and never on the way of an answer; who is not known yet is
met without an address and recognised a moment later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.gateway import (
    DeliveryError,
    NotSentError,
    OutcomeUnknownError,
    ThrottledError,
)
from bot.features.people.model import Member
from bot.platforms.slack.errors import attempt

log = structlog.get_logger(__name__)

PAGE = 200
AGAIN_S = 10.0
"""After a page that did not come."""


class Members:
    def __init__(
        self, client: AsyncWebClient, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._client, self._sleep = client, sleep
        self._known: dict[str, Member] = {}
        self._cursor: str | None = ""
        """Where the list is read on; None once all of it was."""
        self.rest: asyncio.Task[None] | None = None

    async def load(self) -> None:
        """As many as Slack tells of at once: nobody waits for the rest of a large workspace."""
        wait = await self._read_on()
        if wait is not None:
            self.rest = asyncio.ensure_future(self._read_rest(wait))

    async def _read_rest(self, wait: float | None) -> None:
        while wait is not None:
            await self._sleep(wait)
            try:
                wait = await self._read_on()
            except (NotSentError, OutcomeUnknownError):
                wait = AGAIN_S
            except DeliveryError as error:  # the others are recognised as they come
                log.warning("slack.members_unread", code=str(error))
                return

    async def _read_on(self) -> float | None:
        """None at the end, else the seconds after which Slack lets us go on."""
        while self._cursor is not None:
            asked = self._client.users_list(include_locale=True, limit=PAGE, cursor=self._cursor)
            try:
                page = await attempt(asked)
            except ThrottledError as error:
                return error.retry_after
            for user in page["members"]:
                self.keep(user)
            self._cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
        return None

    async def close(self) -> None:
        if self.rest is not None:
            self.rest.cancel()
            await asyncio.wait({self.rest})

    def keep(self, user: Mapping[str, Any]) -> Member | None:
        """Take in Slack's description of a user; None for bots and the deactivated."""
        user_id = str(user["id"])
        if user.get("deleted") or user.get("is_bot") or user_id == "USLACKBOT":
            self._known.pop(user_id, None)
            return None
        profile = user.get("profile") or {}
        before = self._known.get(user_id)
        member = Member(
            user_id=user_id,
            name=str(profile.get("real_name") or user.get("real_name") or user.get("name") or ""),
            email=profile.get("email") or None,
            locale=user.get("locale") or (before.locale if before else None),
        )
        self._known[user_id] = member
        return member

    def get(self, user_id: str) -> Member:
        return self._known.get(user_id) or Member(user_id)

    def knows(self, user_id: str) -> bool:
        return user_id in self._known

    async def ask(self, user_id: str) -> Member | None:
        answer = await attempt(self._client.users_info(user=user_id, include_locale=True))
        return self.keep(answer["user"])

"""The workspace's members, in memory: who they are is read at start and kept by events.

`users.info` is about 100 a minute and never on the way of an answer; who is not known yet is
met without an address and recognised a moment later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.features.people.model import Member
from bot.platforms.slack.errors import attempt

PAGE = 200


class Members:
    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known: dict[str, Member] = {}

    async def load(self) -> None:
        cursor = ""
        while True:
            page = await attempt(
                self._client.users_list(include_locale=True, limit=PAGE, cursor=cursor)
            )
            for user in page["members"]:
                self.keep(user)
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

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

"""User groups whose members have a role: followed at start, when Slack tells, and every hour."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.orm import Session

from bot.core.clock import EventClock
from bot.db.runtime import Runtime
from bot.delivery.gateway import DeliveryError, ThrottledError
from bot.features.events.queries import active_event, event_settings
from bot.features.people.actions import meet
from bot.features.people.queries import participant_of
from bot.features.programme.giving_roles import follow_groups, groups_gave
from bot.platforms.slack.errors import attempt
from bot.platforms.slack.members import Members

log = structlog.get_logger(__name__)

EVERY_S = 3600.0


class Groups:
    def __init__(
        self,
        client: AsyncWebClient,
        runtime: Runtime,
        clock: EventClock,
        members: Members,
        team_id: str,
        workspace_id: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client, self._runtime, self._clock = client, runtime, clock
        self._members, self._team_id, self._workspace_id = members, team_id, workspace_id
        self._sleep = sleep
        self._following: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()

    def start(self) -> None:
        self._following = asyncio.ensure_future(self._follow())

    async def close(self) -> None:
        if self._following is not None:
            self._following.cancel()
            await asyncio.wait({self._following})

    async def _follow(self) -> None:
        while True:
            asked_to_wait = await self.read()
            await self._sleep(asked_to_wait or EVERY_S)

    async def read(self) -> float | None:
        """Who is in the groups that the event file names; nothing is asked if it names none.

        Seconds to wait where it was asked too often: processes that start together share a limit.
        """
        async with self._one_at_a_time:
            try:
                handles, were = await self._runtime.read(self._handles)
                if handles or were:
                    found = await self._of_slack(handles) if handles else {}
                    await self._runtime.run(lambda session: self._take(session, found))
            except ThrottledError as error:
                return error.retry_after
            except DeliveryError as error:  # what they have, they keep until the next time
                log.warning("slack.groups_unread", code=str(error))
            except Exception:
                log.exception("slack.groups_failed")
        return None

    def _handles(self, session: Session) -> tuple[set[str], bool]:
        """The groups that give roles, and whether any group gave one before."""
        event_id = active_event(session, self._team_id)
        if event_id is None:
            return set(), False
        handles = {handle for handle, _ in event_settings(session, event_id).roles.of_groups()}
        return handles, groups_gave(session, event_id)

    async def _of_slack(self, handles: Collection[str]) -> dict[str, list[str]]:
        """The users of each group; a group that is disabled or unknown has none to tell of."""
        answer = await attempt(self._client.usergroups_list(include_disabled=False))
        ids = {group["handle"]: group["id"] for group in answer["usergroups"]}
        found: dict[str, list[str]] = {}
        for handle in sorted(handles):
            if handle not in ids:
                log.warning("slack.group_unknown", group=handle)
                found[handle] = []
                continue
            users = await attempt(self._client.usergroups_users_list(usergroup=ids[handle]))
            found[handle] = list(users["users"])
        return found

    def _take(self, session: Session, found: Mapping[str, Collection[str]]) -> None:
        event_id = active_event(session, self._team_id)
        if event_id is None:
            return
        now = self._clock.now()
        people = {
            user_id: self._participant(session, event_id, user_id)
            for users in found.values()
            for user_id in users
        }
        members = {
            handle: [people[user_id] for user_id in users] for handle, users in found.items()
        }
        follow_groups(session, event_id, members, now)

    def _participant(self, session: Session, event_id: str, user_id: str) -> str:
        known = participant_of(session, event_id, self._workspace_id, user_id)
        if known is None:
            member = self._members.get(user_id)
            known = meet(session, event_id, self._workspace_id, member, self._clock.now())
        return known.participant_id

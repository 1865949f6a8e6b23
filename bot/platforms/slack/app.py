"""Slack's side of Maillon: the Bolt app, and what happens before the first event arrives."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import aiohttp
import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.orm import Session

from bot.core.address import PublicAddress
from bot.core.clock import EventClock
from bot.db.inbox import first_time
from bot.db.runtime import Runtime
from bot.delivery.gateway import DeliveryError
from bot.features.bulletins.answers import offer_bulletins
from bot.features.events.queries import active_event, event_settings
from bot.features.people.actions import meet
from bot.features.people.model import Member
from bot.features.people.tables import Participant
from bot.features.programme.actions import answer
from bot.features.questions.doors import offer_pages
from bot.features.welcome.actions import welcome
from bot.platforms.slack.authorize import SlackTeam, authorizing
from bot.platforms.slack.channels import Channels
from bot.platforms.slack.errors import attempt
from bot.platforms.slack.gateway import SlackGateway
from bot.platforms.slack.gestures import Gestures
from bot.platforms.slack.groups import Groups
from bot.platforms.slack.handlers import Handlers
from bot.platforms.slack.home import Homes
from bot.platforms.slack.interactions import Interactions
from bot.platforms.slack.link import Times
from bot.platforms.slack.members import Members
from bot.platforms.slack.replies import Replies
from bot.platforms.slack.sockets import Sockets
from bot.platforms.slack.votes import Votes

log = structlog.get_logger(__name__)


async def identify(client: AsyncWebClient) -> SlackTeam:
    answer_ = await attempt(client.auth_test())
    return SlackTeam(answer_["team_id"], answer_["bot_id"], answer_["user_id"])


def web_client(
    token: str | None, api_url: str, session: aiohttp.ClientSession | None
) -> AsyncWebClient:
    """One connection pool for all calls, and no retries: a retried post may be posted twice."""
    return AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=[])


async def _on_error(error: Exception) -> None:
    """What went wrong in a listener, and never with what."""
    if isinstance(error, BoltUnhandledRequestError):
        log.warning("slack.request_unknown")
    else:
        log.error("slack.listener_failed", exc_info=error)


class SlackPlatform:
    def __init__(
        self,
        client: AsyncWebClient,
        team: SlackTeam,
        workspace_id: str,
        runtime: Runtime,
        clock: EventClock,
        signing_secret: str | None,
        handlers: Handlers,
        address: PublicAddress | None = None,
    ) -> None:
        self._client, self._team, self.workspace_id = client, team, workspace_id
        self.signed = signing_secret is not None
        self._runtime, self._clock = runtime, clock
        self.channels = Channels(client)
        self.members = Members(client)
        self.groups = Groups(client, runtime, clock, self.members, team.team_id, workspace_id)
        self.gateway = SlackGateway(client, self.channels, address)
        self.gestures = Gestures(runtime, clock, self.members, team.team_id, workspace_id, handlers)
        replies = Replies(client)
        self.homes = Homes(self.gestures, client)
        self.interactions = Interactions(self.gestures, client, replies, self.homes)
        self.votes = Votes(self.gestures, team.team_id, replies)
        self.bolt = self._bolt(signing_secret)
        self._sockets: Sockets | None = None

    async def join(self, channels: Iterable[str]) -> None:
        """The event's channels, before anything is due."""
        for name in channels:
            try:
                await self.channels.id_of(name)
            except DeliveryError as error:
                # The bot starts all the same: `doctor` says what to do, posts to it fail visibly.
                log.warning("slack.channel_unusable", channel=name, code=str(error))

    async def meet_members(self) -> None:
        """Who may press a button, and who is in a group that gives a role."""
        await self.members.load()
        self.groups.start()

    async def connect(self, app_token: str, times: Times = Times()) -> None:  # noqa: B008 -- frozen
        """Over Socket Mode; raises `DeliveryError` where Slack cannot be reached or refuses."""

        async def ask() -> str:
            answer = await attempt(self._client.apps_connections_open(app_token=app_token))
            return str(answer["url"])

        sockets = Sockets(ask, self.bolt, times=times)
        await sockets.start()
        self._sockets = sockets

    async def connected(self) -> bool | None:
        """Over one connection at least; None where events come over HTTP."""
        return self._sockets.connected > 0 if self._sockets else None

    async def disconnect(self) -> None:
        """Nothing more is taken; what is under way is finished and acknowledged."""
        if self._sockets is not None:
            await self._sockets.close()

    async def close(self) -> None:
        await self.disconnect()
        await self.groups.close()
        await self.members.close()
        await self.votes.settled()
        await self.homes.close()
        await self.gestures.settled()

    def _bolt(self, signing_secret: str | None) -> AsyncApp:
        # A client without the token, which `authorize` adds to each copy: Bolt warns otherwise.
        client = web_client(None, self._client.base_url, self._client.session)
        bolt = AsyncApp(
            name="maillon",
            client=client,
            signing_secret=signing_secret or "socket-mode-only",
            authorize=authorizing(self._team, self._client.token),  # type: ignore[arg-type]
            before_authorize=self.votes,
            process_before_response=True,
            # Otherwise Bolt prints the whole of what it does not know: names, and what was typed.
            raise_error_for_unhandled_request=True,
        )
        bolt.error(_on_error)
        self.interactions.listen(bolt)
        bolt.event("team_join")(self._on_team_join)
        bolt.event("user_change")(self._on_user_change)
        bolt.event("app_home_opened")(self._on_home_opened)
        bolt.event("message")(self._on_message)
        bolt.event("subteam_members_changed")(self._on_group)
        bolt.event("subteam_updated")(self._on_group)
        # An event that nobody listens to would never be acked, and come again and again.
        bolt.event(re.compile(".*"))(self._on_other)
        return bolt

    async def _on_team_join(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        member = self.members.keep(event["user"])
        if member is not None:
            await self._greet(member, body["event_id"], joined=True)

    async def _on_user_change(self, event: dict[str, Any]) -> None:
        member = self.members.keep(event["user"])
        if member is not None:
            await self.gestures.meet(member)

    async def _on_home_opened(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        await self._greet(self.members.get(event["user"]), body["event_id"], joined=False)
        if event.get("tab") == "home":
            self.homes.opened(event["user"])

    async def _greet(self, member: Member, key: str, *, joined: bool) -> None:
        now = self._clock.now()

        def use_case(session: Session, event_id: str, person: Participant) -> None:
            event = event_settings(session, event_id)
            welcome(session, event, person, self.workspace_id, now, joined=joined)

        await self._once(member, key, use_case)

    async def _on_message(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        """Somebody wrote to Maillon; what bots and edits say is no question."""
        if event.get("channel_type") != "im" or event.get("subtype") or event.get("bot_id"):
            return
        words, now, key = str(event.get("text") or ""), self._clock.now(), body["event_id"]

        def use_case(session: Session, event_id: str, person: Participant) -> None:
            event = event_settings(session, event_id)
            asked = (session, event, person, self.workspace_id, words, key, now)
            if not (offer_pages(*asked) or offer_bulletins(*asked)):
                answer(session, person, self.workspace_id, words, key, now)

        await self._once(self.members.get(event["user"]), key, use_case)

    async def _on_group(self) -> None:
        """Who is in it is read anew: the event tells of a part, and may come in any order."""
        self.gestures.later(self.groups.read())

    async def _on_other(self, event: dict[str, Any]) -> None:
        log.debug("slack.event_ignored", type=event.get("type"))

    async def _once(self, member: Member, key: str, use_case: Any) -> None:
        """Run a use case for a member the first time its event arrives."""
        now = self._clock.now()

        def transaction(session: Session) -> None:
            event_id = active_event(session, self._team.team_id)
            if event_id is None or not first_time(session, event_id, key, now):
                return
            person = meet(session, event_id, self.workspace_id, member, now)
            use_case(session, event_id, person)

        await self._runtime.run(transaction)
        if not self.members.knows(member.user_id):
            self.gestures.later(self.gestures.recognise(member.user_id))

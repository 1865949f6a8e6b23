"""Everything a Web API method may need, in one hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.playground.arguments import Arguments
from bot.playground.clock import PlaygroundClock
from bot.playground.events import Events
from bot.playground.installed import InstalledApp
from bot.playground.limits import Limits
from bot.playground.receipts import Receipts
from bot.playground.refusal import Refusal
from bot.playground.shapes import Shapes
from bot.playground.triggers import Triggers
from bot.playground.views import Modals
from bot.playground.workspace import Channel, File, Json, Message, User, Workspace


@dataclass(frozen=True)
class Parts:
    workspace: Workspace
    app: InstalledApp
    shapes: Shapes
    clock: PlaygroundClock
    limits: Limits
    receipts: Receipts
    triggers: Triggers
    modals: Modals
    events: Events
    monotonic: Callable[[], float]
    address: Callable[[], str]
    """Where this playground is served."""
    uploads: dict[str, File] = field(default_factory=dict)
    """By the secret in the address that takes their bytes."""

    def channel(self, args: Arguments, name: str = "channel") -> Channel:
        """A conversation that the bot may know of: not a private one it is not in."""
        channel = self.workspace.channels.get(args.required(name))
        if channel is None:
            raise Refusal("channel_not_found")
        if channel.kind != "public" and self.workspace.bot.id not in channel.members:
            raise Refusal("channel_not_found")
        return channel

    def channel_joined(self, args: Arguments) -> Channel:
        channel = self.channel(args)
        if self.workspace.bot.id not in channel.members:
            raise Refusal("not_in_channel")
        return channel

    def user(self, user_id: str) -> User:
        user = self.workspace.users.get(user_id)
        if user is None:
            raise Refusal("user_not_found")
        return user

    def say(
        self,
        user: User,
        channel: Channel,
        text: str,
        *,
        thread_ts: str | None = None,
        subtype: str | None = None,
    ) -> Message:
        """What a person, or Slack in their name, puts into a conversation."""
        message = Message(
            ts=self.workspace.next_ts(),
            channel=channel.id,
            user=user.id,
            text=text,
            moment=self.clock.now(),
            thread_ts=thread_ts,
            subtype=subtype,
        )
        self.workspace.add_message(message)
        self.events.posted(message)
        return message


@dataclass(frozen=True)
class Method:
    """`scopes` of the bot token are needed; it depends on the conversation for some."""

    run: Callable[[Parts, Arguments], Json]
    scopes: Callable[[Parts, Arguments], list[str]]


def needs(*scopes: str) -> Callable[[Parts, Arguments], list[str]]:
    return lambda parts, args: list(scopes)


def needs_in_channel(right: str) -> Callable[[Parts, Arguments], list[str]]:
    """`channels:read`, `groups:read` … by the kind of the conversation asked for."""

    def scopes(parts: Parts, args: Arguments) -> list[str]:
        return [f"{FAMILY[parts.channel(args).kind]}:{right}"]

    return scopes


FAMILY = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}

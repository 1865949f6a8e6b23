"""What a person sees where they stand, ready to be drawn; nothing that they may not see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Literal
from zlib import crc32

from bot.playground.page.place import Standing, people, talk_with_app
from bot.playground.workspace import Channel, Kind, Message, User, Workspace

LATEST = 150  # messages drawn before one asks for the older ones
_TOGETHER = timedelta(minutes=5)
_TONES = 8

Sign = Literal["channel", "private", "direct", "group"]
_KINDS: dict[Kind, Sign] = {
    "public": "channel", "private": "private", "im": "direct", "mpim": "group",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A conversation in the list."""

    label: str
    url: str
    unread: int = 0
    current: bool = False
    kind: Sign = "channel"
    face: User | None = None


@dataclass(frozen=True)
class Line:
    """A message. `day` when it is the first of its day, `compact` under one of the same person."""

    message: Message
    author: User | None
    day: date | None
    compact: bool
    replies: int

    @property
    def joined(self) -> bool:
        return self.message.subtype == "channel_join"


@dataclass(frozen=True)
class Conversations:
    channels: list[Entry]
    others: list[Entry]
    directs: list[Entry]
    members: int = 0
    """People in the one that is open."""

    @property
    def waiting(self) -> bool:
        """Something is unread elsewhere."""
        return any(one.unread and not one.current for one in (*self.channels, *self.directs))


class Unread:
    """How far each person has read each conversation, as far as this page knows."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, str], str] = {}

    def read(self, person: str, channel: str, messages: list[Message]) -> None:
        if messages:
            self._read[person, channel] = messages[-1].ts

    def count(self, workspace: Workspace, person: str, channel: str) -> int:
        read = self._read.get((person, channel), "")
        visible = workspace.visible(channel, person)
        others = (m for m in visible if m.user != person and m.subtype != "channel_join")
        return sum(message.ts > read for message in others)


def tone(name: str) -> int:
    """Which of the page's colours a person has: the same wherever they appear."""
    return crc32(name.encode()) % _TONES


def initials(name: str) -> str:
    words = [word for word in name.split() if word[0].isalnum()] or [name or "?"]
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


def title(workspace: Workspace, channel: Channel | None, me: User) -> str:
    """What a person calls a conversation: without their own name, where it is made of names."""
    if channel is None:
        return workspace.bot.real_name
    if not channel.direct:
        return channel.name
    others = [workspace.users[name] for name in channel.members if name != me.id]
    if channel.kind == "mpim":  # every one of them has the bot, which opened it
        others = [user for user in others if not user.is_bot]
    return ", ".join(user.real_name for user in others) or me.real_name


def _face(workspace: Workspace, channel: Channel, me: User) -> User | None:
    """Whose avatar stands for a conversation of two."""
    if channel.kind != "im":
        return None
    other = next((name for name in channel.members if name != me.id), me.id)
    return workspace.users[other]


def conversations(workspace: Workspace, standing: Standing, unread: Unread) -> Conversations:
    me, place, bot = standing.me, standing.place, workspace.bot

    def entry(channel: Channel) -> Entry:
        return Entry(
            title(workspace, channel, me),
            place.to(channel.id),
            unread.count(workspace, me.id, channel.id),
            place.channel == channel.id,
            _KINDS[channel.kind],
            _face(workspace, channel, me),
        )

    talk = talk_with_app(workspace, me)
    waiting = unread.count(workspace, me.id, talk.id) if talk else 0
    app = Entry(bot.real_name, place.to(bot.id), waiting, place.channel == bot.id, "direct", bot)
    mine = [channel for channel in workspace.conversations_of(me.id) if not channel.archived]
    directs = [entry(c) for c in mine if c.direct and c is not talk]
    others = [Entry(c.name, place.to(c.id), current=place.channel == c.id)
              for c in workspace.joinable_by(me.id)]  # fmt: skip
    inside = standing.channel.members if standing.channel else []
    present = sum(one in workspace.users and one != bot.id for one in inside)
    channels = [entry(c) for c in mine if not c.direct]
    return Conversations(channels, others, [app, *directs], present)


def lines(workspace: Workspace, messages: list[Message], zone: tzinfo) -> Iterator[Line]:
    before: Message | None = None
    for message in messages:
        day = message.moment.astimezone(zone).date()
        new_day = before is None or before.moment.astimezone(zone).date() != day
        yield Line(
            message,
            workspace.users.get(message.user),
            day if new_day else None,
            not new_day and before is not None and _continues(before, message),
            0 if message.is_reply else len(workspace.replies(message.channel, message.ts)),
        )
        before = message


def _continues(before: Message, message: Message) -> bool:
    return (
        before.user == message.user
        and before.subtype == message.subtype
        and before.only_for == message.only_for
        and timedelta() <= message.moment - before.moment < _TOGETHER
    )


def people_found(workspace: Workspace, words: str) -> list[User]:
    """Those whose name or address has all the words."""
    wanted = words.casefold().split()
    return [
        user
        for user in people(workspace)
        if all(word in f"{user.real_name} {user.email}".casefold() for word in wanted)
    ]

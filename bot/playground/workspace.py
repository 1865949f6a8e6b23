"""What the workspace holds: people, conversations, messages, views. All of it in memory.

No rule of Slack's lives here, only state and the reads that a page or a method needs.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from mimetypes import guess_type
from pathlib import PurePosixPath
from threading import Lock
from typing import Any, Literal

from bot.playground.revision import Revision

Json = dict[str, Any]
Kind = Literal["public", "private", "im", "mpim"]

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


@dataclass(frozen=True)
class Team:
    id: str = "T0PLAYGROUND"
    name: str = "Playground"
    domain: str = "playground"


@dataclass
class User:
    id: str
    name: str
    real_name: str
    email: str
    locale: str
    tz: str
    is_bot: bool = False
    deleted: bool = False
    updated: int = 0


@dataclass
class Channel:
    id: str
    name: str
    kind: Kind
    creator: str
    created: int
    members: list[str] = field(default_factory=list)
    archived: bool = False
    topic: str = ""
    purpose: str = ""

    @property
    def direct(self) -> bool:
        return self.kind in ("im", "mpim")


@dataclass
class File:
    """`content` comes after the file is announced; `completed` once it may be shown."""

    id: str
    name: str
    size: int
    user: str
    moment: datetime
    title: str = ""
    content: bytes | None = None
    completed: bool = False
    shares: list[tuple[str, str]] = field(default_factory=list)  # channel, ts

    @property
    def type(self) -> str:
        """As Slack calls it: after the ending of the name."""
        return PurePosixPath(self.name).suffix.lstrip(".").lower() or "binary"

    @property
    def mimetype(self) -> str:
        return guess_type(self.name)[0] or "application/octet-stream"


@dataclass
class UserGroup:
    id: str
    handle: str
    name: str
    members: list[str] = field(default_factory=list)
    disabled: bool = False
    updated: int = 0


@dataclass
class Message:
    """`ts` is machine time, as Slack's; `moment` is the event's time when it arrived."""

    ts: str
    channel: str
    user: str
    text: str
    moment: datetime
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    subtype: str | None = None
    edited_ts: str | None = None
    files: list[File] = field(default_factory=list)
    only_for: str | None = None  # an ephemeral message is seen by this person alone

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass
class View:
    """A modal or a Home tab. `errors` and `notice` are what its reader is told, not Slack data."""

    id: str
    user: str
    body: Json  # type, title, blocks, callback_id, private_metadata … as validated
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Json = field(default_factory=dict)  # block_id → action_id → element state
    errors: dict[str, str] = field(default_factory=dict)  # block_id → words
    notice: str = ""

    @property
    def type(self) -> str:
        return str(self.body["type"])

    @property
    def blocks(self) -> list[Json]:
        return list(self.body["blocks"])


class Workspace:
    def __init__(self, team: Team | None = None) -> None:
        self.team = team or Team()
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, UserGroup] = {}
        self.messages: dict[str, dict[str, Message]] = {}  # channel → ts → message, oldest first
        self.modals: dict[str, list[View]] = {}  # user → stack, the visible one last
        self.homes: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.changes = Revision()
        self._threads: dict[tuple[str, str], list[Message]] = {}
        self._directs: dict[frozenset[str], str] = {}
        self._serial = count(1)
        self._last_ts = 0
        self._lock = Lock()
        self.bot = self.add_user("Maillon", "", name="maillon", is_bot=True)

    # --- people and conversations

    def new_id(self, letter: str) -> str:
        """An id as Slack's look; the serial number keeps it unique, the rest opaque."""
        tail = "".join(secrets.choice(_LETTERS) for _ in range(4))
        return f"{letter}0{next(self._serial):05d}{tail}"

    def next_ts(self) -> str:
        """Machine time in Slack's form, unique and growing in the whole workspace."""
        with self._lock:
            self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def add_user(
        self,
        real_name: str,
        email: str,
        *,
        name: str = "",
        locale: str = "fr-FR",
        tz: str = "Europe/Paris",
        is_bot: bool = False,
    ) -> User:
        handle = name or email.partition("@")[0] or real_name.lower().replace(" ", ".")
        now = int(time.time())
        user = User(self.new_id("U"), handle, real_name, email, locale, tz, is_bot, updated=now)
        self.users[user.id] = user
        self.changes.advance()
        return user

    def add_channel(
        self, name: str, *, kind: Kind = "public", members: Iterable[str] = (), creator: str = ""
    ) -> Channel:
        letter = {"public": "C", "private": "C", "im": "D", "mpim": "G"}[kind]
        who = list(dict.fromkeys(members))
        maker = creator or (who[0] if who else self.bot.id)
        channel = Channel(self.new_id(letter), name, kind, maker, int(time.time()), who)
        self.channels[channel.id] = channel
        self.messages[channel.id] = {}
        self.changes.advance()
        return channel

    def add_group(self, handle: str, members: Iterable[str] = ()) -> UserGroup:
        group = UserGroup(self.new_id("S"), handle, handle, list(members), updated=int(time.time()))
        self.groups[group.id] = group
        return group

    def direct(self, users: Iterable[str]) -> tuple[Channel, bool]:
        """The one conversation between these people, and whether it was there already."""
        people = frozenset(users)
        with self._lock:
            known = self._directs.get(people)
            if known is None:
                members = [user for user in self.users if user in people]  # a stable order
                kind: Kind = "im" if len(members) <= 2 else "mpim"
                handles = "--".join(self.users[user].name for user in members)
                name = "" if kind == "im" else f"mpdm-{handles}-1"
                known = self.add_channel(name, kind=kind, members=members).id
                self._directs[people] = known
                return self.channels[known], False
        return self.channels[known], True

    def channel_named(self, name: str) -> Channel | None:
        named = (c for c in self.channels.values() if c.name == name and not c.direct)
        return next(named, None)

    def user_by_email(self, email: str) -> User | None:
        wanted = email.casefold()
        alike = (u for u in self.users.values() if u.email and u.email.casefold() == wanted)
        return next((u for u in alike if not u.deleted), None)

    # --- messages

    def add_message(self, message: Message) -> Message:
        self.messages[message.channel][message.ts] = message
        if message.is_reply:
            assert message.thread_ts
            self._threads.setdefault((message.channel, message.thread_ts), []).append(message)
        self.changes.advance()
        return message

    def message(self, channel: str, ts: str) -> Message | None:
        return self.messages.get(channel, {}).get(ts)

    def remove_message(self, message: Message) -> None:
        del self.messages[message.channel][message.ts]
        if message.is_reply:
            assert message.thread_ts
            self._threads[message.channel, message.thread_ts].remove(message)
        self.changes.advance()

    def replies(self, channel: str, ts: str) -> list[Message]:
        """What was answered in the thread of `ts`, ephemeral words left out."""
        return [m for m in self._threads.get((channel, ts), ()) if m.only_for is None]

    def newest_first(self, channel: str) -> Iterator[Message]:
        """The public record of a conversation: no replies, nothing ephemeral."""
        everything = list(self.messages.get(channel, {}).values())
        return (m for m in reversed(everything) if not m.is_reply and m.only_for is None)

    # --- what one person sees

    def conversations_of(self, user: str) -> list[Channel]:
        return [c for c in list(self.channels.values()) if user in c.members]

    def joinable_by(self, user: str) -> list[Channel]:
        everything = list(self.channels.values())
        public = (c for c in everything if c.kind == "public" and not c.archived)
        return [c for c in public if user not in c.members]

    def visible(self, channel: str, user: str) -> list[Message]:
        """Oldest first, what stands in the conversation itself for this person."""
        everything = list(self.messages.get(channel, {}).values())
        return [m for m in everything if not m.is_reply and m.only_for in (None, user)]

    def thread(self, channel: str, ts: str, user: str) -> list[Message]:
        """The message that opened the thread, then its answers, as this person sees them."""
        first = self.message(channel, ts)
        answers = [m for m in self._threads.get((channel, ts), ()) if m.only_for in (None, user)]
        return [first, *answers] if first else answers

    def modal(self, user: str) -> View | None:
        stack = self.modals.get(user)
        return stack[-1] if stack else None

    def home(self, user: str) -> View | None:
        return self.homes.get(user)

    def view(self, view_id: str) -> View | None:
        """An open modal or a Home tab, by its id."""
        return next((view for view in self._views() if view.id == view_id), None)

    def view_by_external_id(self, name: str) -> View | None:
        return next((v for v in self._views() if v.body.get("external_id") == name), None)

    def _views(self) -> Iterator[View]:
        for stack in list(self.modals.values()):
            yield from list(stack)
        yield from list(self.homes.values())

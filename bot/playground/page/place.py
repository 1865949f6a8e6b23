"""Where somebody stands: everything that the address of the page says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from bot.playground.page.words import LANGUAGES
from bot.playground.workspace import Channel, User, Workspace


@dataclass(frozen=True)
class Place:
    """`channel` is the bot's user id for the conversation with it, begun or not."""

    person: str = ""
    channel: str = ""
    thread: str = ""
    tab: str = ""  # "home": the bot's Home tab instead of the messages
    pane: str = ""  # "1": inside a page that has the clock and shows others beside it
    older: str = ""  # "1": all messages, not only the last
    lang: str = "fr"

    @classmethod
    def of(cls, given: Mapping[str, object], language: str) -> Place:
        texts = {name: str(given.get(key, "")) for name, key in _KEYS.items()}
        if texts["lang"] not in LANGUAGES:
            texts["lang"] = language
        return cls(**texts)

    def fields(self) -> list[tuple[str, str]]:
        values = ((key, getattr(self, name)) for name, key in _KEYS.items())
        return [(key, value) for key, value in values if value]

    def url(self, **changes: str) -> str:
        return "/?" + urlencode(replace(self, **changes).fields())

    def to(self, channel: str) -> str:
        """The address of another conversation."""
        return Place(self.person, channel, pane=self.pane, lang=self.lang).url()


_KEYS = {
    "person": "as", "channel": "in", "thread": "thread", "tab": "tab", "pane": "pane",
    "older": "older", "lang": "lang",
}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """A place that exists. `channel` is None where a person and the bot have not spoken yet."""

    place: Place
    me: User
    channel: Channel | None

    @property
    def with_app(self) -> bool:
        return self.channel is None or self.place.channel != self.channel.id

    @property
    def member(self) -> bool:
        return self.with_app or (self.channel is not None and self.me.id in self.channel.members)


def people(workspace: Workspace) -> list[User]:
    """Those one may act as, by name."""
    everybody = [u for u in list(workspace.users.values()) if not u.is_bot and not u.deleted]
    return sorted(everybody, key=lambda user: user.real_name.casefold())


def talk_with_app(workspace: Workspace, me: User) -> Channel | None:
    pair = {me.id, workspace.bot.id}
    mine = workspace.conversations_of(me.id)
    return next((c for c in mine if c.kind == "im" and set(c.members) == pair), None)


def stand(workspace: Workspace, place: Place) -> Standing:
    """LookupError where there is no such person, or no conversation that they may see."""
    me = workspace.users[place.person]
    if me.is_bot or me.deleted:
        raise LookupError(f"nobody acts as {me.id}")
    channel = talk_with_app(workspace, me)
    if place.channel == workspace.bot.id or (channel and place.channel == channel.id):
        place = replace(place, channel=workspace.bot.id)
    else:
        channel = workspace.channels[place.channel]
        if channel.kind != "public" and me.id not in channel.members:
            raise LookupError(f"{channel.id} is not visible to {me.id}")
        place = replace(place, tab="")
    if place.thread and not _opens_thread(workspace, channel, place.thread):
        place = replace(place, thread="")
    return Standing(place, me, channel)


def _opens_thread(workspace: Workspace, channel: Channel | None, ts: str) -> bool:
    """Ephemeral messages have no threads, and replies no threads of their own."""
    first = workspace.message(channel.id, ts) if channel else None
    return first is not None and first.only_for is None and not first.is_reply


def nearest(workspace: Workspace, place: Place) -> Standing | None:
    """The place asked for, or one like it that exists; None in a workspace without people."""
    known = workspace.users.get(place.person)
    if known is None or known.is_bot or known.deleted:
        everybody = [u for u in list(workspace.users.values()) if not u.is_bot and not u.deleted]
        if not everybody:
            return None
        place = Place(everybody[0].id, place.channel, pane=place.pane, lang=place.lang)
    try:
        return stand(workspace, place)
    except LookupError:
        channels = [c for c in workspace.conversations_of(place.person) if not c.direct]
        first = [*channels, *workspace.joinable_by(place.person)][:1]
        where = first[0].id if first else workspace.bot.id
        return stand(workspace, Place(place.person, where, pane=place.pane, lang=place.lang))

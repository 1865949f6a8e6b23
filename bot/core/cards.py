"""Cards: what a message says, before any platform decides how it looks.

All strings of a card are plain text, whoever wrote them. Renderers escape them, so nobody
can ping a channel or fake a button through a title or a name.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.arguments import Args

ACTION_VERSION = "1"
ACTION_LIMIT = 100
"""Characters an encoded action may have; Discord's limit for a component's id."""
LINK_LIMIT = 512
"""Characters a link may have; Discord's limit, Slack's is 3000."""


@dataclass(frozen=True)
class Action:
    """A button: the use case it names and its arguments, which are ids."""

    label: str
    name: str
    args: tuple[str, ...] = ()
    primary: bool = False

    def encode(self, event_id: str) -> str:
        return ActionRef(event_id, self.name, self.args).encode()


@dataclass(frozen=True)
class ActionRef:
    """What a press carries back: enough to work after a restart and after an upgrade."""

    event_id: str
    name: str
    args: tuple[str, ...] = ()

    def encode(self) -> str:
        parts = (self.event_id, self.name, *self.args)
        if any(":" in part for part in parts):
            raise ValueError(f"an argument of action {self.name} holds a colon")
        text = ":".join((ACTION_VERSION, *parts))
        if len(text) > ACTION_LIMIT:
            raise ValueError(f"action {self.name} is {len(text)} characters long")
        return text

    @classmethod
    def decode(cls, text: str) -> ActionRef | None:
        """None for what an unknown version wrote."""
        version, _, rest = text.partition(":")
        parts = rest.split(":")
        if version != ACTION_VERSION or len(parts) < 2 or len(text) > ACTION_LIMIT:
            return None
        return cls(parts[0], parts[1], Args(parts[2:]))


@dataclass(frozen=True)
class Link:
    """A button that opens a page: nothing comes back, and nobody is told who pressed."""

    label: str
    url: str

    def __post_init__(self) -> None:
        if not self.url.startswith(("https://", "http://")):
            raise ValueError("a link is not an address of the web")
        if len(self.url) > LINK_LIMIT:
            raise ValueError(f"a link is {len(self.url)} characters long")


@dataclass(frozen=True)
class Section:
    """One thing on a card: a title in bold, lines under it, and its own buttons."""

    title: str = ""
    lines: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Picture:
    """One of Maillon's own, which says nothing that the card does not say in words.

    `path` is on Maillon's pages: shown only where the platform can fetch it from there.
    """

    path: str
    alt: str


@dataclass(frozen=True)
class Card:
    """One message.

    `summary` says the whole in one sentence: notifications and screen readers read it alone.
    """

    summary: str
    title: str = ""
    sections: tuple[Section, ...] = ()
    actions: tuple[Action, ...] = ()
    footer: str = ""
    links: tuple[Link, ...] = ()
    picture: Picture | None = None
    alert: bool = False
    """Everybody in the channel is notified of it: of an emergency alone, and never by a text."""

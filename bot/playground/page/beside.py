"""Several people, and the screens of rooms, on one page: what its address says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode, urlsplit, urlunsplit

from bot.playground.page.place import Place, people
from bot.playground.page.scene import people_found
from bot.playground.page.surroundings import Screen, Surroundings
from bot.playground.workspace import User, Workspace

MOST = 4
_LOOPBACK = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Beside:
    """Each pane is a person's id, or a room after an @."""

    shows: tuple[str, ...]
    lang: str

    person = ""  # nobody acts here: what is told, is told to whoever looks on

    def fields(self) -> list[tuple[str, str]]:
        return [*(("show", one) for one in self.shows), ("lang", self.lang)]

    def url(self, lang: str = "") -> str:
        fields = replace(self, lang=lang or self.lang).fields()
        return "/side-by-side?" + urlencode(fields)

    def without(self, at: int) -> str:
        return replace(self, shows=(*self.shows[:at], *self.shows[at + 1 :])).url()

    def put(self, at: int, shows: str) -> Beside:
        """That one at this place, where it is not shown already."""
        if shows in self.shows:
            return self
        return replace(self, shows=(*self.shows[:at], shows, *self.shows[at + 1 :])[:MOST])


@dataclass(frozen=True)
class Pane:
    """What is in it: somebody's view, or a room's screen with the page for who sits there."""

    at: int
    label: str
    name: str
    without: str
    person: User | None = None
    inside: str = ""
    screen: Screen | None = None


@dataclass(frozen=True)
class Part:
    label: str
    user: User
    channel: str


def cast(workspace: Workspace, around: Surroundings) -> list[Part]:
    parts = []
    for label, email, name in around.cast:
        user, channel = workspace.user_by_email(email), workspace.channel_named(name)
        if user:
            parts.append(Part(label, user, channel.id if channel else workspace.bot.id))
    return parts


def usual(workspace: Workspace, around: Surroundings) -> tuple[str, ...]:
    """The parts to play, and a screen."""
    screens = [f"@{one.room}" for one in around.screens[:1]]
    return (*(part.user.id for part in cast(workspace, around)), *screens)[:MOST]


def panes(workspace: Workspace, around: Surroundings, beside: Beside, host: str) -> list[Pane]:
    """Those that there are. Frames of this machine have the name by which it was asked for: to a
    browser, 127.0.0.1 and localhost are strangers."""
    parts = {part.user.id: part for part in cast(workspace, around)}
    screens = {f"@{one.room}": one for one in around.screens}
    known = {user.id: user for user in people(workspace)}
    made = []
    for at, shows in enumerate(beside.shows):
        without = beside.without(at)
        if user := known.get(shows):
            part = parts.get(shows) or Part("", user, "")
            inside = Place(user.id, part.channel, pane="1", lang=beside.lang).url()
            made.append(Pane(at, part.label, user.real_name, without, user, inside))
        elif screen := screens.get(shows):
            here = Screen(screen.room, _from(screen.wall, host), _from(screen.door, host))
            made.append(Pane(at, "The room's screen", screen.room, without, screen=here))
    return made


def found(workspace: Workspace, around: Surroundings, words: str) -> str | None:
    """A pane by what somebody typed: a person, or a room."""
    room = next((one.room for one in around.screens if one.room == words), None)
    if room:
        return f"@{room}"
    people = people_found(workspace, words)
    return people[0].id if words.strip() and people else None


def framed(screens: Sequence[Screen], host: str) -> list[str]:
    """Where frames of other servers come from."""
    parts = [urlsplit(_from(one.wall, host)) for one in screens]
    return sorted({f"{part.scheme}://{part.netloc}" for part in parts})


def _from(url: str, host: str) -> str:
    parts = urlsplit(url)
    if parts.hostname not in _LOOPBACK or host not in _LOOPBACK:
        return url
    return urlunsplit(parts._replace(netloc=f"{host}:{parts.port}"))

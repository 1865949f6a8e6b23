"""Messages about rounds, as the workspace saw them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from bot.drill.deeds import Say
from bot.drill.hands import buttons
from bot.drill.words import plain
from bot.playground.receipts import Receipt
from bot.playground.workspace import Json, Message, Workspace

PRESENCES = {
    Say.HERE: "Sur place : ",
    Say.LATE: "5 min de retard : ",
    Say.CANNOT: "Ne peut pas venir : ",
}


class Kind(Enum):
    CALL = auto()
    MADE = auto()
    LATE = auto()
    LEFT_OUT = auto()
    CANNOT = auto()
    ASKED = auto()
    REPORT = auto()


@dataclass(frozen=True)
class Made:
    """One post of one introduction."""

    id: str
    members: frozenset[str]
    moment: datetime
    message: Message | None
    """As it stands now."""


@dataclass(frozen=True)
class Told:
    """A message about rounds to one person, or of a conversation, or to a channel."""

    kind: Kind
    place: str
    moment: datetime
    text: str


class Witness:
    """Tells the messages of the rounds from all others, by what they look like."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def kind(self, receipt: Receipt) -> Kind | None:
        text, channel = words(receipt.text), self._workspace.channels[receipt.channel]
        if channel.kind == "mpim":
            if introduction_of(receipt):
                return Kind.MADE
            return Kind.LATE if text.startswith(PRESENCES[Say.LATE]) else None
        if channel.kind != "im":
            return Kind.REPORT if text.startswith("Bilan des rencontres · ") else None
        if text.startswith("Rencontres de ") and text.endswith("y serez-vous ?"):
            return Kind.CALL
        if text.startswith(("Personne d'autre ", "Plus de table libre ")):
            return Kind.LEFT_OUT
        if text.startswith("Rencontre de ") and " ne peut pas venir" in text:
            return Kind.CANNOT
        return Kind.ASKED if text.startswith("La rencontre a-t-elle eu lieu ? ") else None

    def made(self, receipt: Receipt) -> Made:
        return Made(
            introduction_of(receipt),
            self._people(receipt.channel),
            receipt.moment,
            self._workspace.message(receipt.channel, receipt.ts),
        )

    def told(self, kind: Kind, receipt: Receipt) -> Told:
        channel = self._workspace.channels[receipt.channel]
        place = ",".join(sorted(self._people(receipt.channel))) if channel.direct else channel.name
        return Told(kind, place, receipt.moment, words(receipt.text))

    def _people(self, channel: str) -> frozenset[str]:
        users = (self._workspace.users[one] for one in self._workspace.channels[channel].members)
        return frozenset(user.email.lower() for user in users if not user.is_bot)


def introduction_of(post: Receipt) -> str:
    found = (ref.args[0] for ref, _ in buttons(post) if ref.name.startswith("meet."))
    return next(found, "")


def words(text: str) -> str:
    return plain(text).replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def all_words(blocks: Iterable[Json]) -> str:
    """Whatever can be read in them, a line each."""

    def texts(part: object) -> Iterator[str]:
        if isinstance(part, Mapping):
            for name, value in part.items():
                if name == "text" and isinstance(value, str):
                    yield words(value)
                yield from texts(value)
        elif isinstance(part, list):
            for one in part:
                yield from texts(one)

    return "\n".join(texts(list(blocks)))

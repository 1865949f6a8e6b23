"""Typed messages: a name, a version and arguments that are ids; the card is made at send."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, ClassVar, Protocol

from sqlalchemy.orm import Session

from bot.core.cards import Card
from bot.core.i18n import Reader
from bot.features.events.model import EventFile

PRIORITIES = {"emergency": -1, "answer": 0, "urgent": 1, "useful": 2, "invitation": 3}
"""The classes of messages; what answers a gesture overtakes what goes to many, and an emergency
overtakes all."""


class Message(Protocol):
    """A frozen dataclass whose fields are JSON; ids rather than texts, so that what is sent is
    what holds at that moment and no name is kept in the outbox.

    `fleeting = True` marks what speaks of its moment only: an outage of the platform outlasts it.
    Changes, and what is asked of somebody or answers them for good, are said late.
    """

    name: ClassVar[str]
    version: ClassVar[int]

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card: ...


class MessageTypes:
    """All messages there are, by name; built once where the application is put together."""

    def __init__(self, types: Iterable[type[Any]]) -> None:
        self._types: dict[str, type[Any]] = {}
        for message in types:
            if message.name in self._types:
                raise ValueError(f"two messages are called {message.name}")
            self._types[message.name] = message
        self.fleeting = [one.name for one in self if getattr(one, "fleeting", False)]

    def __iter__(self) -> Iterator[type[Any]]:
        return iter(self._types.values())

    def load(self, name: str, version: int, args: dict[str, Any]) -> Message:
        """The message of a stored row.

        A message whose arguments change keeps reading its older versions with an `upgrade`.
        """
        message = self._types[name]
        if version != message.version:
            args = message.upgrade(version, args)
        loaded: Message = message(**args)
        return loaded


def arguments(message: Any) -> dict[str, Any]:
    return asdict(message)


def digest(card: Card, reader: Reader) -> str:
    """Equal for cards that look the same; the zone is in their texts already."""
    return hashlib.sha256(repr((card, reader.language, str(reader.locale))).encode()).hexdigest()

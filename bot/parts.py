"""The parts of a running Maillon, which may be processes of their own."""

from __future__ import annotations

from enum import StrEnum

from bot.core.errors import MaillonError
from bot.core.i18n import N_


class Part(StrEnum):
    EVENTS = "events"
    """What comes from the chat platform: its sockets, or its requests."""
    DELIVERIES = "deliveries"
    """What is said there: the outbox."""
    CLOCK = "clock"
    """What its moment brings about."""
    WEB = "web"
    """Pages, the moderators' desk, the rooms' screens."""


ALL = frozenset(Part)
EACH = ",".join(Part)


class UnknownPartError(MaillonError):
    msgid = N_("--only knows no part “{part}”. The parts are: {known}.")


def parts_named(text: str) -> frozenset[Part]:
    """The parts in a list with commas."""
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in {*Part}:
            raise UnknownPartError(part=name, known=", ".join(Part))
    return frozenset(map(Part, names))

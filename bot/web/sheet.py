"""What hangs at the door of a room: its name and the QR code of its page, a sheet each.

It names the room and never the session, so it is right all day whatever changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.i18n import LANGUAGES, N_, Reader
from bot.features.events.model import EventFile
from bot.web.drawing import render
from bot.web.wall import qr


@dataclass(frozen=True)
class Door:
    room: str
    address: str

    @property
    def qr(self) -> str:
        return qr(self.address)

    @property
    def shown_address(self) -> str:
        """For who types it."""
        return self.address.split("://", 1)[-1]


def sheet(event: EventFile, doors: Sequence[Door]) -> str:
    """A file of its own: it needs no server when it is printed."""
    reader = Reader.of(event.language, event.zone)
    other = next(each for each in LANGUAGES if each != event.language)
    speaks = reader.speaking(other).gettext
    return render(
        "room_sheet.html",
        reader,
        event=event,
        doors=doors,
        other=other,
        words={
            "ask": speaks(N_("Ask your question")),
            "scan": speaks(N_("Scan the code. No account is needed.")),
        },
    )

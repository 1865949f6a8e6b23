"""What the page keeps for itself: it is nobody's in the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.playground.page.scene import Unread
from bot.playground.server import Playground

SPEEDS = (1.0, 60.0, 300.0)


class Desk:
    def __init__(
        self, playground: Playground, zone: str, language: str, rooms: Sequence[str]
    ) -> None:
        self.playground = playground
        self.zone = ZoneInfo(zone)
        self.language = language
        self.rooms = rooms
        self.unread = Unread()
        self.pace = playground.clock.speed or 60.0  # what Play goes back to
        self._notices: dict[str, tuple[str, dict[str, str]]] = {}

    @property
    def revision(self) -> str:
        return f"{self.playground.workspace.changes.number}.{self.playground.clock.revision.number}"

    def tell(self, person: str, words: str, **details: str) -> None:
        """Say it on the person's page, until they do something else."""
        self._notices[person] = (words, details)
        self.playground.workspace.changes.advance()

    def forget(self, person: str) -> None:
        self._notices.pop(person, None)

    def notice(self, person: str) -> tuple[str, dict[str, str]] | None:
        return self._notices.get(person)

"""What the page keeps for itself: it is nobody's in the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.playground.page.scene import Unread
from bot.playground.page.surroundings import Surroundings
from bot.playground.page.travel import Travel
from bot.playground.server import Playground

SPEEDS = (1.0, 60.0, 300.0)


@dataclass(frozen=True)
class Refused:
    """A new person who could not come in: what was typed, and what is wrong with which field."""

    name: str
    email: str
    locale: str
    field: str
    words: str
    known: str = ""


class Desk:
    def __init__(
        self,
        playground: Playground,
        zone: str,
        language: str,
        rooms: Sequence[str],
        around: Surroundings,
    ) -> None:
        self.playground = playground
        self.zone = ZoneInfo(zone)
        self.language = language
        self.rooms = rooms
        self.around = around
        self.travel = Travel(playground)
        self.unread = Unread()
        self.pace = playground.clock.speed or 60.0  # what Play goes back to
        self._planned = False
        self._notices: dict[str, tuple[str, dict[str, str]]] = {}
        self._refused: dict[str, Refused] = {}
        self._unread: set[str] = set()  # whose next visit is still to say what they were told

    @property
    def revision(self) -> str:
        return f"{self.playground.workspace.changes.number}.{self.playground.clock.revision.number}"

    @property
    def over(self) -> bool:
        """The bot had something planned, and has nothing any more."""
        self._planned = self._planned or self.playground.clock.due is not None
        return self._planned and self.playground.clock.due is None

    def tell(self, person: str, words: str, **details: str) -> None:
        """Say it on the person's page, until they do something else."""
        self._notices[person] = (words, details)
        self._unread.add(person)
        self.playground.workspace.changes.advance()

    def refuse(self, person: str, refused: Refused) -> None:
        """Likewise, in the form for new people."""
        self._refused[person] = refused
        self._unread.add(person)
        self.playground.workspace.changes.advance()

    def forget(self, person: str) -> None:
        self._notices.pop(person, None)
        self._refused.pop(person, None)

    def visited(self, person: str) -> None:
        """The page is loaded: the first time says what there is to say, the next one does not."""
        user = self.playground.workspace.users.get(person)
        if user:
            self.around.acted.add(user.email)
        if person not in self._unread:
            self.forget(person)
        self._unread.discard(person)

    def followed(self, person: str) -> None:
        """What there is to say was said without loading the page."""
        self._unread.discard(person)

    def refused(self, person: str) -> Refused | None:
        return self._refused.get(person)

    def notice(self, person: str) -> tuple[str, dict[str, str]] | None:
        return self._notices.get(person)

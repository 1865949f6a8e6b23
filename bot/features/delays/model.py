"""What a delay would do, before it is done, and why it may not be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import MaillonError, NotAllowedError
from bot.core.i18n import N_
from bot.features.programme.queries import ProgrammeEntry

OFFERED = (5, 10, 15)
"""Minutes that stand on buttons."""


class NotYoursToDelayError(NotAllowedError):
    by_role = False
    msgid = N_(
        "Who may say that a session runs late: its host, the stage team and the organisers. "
        "Here: {names}."
    )


class NobodysToDelayError(NotAllowedError):
    msgid = N_("Who may say that a session runs late: its host, the stage team and the organisers.")


class UnknownDelayError(MaillonError):
    msgid = N_("A delay is between 1 and {longest} minutes. Nothing was changed.")


class OverError(MaillonError):
    msgid = N_("This session is over, or cancelled. Nothing was changed.")


class MovedMeanwhileError(MaillonError):
    msgid = N_("The times of this session have just changed. Nothing was done: look again.")


class LaterDelayError(MaillonError):
    msgid = N_("Another delay was announced since. Take that one back first.")


class TooLateToUndoError(MaillonError):
    msgid = N_("It is too late to go back: the time before has passed.")


@dataclass(frozen=True)
class Moved:
    """Another session that moves."""

    entry: ProgrammeEntry
    starts_at: datetime
    ends_at: datetime

    @property
    def absorbs(self) -> bool:
        """A break that starts later and ends on time."""
        return self.starts_at > self.entry.starts_at and self.ends_at == self.entry.ends_at


@dataclass(frozen=True)
class Preview:
    """What would move, and how many people would be told."""

    late: Moved
    minutes: int
    whole: bool
    others: tuple[Moved, ...]
    on_time_at: datetime | None
    """The next start that does not move."""
    break_at: datetime | None
    """A break that begins on time for the others, while the session runs on into it."""
    everybody: bool
    """Whether nothing ran beside it: *toute la suite* is the whole congress."""
    rounds: tuple[datetime, ...]
    people: int

    @property
    def begun(self) -> bool:
        return self.late.starts_at == self.late.entry.starts_at

    @property
    def seen(self) -> str:
        """What a press says that its presser saw: the end before."""
        return seen_end(self.late.entry.ends_at)


def seen_end(moment: datetime) -> str:
    return str(int(moment.timestamp()))

"""Announcements of the organisers: what one says, to whom, when, and what can be wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.errors import MaillonError, NotAllowedError
from bot.core.i18n import N_, Reader

ANNOUNCEMENT, EMERGENCY = "announcement", "emergency"
CHANNEL, ROOM, SESSION, EVERYWHERE = "channel", "room", "session", "everywhere"

DRAFT, SCHEDULED, SENT = "draft", "scheduled", "sent"
WITHDRAWN, ABANDONED, MISSED = "withdrawn", "abandoned", "missed"
STATE_LABELS = {
    DRAFT: N_("Draft"),
    SCHEDULED: N_("Scheduled for {when}"),
    SENT: N_("Published on {when}"),
    WITHDRAWN: N_("Withdrawn"),
    MISSED: N_("Not sent: Maillon was stopped at that moment"),
}

WORTH_SAYING_FOR = timedelta(minutes=15)
"""A scheduled announcement that comes later than this is not sent any more."""
SHOWN_FOR = timedelta(hours=1)
"""How long an announcement to a room stands on its page and its screen."""
CONFIRM_WITHIN = timedelta(minutes=10)
"""Between the two presses of an emergency; later, what it reaches is counted anew."""
TEXT_MOST, ALERT_MOST = 900, 300
"""Characters; an alert has to be read at a glance, and fit a screen in two languages."""


class NotOrganiserError(NotAllowedError):
    msgid = N_("Only the organisers publish announcements.")


class NotOrganiserNamedError(NotAllowedError):
    by_role = False
    msgid = N_("Only the organisers publish announcements: {names}.")


class NoBulletinError(MaillonError):
    msgid = N_("This announcement is no longer there. /maillon annonce shows those that are.")


class ChangedMeanwhileError(MaillonError):
    msgid = N_(
        "Somebody else changed this announcement meanwhile. "
        "Copy your text, close this window and open the announcement again."
    )


class OverMeanwhileError(MaillonError):
    msgid = N_("This announcement was withdrawn meanwhile.")


class ContentError(MaillonError):
    """Something that the form can show beside its input."""

    field = "fr"


class NoTextError(ContentError):
    msgid = N_("The French text is missing.")


class NoAudienceError(ContentError):
    field = "audience"
    msgid = N_("This is no longer in the programme: choose again.")


class UnreadableTimeError(ContentError):
    field = "time"
    msgid = N_("Write the time like 14:30.")


class SkippedTimeError(ContentError):
    field = "time"
    msgid = N_("The clocks skip this time that day: choose another.")


class PastMomentError(ContentError):
    field = "time"
    msgid = N_("This moment is over: choose a later one, or send it now.")


class StandsAlreadyError(MaillonError):
    msgid = N_("An alert stands already: change that one, or lift it first.")


class ConfirmAgainError(MaillonError):
    msgid = N_("Too long ago, or changed meanwhile: read the alert again, then confirm it.")


@dataclass(frozen=True)
class Words:
    """French always; English where the organisers gave it."""

    fr: str
    en: str = ""

    def read_in(self, language: str) -> tuple[str, str]:
        """The language and the text for somebody who reads `language`."""
        return ("en", self.en) if language == "en" and self.en else ("fr", self.fr)

    def all_for(self, reader: Reader) -> list[tuple[Reader, str]]:
        """Every version there is, the reader's own first."""
        versions = [("fr", self.fr), ("en", self.en)]
        said = [(reader.speaking(language), text) for language, text in versions if text]
        return sorted(said, key=lambda one: one[0].language != reader.language)


@dataclass(frozen=True)
class Content:
    """What an organiser wrote; `send_at` None means at once."""

    words: Words
    audience: str
    target: str = ""
    """A channel's or a room's name, a session's id."""
    send_at: datetime | None = None

    def stored(self) -> dict[str, Any]:
        moment = self.send_at.isoformat() if self.send_at else None
        return {
            "fr": self.words.fr,
            "en": self.words.en,
            "audience": self.audience,
            "target": self.target,
            "send_at": moment,
        }

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Content:
        moment = datetime.fromisoformat(stored["send_at"]) if stored["send_at"] else None
        words = Words(stored["fr"], stored["en"])
        return cls(words, stored["audience"], stored["target"], moment)


_CLOCK = re.compile(r"([01]?\d|2[0-3])\s*(?:[:hH.]\s*([0-5]\d)?)?")


def moment_of(day: date, clock: str, zone: ZoneInfo) -> datetime:
    """« 14:30 », « 14h30 », « 14 h » of a day, by the event's clocks; of a time that they show
    twice, the first."""
    found = _CLOCK.fullmatch(clock.replace("\N{NO-BREAK SPACE}", " ").strip())
    if found is None:
        raise UnreadableTimeError
    local = datetime.combine(day, time(int(found[1]), int(found[2] or 0)), zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise SkippedTimeError
    return moment

"""What stands above every page and every screen: the alert, and what is said to a room.

One place for all: `base.html` draws it, `live.js` keeps it, and each live topic carries it, so
that no page needs a second stream.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.i18n import LANGUAGES, N_, Reader
from bot.features.bulletins.model import Words
from bot.features.bulletins.queries import Standing, shown_at
from bot.features.events.model import EventFile
from bot.web.drawing import render
from bot.web.entry import Visit

ALERT, SAID = N_("Alert"), N_("The organisers")
Banners = Mapping[str, str]
Said = Sequence[tuple[str, str, str]]
"""The language of a text, its label, and the text."""


def banners(
    session: Session, event_id: str, now: datetime, room: str = ""
) -> Mapping[str, Banners]:
    """By language: for a page, which its reader reads in one."""
    alert, others = shown_at(session, event_id, room, now)

    def one(words: Words, label: str, reader: Reader) -> Said:
        language, text = words.read_in(reader.language)
        return [(language, reader.speaking(language).gettext(label), text)]

    return {
        language: _drawn(alert, others, Reader.of(language, "UTC"), one) for language in LANGUAGES
    }


def screen_banners(
    session: Session, event_id: str, event: EventFile, room: str, now: datetime
) -> Mapping[str, Banners]:
    """The same in every language: a screen speaks to all who are in the room."""
    alert, others = shown_at(session, event_id, room, now)

    def every(words: Words, label: str, reader: Reader) -> Said:
        return [(each.language, each.gettext(label), text) for each, text in words.all_for(reader)]

    both = _drawn(alert, others[:1], Reader.of(event.language, event.zone), every)
    return dict.fromkeys(LANGUAGES, both)


def banners_for(visit: Visit) -> Banners:
    """For a page that is not followed."""
    return banners(visit.session, visit.person.event_id, visit.now)[visit.reader.language]


def _drawn(
    alert: Standing | None,
    others: Sequence[Standing],
    reader: Reader,
    versions: Callable[[Words, str, Reader], Said],
) -> Banners:
    said = [line for other in others for line in versions(other.words, SAID, reader)]
    alarm = versions(alert.words, ALERT, reader) if alert else ()
    return {
        "alert": render("banner.html", reader, said=alarm) if alarm else "",
        "room": render("banner.html", reader, said=said) if said else "",
    }

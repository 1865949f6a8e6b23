"""A day as an iCalendar file (RFC 5545), as Google, Apple and Outlook read it alike.

Moments are in UTC: a time zone by its name is looked up by some readers among names of their own,
and nothing here repeats, which is what a zone would be needed for. There is no METHOD: with one,
readers take the file for an invitation. A moment of revision stands for DTSTAMP, so that the same
day is the same file, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Event

EVERY = timedelta(minutes=15)
"""How often a reader is asked to look again; Apple keeps to it, Google and Outlook look when they
like."""
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class Occasion:
    """Something that somebody attends. `uid` stays while it moves; `revision` counts the moves."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    lines: tuple[str, ...]
    cancelled: bool
    revision: int
    revised_at: datetime
    url: str | None = None


def calendar_file(name: str, occasions: Iterable[Occasion]) -> bytes:
    from icalendar import Calendar, vText  # takes a quarter of a second, and most never ask

    calendar = Calendar()
    calendar.add("prodid", "-//Maillon//Agenda//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for key in ("name", "x-wr-calname"):  # the standard's, and the one that is read
        calendar.add(key, vText(_plain(name)))
    calendar.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vText(f"PT{EVERY.seconds // 60}M"))
    for occasion in occasions:
        calendar.add_component(_event(occasion))
    content: bytes = calendar.to_ical()
    return content


def _event(one: Occasion) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", one.uid)
    event.add("dtstamp", one.revised_at.astimezone(UTC))
    event.add("last-modified", one.revised_at.astimezone(UTC))
    event.add("sequence", one.revision)
    event.add("dtstart", one.starts_at.astimezone(UTC))
    event.add("dtend", one.ends_at.astimezone(UTC))
    event.add("summary", _plain(one.title))
    event.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
    # Whoever looks for a free hour finds one where something is cancelled.
    event.add("transp", "TRANSPARENT" if one.cancelled else "OPAQUE")
    if place := _plain(one.place):
        event.add("location", place)
    if words := "\n".join(filter(None, map(_plain, one.lines))):
        event.add("description", words)
    if one.url and re.match(r"https?://[!-~]+$", one.url):
        event.add("url", one.url)
    return event


def _plain(text: str) -> str:
    """On one line, without what no reader sees and some stumble on."""
    shown = _UNSEEN.sub(" ", text.replace("\n", " ")).strip()
    return shown.replace("\\N", "\\n")  # the library takes the capital one for a line break

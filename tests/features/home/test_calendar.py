"""Calendar files, read back by two libraries that are not the one that wrote them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import vobject
from hypothesis import example, given
from hypothesis import strategies as st
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream

from bot.features.home.calendar import Occasion, calendar_file

PARIS = ZoneInfo("Europe/Paris")
LINE_OCTETS = 75


def occasion(title: str = "Ouverture", start: datetime | None = None, **more: object) -> Occasion:
    start = start or datetime(2024, 12, 12, 9, 0, tzinfo=PARIS)
    values: dict[str, object] = {
        "uid": "S1@event.maillon",
        "title": title,
        "starts_at": start,
        "ends_at": start.astimezone(UTC) + timedelta(minutes=30),
        "place": "Auditorium Descartes",
        "lines": ("Conférence plénière", "Avec Ada"),
        "cancelled": False,
        "revision": 0,
        "revised_at": datetime(2024, 12, 1, tzinfo=UTC),
    }
    return Occasion(**{**values, **more})  # type: ignore[arg-type]


def by_ical(content: bytes) -> Calendar:
    return IcsCalendarStream.calendar_from_ics(content.decode())


def titles_by_vobject(content: bytes) -> list[tuple[str, datetime]]:
    calendar = vobject.readOne(content.decode())
    return [(one.summary.value, one.dtstart.value) for one in calendar.contents.get("vevent", [])]


def shown(text: str) -> str:
    """What is left of a text: one line, and nothing that no reader sees."""
    kept = (" " if c == "\n" or c < " " or "\x7f" <= c <= "\x9f" else c for c in text)
    hidden = set(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
    return "".join(" " if c in hidden else c for c in kept).strip().replace("\\N", "\\n")


HOSTILE = (
    'Thérapies ; cellules, gènes \\ vecteurs : 100 % "viraux"',
    "fin\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:faux",
    "a\\nb\\,c\\;d",
    "👩🏽‍🔬🇫🇷" * 40,
    "é" * 500,
    "BEGIN:VALARM",
    "\x07\x00\u202eretourné",
    "C:\\Nouveau",
)


def paris(day: str, clock: str = "09:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=PARIS)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    st.datetimes(
        datetime.fromisoformat("2024-01-01"),
        datetime.fromisoformat("2026-12-31"),
        timezones=st.just(PARIS),
    ),
)
@example(HOSTILE[0], paris("2024-12-12"))
@example(HOSTILE[1], paris("2024-03-31", "02:30"))  # an hour that Paris does not have
@example(HOSTILE[2], paris("2024-10-27", "02:30"))  # and one that it has twice
@example(HOSTILE[3], paris("2025-03-30", "00:59"))
@example(HOSTILE[4], paris("2025-10-26", "03:00"))
@example(HOSTILE[5], paris("2024-02-29"))
@example(HOSTILE[6], paris("2024-12-12"))
@example(HOSTILE[7], paris("2024-12-12"))
def test_whatever_a_title_holds_two_readers_read_it_back(title: str, start: datetime) -> None:
    start = start.replace(microsecond=0)
    one = occasion(title, start, place=title, lines=(title, "Avec Ada"))
    content = calendar_file("Congrès, jour 1", [one, occasion("Clôture", uid="S2@event.maillon")])

    lines = content.split(b"\r\n")
    assert all(len(line) <= LINE_OCTETS for line in lines)
    assert b"\n" not in content.replace(b"\r\n", b"")
    for line in lines:
        line.decode()  # no letter is cut in two
    read = by_ical(content).events
    assert [event.uid for event in read] == ["S1@event.maillon", "S2@event.maillon"]
    assert shown(read[0].summary or "") == shown(title)
    assert read[0].dtstart == start.astimezone(UTC)
    assert read[0].dtend == start.astimezone(UTC) + timedelta(minutes=30)
    assert [event[1] for event in titles_by_vobject(content)] == [
        start.astimezone(UTC),
        datetime(2024, 12, 12, 8, 0, tzinfo=UTC),
    ]
    assert shown(titles_by_vobject(content)[0][0]) == shown(title)


def test_the_file_word_for_word() -> None:
    one = occasion("Ouverture ; suite", cancelled=True, revision=3, url="https://example.org/s/1")
    assert calendar_file("Congrès", [one]).decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Maillon//Agenda//FR",
        "CALSCALE:GREGORIAN",
        "NAME:Congrès",
        "X-WR-CALNAME:Congrès",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
        "X-PUBLISHED-TTL:PT15M",
        "BEGIN:VEVENT",
        "SUMMARY:Ouverture \\; suite",
        "DTSTART:20241212T080000Z",
        "DTEND:20241212T083000Z",
        "DTSTAMP:20241201T000000Z",
        "UID:S1@event.maillon",
        "SEQUENCE:3",
        "DESCRIPTION:Conférence plénière\\nAvec Ada",
        "LAST-MODIFIED:20241201T000000Z",
        "LOCATION:Auditorium Descartes",
        "STATUS:CANCELLED",
        "TRANSP:TRANSPARENT",
        "URL:https://example.org/s/1",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]

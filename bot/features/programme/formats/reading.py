"""Any programme file: what it is taken for is found out from what it begins with and holds."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.i18n import N_
from bot.features.programme.formats.anywhere import parse_anywhere
from bot.features.programme.formats.calendar_file import parse_calendar
from bot.features.programme.formats.fields import shown
from bot.features.programme.formats.json_text import loaded
from bot.features.programme.formats.parsed import ParsedProgramme, UnreadableProgrammeError
from bot.features.programme.formats.schedule_json import FORM as SCHEDULE_JSON
from bot.features.programme.formats.schedule_json import is_schedule, schedule_of
from bot.features.programme.formats.schedule_xml import is_schedule_xml, parse_schedule_xml
from bot.features.programme.formats.services import (
    is_sessionize,
    parse_pretalx,
    parse_sessionize,
    pretalx_entries,
)
from bot.features.programme.formats.table import parse_table
from bot.features.programme.formats.xml_tree import parse_xml

FORMS = {
    "schedule.json": N_("schedule.json (pretalx, frab, c3voc)"),
    "schedule.xml": N_("schedule.xml (frab, pentabarf)"),
    "icalendar": N_("iCalendar"),
    "csv": N_("a table (CSV)"),
    "pretalx": N_("pretalx's API"),
    "sessionize": N_("Sessionize"),
    "json": N_("JSON of another form"),
    "xml": N_("XML of another form"),
}
MAX_BYTES = 64 * 1024 * 1024

_SIGNATURES = (
    (b"PK\x03\x04", N_("This is a spreadsheet or a ZIP archive. Save the programme as CSV first.")),
    (b"%PDF", N_("This is a PDF file. A programme is read from CSV, JSON, XML or iCalendar.")),
    (b"\x1f\x8b", N_("This file is compressed. Unpack it first.")),
    (b"\xd0\xcf\x11\xe0", N_("This is an old spreadsheet. Save the programme as CSV first.")),
    (b"SQLite format 3", N_("This is a database, not a programme.")),
)
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def read_programme(data: bytes, *, zone: str, kinds: Mapping[str, str]) -> ParsedProgramme:
    """The programme in a file of whatever form, or `UnreadableProgrammeError` with the reason."""
    if len(data) > MAX_BYTES:
        raise UnreadableProgrammeError(
            N_("This file is larger than {count} MiB."), count=MAX_BYTES // 1024 // 1024
        )
    for signature, reason in _SIGNATURES:
        if data.startswith(signature):
            raise UnreadableProgrammeError(reason)
    start = data.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1]
    if not start:
        raise UnreadableProgrammeError(N_("This file is empty."))
    if start == b"<":
        return _xml(data, zone, kinds)
    if start in (b"{", b"["):
        return _json(loaded(data), zone, kinds)
    source = _text(data)
    if source.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        return parse_calendar(source.lstrip(), zone=zone, kinds=kinds)
    return parse_table(source, zone=zone, kinds=kinds)


def _xml(data: bytes, zone: str, kinds: Mapping[str, str]) -> ParsedProgramme:
    head = data[:2048].replace(b"\x00", b"").lower()
    if b"<!doctype html" in head or b"<html" in head:
        raise UnreadableProgrammeError(
            N_("This is a web page. The programme is behind one of its links, not in it.")
        )
    root = parse_xml(data)
    if is_schedule_xml(root):
        return parse_schedule_xml(root, zone=zone, kinds=kinds)
    return parse_anywhere(root, zone=zone, kinds=kinds, form="xml")


def _json(root: object, zone: str, kinds: Mapping[str, str]) -> ParsedProgramme:
    if isinstance(root, dict) and is_schedule(root):
        return _schedule(root, zone, kinds)
    talks = pretalx_entries(root)
    if talks is not None:
        return parse_pretalx(talks, zone=zone, kinds=kinds)
    if isinstance(root, dict) and is_sessionize(root):
        return parse_sessionize(root, zone=zone, kinds=kinds)
    return parse_anywhere(root, zone=zone, kinds=kinds, form="json")


def _schedule(root: dict[str, object], zone: str, kinds: Mapping[str, str]) -> ParsedProgramme:
    """Days and events of other words than a schedule.json's are found like anything else."""
    refused: UnreadableProgrammeError | None = None
    try:
        parsed = schedule_of(root, zone=zone, kinds=kinds, form=SCHEDULE_JSON)
        if parsed.sessions:
            return parsed
    except UnreadableProgrammeError as error:
        refused = error
    try:
        return parse_anywhere(root, zone=zone, kinds=kinds, form="json")
    except UnreadableProgrammeError:
        if refused is not None:
            raise refused from None
        return parsed


def _text(data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, else what Windows and old spreadsheets write."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data, encoding)
    if b"\x00" in data[:4096]:
        raise UnreadableProgrammeError(
            N_("This is not a file of text: it begins with {value}."), value=shown(repr(data[:12]))
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableProgrammeError(
            N_("This file says that it is {encoding}, and byte {position} is not."),
            encoding=encoding,
            position=error.start,
        ) from error

"""CSV, as spreadsheets write it: any usual delimiter and encoding, heads in French or English."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from bot.core.i18n import N_
from bot.features.programme.formats.dates import AMBIGUOUS, has_numbers, order_of
from bot.features.programme.formats.fields import shown
from bot.features.programme.formats.keys import with_keys
from bot.features.programme.formats.listing import Context, Listed, Record, assembled, zone_named
from bot.features.programme.formats.moments import Day
from bot.features.programme.formats.names import session_words
from bot.features.programme.formats.parsed import Notes, ParsedProgramme, UnreadableProgrammeError
from bot.features.programme.formats.written import record_of

FORM = "csv"
_DELIMITERS = ",;\t|"
_TITLE_LINES = 10
"""Lines above the heads: the name of the congress, a blank."""
_LONGEST_CELL = 1_000_000

_Row = tuple[int, list[str]]


def parse_table(source: str, *, zone: str, kinds: Mapping[str, str]) -> ParsedProgramme:
    notes = Notes()
    heads, rows = _table(source)
    told = [
        (line, dict(zip(heads, cells, strict=False)), cells)
        for line, cells in rows
        if any(cell.strip() for cell in cells)
    ]
    dates = [value for _, record, _ in told for value in _dates(record)]
    order = order_of(dates)
    if order is None and any(map(has_numbers, dates)):
        notes.warn(AMBIGUOUS)
    records: list[object] = []
    day: object = None
    for line, given, cells in told:
        record = record_of(given, f"l. {line}", order or "dmy")
        if len(cells) > len(heads):
            notes.about(f"l. {line}").refuse(
                N_("It has more cells than there are columns: {value}."), value=shown(cells[-1])
            )
        day = _carry_day(record, day)
        records.append(record)
    if not records:
        raise UnreadableProgrammeError(N_("This {form} contains no session."), form="CSV")
    listed = [
        Listed(record, "", Day(), position)
        for position, record in enumerate(with_keys(records, notes), start=1)
    ]
    context = Context(zone_named("", zone, notes), kinds, {}, joins=True)
    return assembled(listed, context, notes, title="", form=FORM)


def _carry_day(record: Record, day: object) -> object:
    """A spreadsheet names the day once: the cells below, left empty, are of the same day."""
    has_day = "T" in str(record.get("start") or "")
    if "date" not in record and day is not None and not has_day:
        record["date"] = day
    return record.get("date") or day


def _dates(record: Mapping[str, str]) -> list[object]:
    words = session_words(record)
    return [words[key] for key in ("date", "start", "end", "end_date") if key in words]


def _table(source: str) -> tuple[list[str], list[_Row]]:
    """The heads, and each row with the line that it begins on."""
    for delimiter in sorted(_DELIMITERS, key=lambda one: -source[:4096].count(one)):
        rows = _rows(source, delimiter)
        for number, (_, cells) in enumerate(rows[:_TITLE_LINES]):
            words = session_words({cell: "x" for cell in cells if cell.strip()})
            if "title" in words and ("start" in words or "date" in words):
                _all_different(cells)
                return cells, rows[number + 1 :]
    first = source.strip().splitlines()[0] if source.strip() else ""
    raise UnreadableProgrammeError(
        N_(
            "This file was taken for a table, and no line of its first ten has the heads of one: "
            "a title and a start are needed. Its first line is “{line}”."
        ),
        line=shown(first),
    )


def _all_different(heads: list[str]) -> None:
    known = [head.strip() for head in heads if head.strip()]
    if twice := next((head for head in known if known.count(head) > 1), None):
        raise UnreadableProgrammeError(
            N_("“{key}” is written twice in the same place of this file; one would be lost."),
            key=shown(twice),
        )


def _rows(source: str, delimiter: str) -> list[_Row]:
    reader = csv.reader(io.StringIO(source, newline=""), delimiter=delimiter)
    usual = csv.field_size_limit(_LONGEST_CELL)
    rows: list[_Row] = []
    line = 1
    try:
        for cells in reader:
            rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableProgrammeError(
            N_("This table cannot be read: see line {line} ({reason})."),
            line=reader.line_num,
            reason=str(error),
        ) from error
    finally:
        csv.field_size_limit(usual)  # it holds for the whole process
    return rows

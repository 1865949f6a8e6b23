"""Lists of organisers, as spreadsheets write them: comma or semicolon, UTF-8 or Windows-1252."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.features.people.model import UnreadablePeopleError

Columns = Mapping[str, Sequence[str]]
"""By our name of a column, the names that a list may give it."""
Line = TypeVar("Line")


@dataclass(frozen=True)
class ListDiff(Generic[Line]):
    new: tuple[Line, ...]
    changed: tuple[tuple[Line, Line], ...]
    gone: tuple[Line, ...]
    """Missing from the list, which is the whole truth."""
    unchanged: int

    @property
    def counts(self) -> dict[str, int]:
        return {"new": len(self.new), "changed": len(self.changed), "gone": len(self.gone)}


def compare(
    known: Mapping[str, Line], lines: Sequence[Line], key: Callable[[Line], str]
) -> ListDiff[Line]:
    both = [(known[key(line)], line) for line in lines if key(line) in known]
    listed = {key(line) for line in lines}
    return ListDiff(
        new=tuple(line for line in lines if key(line) not in known),
        changed=tuple((old, new) for old, new in both if old != new),
        gone=tuple(line for name, line in known.items() if name not in listed),
        unchanged=sum(old == new for old, new in both),
    )


class UnreadableListError(UnreadablePeopleError):
    msgid = N_("The list was not imported.")


def parse_list(
    data: bytes,
    columns: Columns,
    needed: Sequence[str],
    read: Callable[[Mapping[str, str]], Line],
    key: Callable[[Line], str],
) -> list[Line]:
    """Every line of a CSV file, or `UnreadableListError` with each that cannot be used."""
    problems: list[tuple[int | None, MaillonError]] = []
    found: dict[str, Line] = {}
    for line, row in _rows(data, columns, needed):
        try:
            one = read(row)
            if key(one) in found:
                raise MaillonError(N_("“{place}” stands twice."), place=key(one))
            found[key(one)] = one
        except MaillonError as flaw:
            problems.append((line, flaw))
    if problems:
        raise UnreadableListError(problems)
    if not found:
        raise UnreadableListError([(None, MaillonError(N_("It has no lines.")))])
    return list(found.values())


def _rows(
    data: bytes, columns: Columns, needed: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    text = text.replace("\0", "")
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        places = {
            field: next((header.index(name) for name in names if name in header), None)
            for field, names in columns.items()
        }
        for field in needed:
            if places[field] is None:
                flaw = MaillonError(N_("It has no column “{column}”."), column=field)
                raise UnreadableListError([(None, flaw)])
        for cells in reader:
            if any(cell.strip() for cell in cells):  # spreadsheets end with rows of empty cells
                yield (
                    reader.line_num,
                    {
                        field: " ".join(cells[at].split())
                        if at is not None and at < len(cells)
                        else ""
                        for field, at in places.items()
                    },
                )
    except csv.Error as flaw:
        unreadable = MaillonError(N_("This cannot be read as a table: {reason}"), reason=flaw)
        raise UnreadableListError([(reader.line_num + 1, unreadable)]) from flaw

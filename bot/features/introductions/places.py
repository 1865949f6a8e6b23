"""Where people meet: tables and stands, as organisers list them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.db.history import record
from bot.features.introductions.tables import MeetingTable
from bot.features.people.model import UnreadablePeopleError
from bot.features.people.profile_tables import Stand
from bot.features.people.queries import participant_by_email

SEATS = range(2, 101)
_TABLE_COLUMNS = {
    "number": ("number", "numéro", "numero", "table", "n°"),
    "place": ("place", "lieu", "location", "room", "salle"),
    "seats": ("seats", "places", "sièges", "sieges", "capacity", "capacité"),
    "kind": ("kind", "type", "standing", "debout"),
}
_STAND_COLUMNS = {
    "stand": ("stand", "booth", "numéro", "number"),
    "organisation": ("organisation", "organization", "société", "entreprise", "company"),
    "area": ("area", "zone", "espace", "lieu", "place"),
    "contact_email": ("contact_email", "contact", "email", "e-mail", "courriel"),
}
_STANDING = {"standing", "debout", "yes", "oui", "true", "1"}
_SEATED = {"", "seated", "assis", "assise", "no", "non", "false", "0"}
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
_LENGTHS = {"place": 200, "stand": 16, "organisation": 200, "area": 200, "contact_email": 254}


class UnreadablePlacesError(UnreadablePeopleError):
    msgid = N_("The list was not imported.")


@dataclass(frozen=True)
class TableLine:
    number: int
    place: str
    seats: int
    standing: bool

    @property
    def key(self) -> str:
        return str(self.number)


@dataclass(frozen=True)
class StandLine:
    stand: str
    organisation: str
    area: str
    contact_email: str

    @property
    def key(self) -> str:
        return self.stand


Line = TypeVar("Line", TableLine, StandLine)


@dataclass(frozen=True)
class PlacesDiff(Generic[Line]):
    new: tuple[Line, ...]
    changed: tuple[tuple[Line, Line], ...]
    gone: tuple[Line, ...]
    """Missing from the list: nobody meets there any more; they return with it."""
    unchanged: int


def parse_tables(data: bytes) -> list[TableLine]:
    return _parse(data, _TABLE_COLUMNS, ("number", "place", "seats"), _table)


def parse_stands(data: bytes) -> list[StandLine]:
    return _parse(data, _STAND_COLUMNS, ("stand", "organisation"), _stand)


def _parse(
    data: bytes,
    columns: Mapping[str, Sequence[str]],
    needed: Sequence[str],
    read: Callable[[Mapping[str, str]], Line],
) -> list[Line]:
    """Every line of a CSV file, or `UnreadablePlacesError` with each that cannot be used."""
    problems: list[tuple[int | None, MaillonError]] = []
    found: dict[str, Line] = {}
    for line, row in _rows(data, columns, needed):
        try:
            one = read(row)
            if one.key in found:
                raise MaillonError(N_("“{place}” stands twice."), place=one.key)
            found[one.key] = one
        except MaillonError as flaw:
            problems.append((line, flaw))
    if problems:
        raise UnreadablePlacesError(problems)
    if not found:
        raise UnreadablePlacesError([(None, MaillonError(N_("It has no lines.")))])
    return list(found.values())


def _rows(
    data: bytes, columns: Mapping[str, Sequence[str]], needed: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Comma or semicolon, UTF-8 or Windows-1252: what spreadsheets write."""
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
                raise UnreadablePlacesError([(None, flaw)])
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
    except csv.Error as error:
        unreadable = MaillonError(N_("This cannot be read as a table: {reason}"), reason=error)
        raise UnreadablePlacesError([(reader.line_num + 1, unreadable)]) from error


def _table(row: Mapping[str, str]) -> TableLine:
    _check_lengths(row)
    if not row["number"].isdecimal() or len(row["number"]) > 6:
        raise MaillonError(N_("“{value}” is not the number of a table."), value=row["number"][:40])
    if not row["seats"].isdecimal() or len(row["seats"]) > 3 or int(row["seats"]) not in SEATS:
        raise MaillonError(N_("“{value}” is not a number of seats."), value=row["seats"][:40])
    kind = row["kind"].lower()
    if kind not in _STANDING | _SEATED:
        raise MaillonError(N_("“{value}” is neither seated nor standing."), value=row["kind"][:40])
    if not row["place"]:
        raise MaillonError(N_("It does not say where."))
    return TableLine(int(row["number"]), row["place"], int(row["seats"]), kind in _STANDING)


def _stand(row: Mapping[str, str]) -> StandLine:
    _check_lengths(row)
    email = row["contact_email"].lower()
    if not row["stand"] or ":" in row["stand"]:
        raise MaillonError(N_("“{value}” is not the name of a stand."), value=row["stand"])
    if not row["organisation"]:
        raise MaillonError(N_("There is no organisation."))
    if email and not _EMAIL.fullmatch(email):
        raise MaillonError(N_("There is no valid e-mail address."))
    return StandLine(row["stand"], row["organisation"], row["area"], email)


def _check_lengths(row: Mapping[str, str]) -> None:
    for name, value in row.items():
        if len(value) > _LENGTHS.get(name, 254):
            raise MaillonError(
                N_("“{text}…” is too long: at most {limit} characters."),
                text=value[:40],
                limit=_LENGTHS[name],
            )


def import_tables(
    session: Session,
    event_id: str,
    lines: Sequence[TableLine],
    now: datetime,
    *,
    apply: bool = True,
) -> PlacesDiff[TableLine]:
    """Make the tables what a list says; one that is missing from it is no longer used."""
    rows = {
        str(row.number): row
        for row in session.scalars(select(MeetingTable).where(MeetingTable.event_id == event_id))
    }
    known = {
        key: TableLine(row.number, row.place, row.seats, row.standing)
        for key, row in rows.items()
        if not row.withdrawn
    }
    diff = _compare(known, lines)
    if apply:
        for line in (*diff.new, *(new for _, new in diff.changed)):
            row = rows.get(line.key) or MeetingTable(event_id=event_id, number=line.number)
            row.place, row.seats, row.standing = line.place, line.seats, line.standing
            row.withdrawn = False
            session.add(row)
        _withdraw(rows, diff)
        _record(session, event_id, "tables.imported", diff, now)
    return diff


def import_stands(
    session: Session,
    event_id: str,
    lines: Sequence[StandLine],
    now: datetime,
    *,
    apply: bool = True,
) -> PlacesDiff[StandLine]:
    """Make the stands what a list says; whoever has the address of one is met there."""
    rows = {
        row.stand: row for row in session.scalars(select(Stand).where(Stand.event_id == event_id))
    }
    known = {
        key: StandLine(row.stand, row.organisation, row.area or "", row.contact_email or "")
        for key, row in rows.items()
        if not row.withdrawn
    }
    diff = _compare(known, lines)
    if apply:
        for line in (*diff.new, *(new for _, new in diff.changed)):
            row = rows.get(line.key) or Stand(event_id=event_id, stand=line.stand)
            row.organisation, row.area = line.organisation, line.area or None
            row.contact_email = line.contact_email or None
            person = participant_by_email(session, event_id, line.contact_email)
            row.participant_id = person.participant_id if person and line.contact_email else None
            row.withdrawn = False
            session.add(row)
        _withdraw(rows, diff)
        _record(session, event_id, "stands.imported", diff, now)
    return diff


def _compare(known: Mapping[str, Line], lines: Sequence[Line]) -> PlacesDiff[Line]:
    both = [(known[line.key], line) for line in lines if line.key in known]
    listed = {line.key for line in lines}
    return PlacesDiff(
        new=tuple(line for line in lines if line.key not in known),
        changed=tuple((old, new) for old, new in both if old != new),
        gone=tuple(line for key, line in known.items() if key not in listed),
        unchanged=sum(old == new for old, new in both),
    )


def _withdraw(rows: Mapping[str, Any], diff: PlacesDiff[Any]) -> None:
    for line in diff.gone:
        rows[line.key].withdrawn = True


def _record(
    session: Session, event_id: str, what: str, diff: PlacesDiff[Any], now: datetime
) -> None:
    session.flush()
    if diff.new or diff.changed or diff.gone:
        counts = {"new": len(diff.new), "changed": len(diff.changed), "gone": len(diff.gone)}
        record(session, event_id, what, event_id, at=now, actor="cli", after=counts)

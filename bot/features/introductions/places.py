"""Where people meet: tables and stands, as organisers list them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.db.history import record
from bot.features.introductions.tables import MeetingTable
from bot.features.people.lists import ListDiff, compare, parse_list
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


def parse_tables(data: bytes) -> list[TableLine]:
    return parse_list(data, _TABLE_COLUMNS, ("number", "place", "seats"), _table, _key)


def parse_stands(data: bytes) -> list[StandLine]:
    return parse_list(data, _STAND_COLUMNS, ("stand", "organisation"), _stand, _key)


def _key(line: TableLine | StandLine) -> str:
    return line.key


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
) -> ListDiff[TableLine]:
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
    diff = compare(known, lines, _key)
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
) -> ListDiff[StandLine]:
    """Make the stands what a list says; whoever has the address of one is met there."""
    rows = {
        row.stand: row for row in session.scalars(select(Stand).where(Stand.event_id == event_id))
    }
    known = {
        key: StandLine(row.stand, row.organisation, row.area or "", row.contact_email or "")
        for key, row in rows.items()
        if not row.withdrawn
    }
    diff = compare(known, lines, _key)
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


def _withdraw(rows: Mapping[str, Any], diff: ListDiff[Any]) -> None:
    for line in diff.gone:
        rows[line.key].withdrawn = True


def _record(session: Session, event_id: str, what: str, diff: ListDiff[Any], now: datetime) -> None:
    session.flush()
    if diff.new or diff.changed or diff.gone:
        record(session, event_id, what, event_id, at=now, actor="cli", after=diff.counts)

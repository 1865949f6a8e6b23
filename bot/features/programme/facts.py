"""What the organisers' lists say of sessions besides the programme: places, accessibility, and
who takes turns on a stage. A later import of the programme changes none of it.

Each list is the whole truth: what is missing from it is taken back.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.db.history import record
from bot.features.events.actions import lock_event
from bot.features.people.lists import ListDiff, compare, parse_list
from bot.features.programme.changes import show_again
from bot.features.programme.on_stage import link_by_address
from bot.features.programme.tables import PassageRow, SessionRow

_EXTRAS = {
    "session": ("session", "code"),
    "capacity": ("capacity", "capacité", "capacite", "places"),
    "accessibility": ("accessibility", "accessibilité", "accessibilite"),
}
_SLOTS = {
    "session": ("session", "code"),
    "order": ("order", "ordre", "rang"),
    "minutes": ("minutes", "durée", "duree", "duration"),
    "organisation": ("organisation", "organization", "société", "entreprise", "company"),
    "title": ("title", "titre"),
    "email": ("email", "e-mail", "mail", "courriel"),
}
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
_LONGEST = 254
"""Characters of a cell: what the database holds of the shortest."""


@dataclass(frozen=True)
class Extras:
    session: str
    capacity: int | None
    accessibility: str

    @property
    def key(self) -> str:
        return self.session


@dataclass(frozen=True)
class Slot:
    session: str
    order: int
    minutes: int
    organisation: str
    title: str
    email: str

    @property
    def key(self) -> str:
        return f"{self.session} {self.order}"


def import_extras(
    session: Session, event_id: str, data: bytes, now: datetime, *, apply: bool = True
) -> ListDiff[Extras]:
    """Places and accessibility of sessions, as a list has them; `apply=False` only looks."""
    lock_event(session, event_id)
    rows = sessions_by_name(session, event_id)

    def read(cells: Mapping[str, str]) -> Extras:
        row = named(rows, cells)
        capacity = _number(cells["capacity"], "places") if cells["capacity"] else None
        return Extras(_name(row), capacity, cells["accessibility"])

    lines = parse_list(data, _EXTRAS, ("session",), read, lambda line: line.key)
    known = {
        _name(row): Extras(_name(row), row.capacity, row.accessibility) for row in rows.values()
    }
    known = {name: extras for name, extras in known.items() if _says_something(extras)}
    diff = compare(known, [line for line in lines if _says_something(line)], lambda line: line.key)
    if apply:
        for line in (*diff.new, *(new for _, new in diff.changed)):
            row = rows[line.session]
            row.capacity, row.accessibility = line.capacity, line.accessibility
        for line in diff.gone:
            rows[line.session].capacity, rows[line.session].accessibility = None, ""
        _finish(session, event_id, "programme.extras_imported", diff, rows, now)
    return diff


def _says_something(extras: Extras) -> bool:
    return extras.capacity is not None or bool(extras.accessibility)


def import_slots(
    session: Session, event_id: str, data: bytes, now: datetime, *, apply: bool = True
) -> ListDiff[Slot]:
    """Who takes turns in which session, as a list has it; `apply=False` only looks."""
    lock_event(session, event_id)
    rows = sessions_by_name(session, event_id)

    def read(cells: Mapping[str, str]) -> Slot:
        return _slot(_name(named(rows, cells)), cells)

    lines = parse_list(data, _SLOTS, ("session", "order", "minutes"), read, lambda line: line.key)
    names = {row.session_id: name for name, row in rows.items()}
    stored = {
        slot.key: (slot, row)
        for row in session.scalars(select(PassageRow).where(PassageRow.event_id == event_id))
        for slot in [_as_listed(row, names[row.session_id])]
    }
    diff = compare({key: slot for key, (slot, _) in stored.items()}, lines, lambda line: line.key)
    if apply:
        for line in diff.gone:
            session.delete(stored[line.key][1])
        for line in (*diff.new, *(new for _, new in diff.changed)):
            row = stored[line.key][1] if line.key in stored else _new(rows[line.session], line)
            row.minutes, row.organisation, row.title = line.minutes, line.organisation, line.title
            if row.email != (line.email or None):
                row.email, row.participant_id = line.email or None, None
            session.add(row)
        session.flush()
        link_by_address(session, event_id)
        _finish(session, event_id, "programme.slots_imported", diff, rows, now)
    return diff


def _slot(name: str, cells: Mapping[str, str]) -> Slot:
    if not (cells["title"] or cells["organisation"]):
        raise MaillonError(N_("It says neither who nor what."))
    email = cells["email"].lower()
    if email and not _EMAIL.fullmatch(email):
        raise MaillonError(N_("There is no valid e-mail address."))
    return Slot(
        name,
        _number(cells["order"], "order"),
        _number(cells["minutes"], "minutes"),
        cells["organisation"],
        cells["title"] or cells["organisation"],
        email,
    )


def _as_listed(row: PassageRow, name: str) -> Slot:
    return Slot(name, row.position, row.minutes, row.organisation, row.title, row.email or "")


def _new(of: SessionRow, line: Slot) -> PassageRow:
    return PassageRow(event_id=of.event_id, session_id=of.session_id, position=line.order)


# ---------------------------------------------------------------- what both lists share


def sessions_by_name(session: Session, event_id: str) -> dict[str, SessionRow]:
    """By what the organisers' files call them: the code, else the id in the programme."""
    rows = session.scalars(
        select(SessionRow).where(SessionRow.event_id == event_id).order_by(SessionRow.session_id)
    )
    return {_name(row): row for row in rows}


def _name(row: SessionRow) -> str:
    return row.code or row.source_id


def named(rows: Mapping[str, SessionRow], cells: Mapping[str, str]) -> SessionRow:
    """The session of a line, none of whose cells is too long."""
    for value in cells.values():
        if len(value) > _LONGEST:
            raise MaillonError(
                N_("“{text}…” is too long: at most {limit} characters."),
                text=value[:40],
                limit=_LONGEST,
            )
    by_id = (row for row in rows.values() if row.source_id == cells["session"])
    row = rows.get(cells["session"]) or next(by_id, None)
    if row is None:
        raise MaillonError(
            N_("The session “{name}” is not in the programme."), name=cells["session"]
        )
    return row


_WHAT = {
    "places": N_("“{value}” is not a number of places."),
    "order": N_("“{value}” is not a place in the order."),
    "minutes": N_("“{value}” is not a number of minutes."),
}


def _number(text: str, what: str) -> int:
    if not (text.isdecimal() and len(text) < 6 and int(text)):
        raise MaillonError(_WHAT[what], value=text[:40])
    return int(text)


def _finish(
    session: Session,
    event_id: str,
    what: str,
    diff: ListDiff[Extras] | ListDiff[Slot],
    rows: Mapping[str, SessionRow],
    now: datetime,
) -> None:
    """Written down, and shown where the sessions were told of."""
    changed: Collection[Extras | Slot] = (
        *diff.new,
        *(new for _, new in diff.changed),
        *diff.gone,
    )
    if not changed:
        return
    record(session, event_id, what, event_id, at=now, actor="cli", after=diff.counts)
    session.flush()
    for name in sorted({line.session for line in changed}):
        show_again(session, rows[name], now)

"""Documents: what was shown or is to be read, as a link that a session carries once it arrives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.cards import LINK_LIMIT
from bot.core.errors import MaillonError, NoLongerThereError, NotAllowedError
from bot.core.i18n import N_
from bot.core.ids import new_id
from bot.db.history import record
from bot.features.events.actions import lock_event
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.people.lists import ListDiff, compare, parse_list
from bot.features.people.tables import Participant
from bot.features.programme.changes import show_again, tell_of_material
from bot.features.programme.facts import named, sessions_by_name
from bot.features.programme.on_stage import sessions_with_part
from bot.features.programme.queries import ProgrammeEntry, day_of, entries
from bot.features.programme.roles import ORGANISER, WHOLE_EVENT, may
from bot.features.programme.tables import MaterialRow, SessionRow

A_SESSION = 5
TITLE_CHARACTERS = 75
"""A link is a button."""
OFFERED = 20
_COLUMNS = {
    "session": ("session", "code"),
    "title": ("title", "titre"),
    "url": ("url", "link", "lien", "adresse"),
}


class NotOnStageError(NotAllowedError):
    msgid = N_(
        "Whoever speaks in the session or hosts it, and the organisers, can add a document to it."
    )


class BadAddressError(MaillonError):
    msgid = N_("This is not the address of a page: it begins with https:// or http://.")


class TooManyMaterialsError(MaillonError):
    msgid = N_("A session carries {count} documents at most.")


def add_material(
    session: Session, person: Participant, session_id: str, title: str, url: str, now: datetime
) -> MaterialRow:
    """The same address again changes its title and tells nobody."""
    row = _row(session, person, session_id)
    return _keep(session, row, title, checked(url), now, person.participant_id)


def remove_material(
    session: Session, person: Participant, material_id: str, now: datetime
) -> SessionRow:
    material = session.get(MaterialRow, (person.event_id, material_id))
    if material is None:
        raise NoLongerThereError
    row = _row(session, person, material.session_id)
    session.delete(material)
    _record(session, row, "programme.material_removed", person.participant_id, now)
    show_again(session, row, now)
    return row


def import_materials(
    session: Session, event_id: str, data: bytes, now: datetime, *, apply: bool = True
) -> ListDiff[tuple[str, str, str]]:
    """Adds what a list has, by session and address; what others added stays."""
    lock_event(session, event_id)
    rows = sessions_by_name(session, event_id)
    names = {row.session_id: name for name, row in rows.items()}

    def read(cells: Mapping[str, str]) -> tuple[str, str, str]:
        row = named(rows, cells)
        return names[row.session_id], _title(cells["title"], cells["url"]), checked(cells["url"])

    def key(line: tuple[str, str, str]) -> str:
        return f"{line[0]} {line[2]}"

    lines = parse_list(data, _COLUMNS, ("session", "url"), read, key)
    listed = {key(line) for line in lines}
    stored = session.scalars(select(MaterialRow).where(MaterialRow.event_id == event_id))
    known = {
        key(one): one for row in stored if (one := (names[row.session_id], row.title, row.url))
    }
    known = {name: one for name, one in known.items() if name in listed}
    diff = compare(known, lines, key)
    if apply:
        for name, title, url in (*diff.new, *(new for _, new in diff.changed)):
            _keep(session, rows[name], title, url, now, "cli")
    return diff


def may_add(session: Session, event: EventFile, person: Participant, session_id: str) -> bool:
    return may(session, event, person, (ORGANISER,), session_id) or (
        not person.erased
        and session_id in sessions_with_part(session, person.event_id, person.participant_id)
    )


def own_sessions(
    session: Session, event: EventFile, person: Participant, now: datetime
) -> list[ProgrammeEntry]:
    """Those in which the person has a part, by start; for an organiser, all of the day."""
    takes_place = SessionRow.cancelled.is_(False)
    if may_add(session, event, person, WHOLE_EVENT):
        start, end = day_of(event, now)
        today = (SessionRow.starts_at >= start, SessionRow.starts_at < end)
        return entries(session, person.event_id, takes_place, *today)[:OFFERED]
    mine = SessionRow.session_id.in_(
        sessions_with_part(session, person.event_id, person.participant_id)
    )
    return entries(session, person.event_id, takes_place, mine)[:OFFERED]


def checked(url: str) -> str:
    """An address that a button can open."""
    url = url.strip()
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadAddressError from error
    fits = len(url) <= LINK_LIMIT and not any(char.isspace() for char in url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not fits:
        raise BadAddressError
    return url


# ----------------------------------------------------------------


def _row(session: Session, person: Participant, session_id: str) -> SessionRow:
    row = session.get(SessionRow, (person.event_id, session_id))
    if row is None or row.cancelled:
        raise NoLongerThereError
    if not may_add(session, event_settings(session, person.event_id), person, session_id):
        raise NotOnStageError
    return row


def _title(title: str, url: str) -> str:
    return " ".join(title.split())[:TITLE_CHARACTERS] or str(urlsplit(url).hostname)[:75]


def _keep(
    session: Session, row: SessionRow, title: str, url: str, now: datetime, actor: str
) -> MaterialRow:
    lock_event(session, row.event_id)
    of_session = (MaterialRow.event_id == row.event_id, MaterialRow.session_id == row.session_id)
    material = session.scalar(select(MaterialRow).where(*of_session, MaterialRow.url == url))
    if material is not None:
        material.title = _title(title, url)
        _record(session, row, "programme.material_renamed", actor, now)
        show_again(session, row, now)
        return material
    if (session.scalar(select(func.count()).where(*of_session)) or 0) >= A_SESSION:
        raise TooManyMaterialsError(count=A_SESSION)
    material = MaterialRow(
        event_id=row.event_id,
        material_id=new_id(),
        session_id=row.session_id,
        title=_title(title, url),
        url=url,
        added_at=now,
    )
    session.add(material)
    _record(session, row, "programme.material_added", actor, now)
    show_again(session, row, now)
    tell_of_material(session, row, now)
    return material


def _record(session: Session, row: SessionRow, what: str, actor: str, now: datetime) -> None:
    record(session, row.event_id, what, row.session_id, at=now, actor=actor)
    session.flush()

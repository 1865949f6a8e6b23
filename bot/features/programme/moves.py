"""What became of sessions that somebody may know otherwise: moved, cancelled, back again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.i18n import Reader
from bot.db.history import Change as Recorded
from bot.features.programme import model
from bot.features.programme.queries import ProgrammeEntry, entries
from bot.features.programme.tables import SessionRow
from bot.features.programme.wording import moved_from, other_room, starts, takes_place

LOOKED_BACK = timedelta(days=7)


@dataclass(frozen=True)
class Moved:
    """A session as it is, and how it was before it was first changed in these days."""

    entry: ProgrammeEntry
    from_start: datetime
    from_room: str
    was_cancelled: bool
    """At some time in these days."""
    at: datetime
    """Of the newest change."""

    @property
    def differs(self) -> bool:
        entry = self.entry
        return (
            entry.cancelled
            or self.was_cancelled
            or (entry.starts_at, entry.room) != (self.from_start, self.from_room)
        )


def moves(session: Session, event_id: str, now: datetime) -> list[Moved]:
    """Of sessions that are not over, the newest change first. The history names nobody here."""
    ahead = {one.session_id: one for one in entries(session, event_id, SessionRow.ends_at > now)}
    rows = session.scalars(
        select(Recorded)
        .where(
            Recorded.event_id == event_id,
            Recorded.subject.in_(ahead),
            Recorded.what.startswith("programme."),
            Recorded.at > now - LOOKED_BACK,
        )
        .order_by(Recorded.subject, Recorded.at)
    ).all()
    found = [
        _moved(ahead[session_id], [row for row in of_session if "starts_at" in (row.before or {})])
        for session_id, of_session in groupby(rows, key=lambda row: row.subject)
    ]
    return sorted(
        (one for one in found if one is not None and one.differs),
        key=lambda one: (-one.at.timestamp(), one.entry.starts_at, one.entry.session_id),
    )


def _moved(entry: ProgrammeEntry, rows: Sequence[Recorded]) -> Moved | None:
    if not rows:
        return None
    known = rows[0].before
    away = {model.Change.CANCELLED.value, model.Change.RETURNED.value}
    kinds = {kind for row in rows for kind in row.what.removeprefix("programme.").split("+")}
    return Moved(
        entry,
        datetime.fromisoformat(known["starts_at"]),
        known["room"],
        was_cancelled=bool(kinds & away),
        at=rows[-1].at,
    )


def in_words(one: Moved, now: datetime, reader: Reader) -> list[str]:
    """« Déplacée à 16 h 45 (au lieu de 16 h 15) »."""
    entry = one.entry
    if entry.cancelled:
        was = starts(one.from_start, now.astimezone(reader.zone).date(), reader)
        told = reader.gettext("Cancelled (was planned: {time}, {room})")
        if one.from_room:
            return [told.format(time=was, room=one.from_room)]
        return [reader.gettext("Cancelled (was planned: {time})").format(time=was)]
    lines = []
    if one.was_cancelled:
        lines.append(takes_place(entry.starts_at, one.from_start, reader))
    elif entry.starts_at != one.from_start:
        lines.append(moved_from(entry.starts_at, one.from_start, reader))
    if entry.room != one.from_room:
        lines.append(other_room(entry.room, one.from_room, reader))
    return lines

"""What became of a day's sessions since a moment, all changes together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.i18n import Reader
from bot.db.history import Change
from bot.features.events.model import EventFile
from bot.features.programme.queries import ProgrammeEntry, entries_by_id
from bot.features.programme.wording import moved_from, other_room


@dataclass(frozen=True)
class Changed:
    """A session as it is, and where it was; `from_start` is None for a new one."""

    entry: ProgrammeEntry
    from_start: datetime | None
    from_room: str

    def lines(self, reader: Reader) -> tuple[str, ...]:
        """Empty if it is where it was."""
        if self.entry.cancelled:
            return () if self.from_start is None else (reader.gettext("Cancelled"),)
        if self.from_start is None:
            return (reader.gettext("Added to the programme"),)
        lines = []
        if self.from_start != self.entry.starts_at:
            lines.append(moved_from(self.entry.starts_at, self.from_start, reader))
        if self.from_room != self.entry.room:
            lines.append(other_room(self.entry.room, self.from_room, reader))
        return tuple(lines)


def changed_since(
    session: Session, event_id: str, event: EventFile, day: date, since: datetime, until: datetime
) -> list[Changed]:
    """Of the sessions that take place that day or were to; the history says where they were.

    Before the first day the programme is still being made: what is new in it is no news.
    """
    begins = datetime.combine(event.first_day, time(0), event.tz)
    first = _first_changes(session, event_id, since, until)
    found = entries_by_id(session, event_id, first)
    changed = []
    for session_id, (at, before) in first.items():
        entry = found.get(session_id)
        if entry is None or (before is None and at < begins):
            continue
        start = datetime.fromisoformat(before["starts_at"]) if before else None
        days = {one.astimezone(event.tz).date() for one in (start, entry.starts_at) if one}
        if day in days:
            changed.append(Changed(entry, start, str(before["room"]) if before else ""))
    return sorted(changed, key=lambda one: (one.entry.starts_at, one.entry.session_id))


def _first_changes(
    session: Session, event_id: str, since: datetime, until: datetime
) -> dict[str, tuple[datetime, dict[str, Any] | None]]:
    """By session, the first of the changes in that time: when, and what it was before; None if
    it was not there."""
    rows = session.execute(
        select(Change.subject, Change.at, Change.before)
        .where(
            Change.event_id == event_id,
            Change.actor == "programme",
            Change.what.like("programme.%"),
            Change.at >= since,
            Change.at < until,
        )
        .order_by(Change.at.desc())
    )
    return {row.subject: (row.at, row.before) for row in rows}

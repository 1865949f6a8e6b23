"""What became of a day's sessions since a moment, all changes together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.core.i18n import Reader
from bot.db.history import Change
from bot.features.events.model import EventFile
from bot.features.home.tables import MorningMessage
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

    Before the first morning the programme is still being made: what is new in it is no news.
    """
    began = session.get(MorningMessage, (event_id, event.first_day))
    first = _first_changes(session, event_id, since, until, began.told_at if began else until)
    found = entries_by_id(session, event_id, first)
    changed = []
    for session_id, before in first.items():
        entry = found.get(session_id)
        if entry is None:
            continue
        start = datetime.fromisoformat(before["starts_at"]) if before else None
        days = {one.astimezone(event.tz).date() for one in (start, entry.starts_at) if one}
        if day in days:
            changed.append(Changed(entry, start, str(before["room"]) if before else ""))
    return sorted(changed, key=lambda one: (one.entry.starts_at, one.entry.session_id))


def _first_changes(
    session: Session, event_id: str, since: datetime, until: datetime, began: datetime
) -> dict[str, dict[str, Any] | None]:
    """By session, what it was before the first of the changes in that time; None if it was not
    there, which counts after `began`."""
    rows = session.execute(
        select(Change.subject, Change.before)
        .where(
            Change.event_id == event_id,
            Change.actor == "programme",
            Change.what.like("programme.%"),
            Change.at >= since,
            Change.at < until,
            or_(Change.before.is_not(None), Change.at > began),
        )
        .order_by(Change.at.desc())
    )
    return {row.subject: row.before for row in rows}

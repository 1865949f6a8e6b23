"""The hours in which a person is left in peace: those of the event, or their own."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import NoLongerThereError
from bot.core.quiet import QuietHours
from bot.db.history import record
from bot.features.events.model import EventFile
from bot.features.people.tables import Participant

CHOICES = {
    "19": QuietHours(time(19), time(8)),
    "20": QuietHours(time(20), time(7, 30)),
    "21": QuietHours(time(21), time(7)),
    "22": QuietHours(time(22), time(6, 30)),
}
"""A few to choose from, by the name that their button carries."""
OF_THE_EVENT = "event"


def quiet_hours(session: Session, event: EventFile, event_id: str, who: str) -> QuietHours:
    """Of a participant."""
    row = session.execute(
        select(Participant.quiet_from, Participant.quiet_until).where(
            Participant.event_id == event_id, Participant.participant_id == who
        )
    ).one_or_none()
    return (_hours(row.quiet_from, row.quiet_until) if row else None) or event.budget.quiet_hours


def own_hours(person: Participant) -> QuietHours | None:
    """None for who keeps to those of the event."""
    return _hours(person.quiet_from, person.quiet_until)


def _hours(begins: time | None, ends: time | None) -> QuietHours | None:
    return None if begins is None or ends is None else QuietHours(begins, ends)


def choose_quiet_hours(session: Session, person: Participant, choice: str, now: datetime) -> None:
    """From now on; urgent changes pass at any hour."""
    if choice not in (*CHOICES, OF_THE_EVENT):
        raise NoLongerThereError
    before, chosen = own_hours(person), CHOICES.get(choice)
    if chosen == before:
        return
    person.quiet_from, person.quiet_until = (
        (None, None) if chosen is None else (chosen.begins, chosen.ends)
    )
    record(
        session,
        person.event_id,
        "people.quiet_hours",
        person.participant_id,
        at=now,
        actor=person.participant_id,
        before=_named(before),
        after=_named(chosen),
    )


def _named(hours: QuietHours | None) -> str | None:
    return None if hours is None else f"{hours.begins:%H:%M}-{hours.ends:%H:%M}"

"""Reminders: a direct message for what a person chose, five minutes before it starts.

Where many chose what starts together they begin earlier, so that the last comes in time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.features.events.model import EventFile
from bot.features.programme.budget import Budgeter
from bot.features.programme.changes import reminder_key
from bot.features.programme.direct import to_person
from bot.features.programme.messages import SessionsStartSoon
from bot.features.programme.schedule import last_reminder
from bot.features.programme.tables import Reminder, SessionRow, Star


def remind(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    """One direct message to each person for what starts now or within the gap after it."""
    due = session.scalars(
        select(SessionRow)
        .where(SessionRow.event_id == event_id, SessionRow.next_remind_at <= now)
        .order_by(SessionRow.starts_at, SessionRow.session_id)
    ).all()
    if not due:
        return
    soon = session.scalars(
        select(SessionRow)
        .where(
            SessionRow.event_id == event_id,
            SessionRow.next_remind_at > now,
            SessionRow.next_remind_at < now + event.budget.gap,
        )
        .order_by(SessionRow.starts_at, SessionRow.session_id)
    ).all()
    for row in due:
        row.reminded_start, row.next_remind_at = row.starts_at, None
    missed = [row for row in due if last_reminder(row.starts_at, event.timing.remind) <= now]
    for participant_id, rows in _choices(session, event_id, event, missed).items():
        _remind(session, event, participant_id, rows, now)
    budget = Budgeter(session, event_id, event, now)
    also = _choices(session, event_id, event, soon)
    ahead = [row for row in due if row not in missed]
    for participant_id, rows in _choices(session, event_id, event, ahead).items():
        withheld = budget.withheld(participant_id, reminder=True)
        if withheld:
            _store(session, event_id, participant_id, rows, withheld)
        else:
            together = [*rows, *also.get(participant_id, [])]
            _remind(session, event, participant_id, together, now)


def _choices(
    session: Session, event_id: str, event: EventFile, rows: Iterable[SessionRow]
) -> dict[str, list[SessionRow]]:
    """Who chose which of `rows`, except what they were already reminded of.

    A reminder told together with an earlier one counts: it comes again only if the session
    moved by more than the lead since.
    """
    by_id = {row.session_id: row for row in rows}
    if not by_id:
        return {}
    reminded = session.execute(
        select(Reminder.participant_id, Reminder.session_id, Reminder.told_start).where(
            Reminder.event_id == event_id, Reminder.session_id.in_(by_id)
        )
    )
    known = {
        (participant_id, session_id)
        for participant_id, session_id, told_start in reminded
        if abs(told_start - by_id[session_id].starts_at) <= event.timing.remind
    }
    stars = session.execute(
        select(Star.participant_id, Star.session_id)
        .where(Star.event_id == event_id, Star.session_id.in_(by_id))
        .order_by(Star.participant_id, Star.starred_at)
    )
    chosen: dict[str, list[SessionRow]] = defaultdict(list)
    for participant_id, session_id in stars:
        if (participant_id, session_id) not in known:
            chosen[participant_id].append(by_id[session_id])
    return {who: sorted(mine, key=lambda row: row.starts_at) for who, mine in chosen.items()}


def _remind(
    session: Session,
    event: EventFile,
    participant_id: str,
    rows: Sequence[SessionRow],
    now: datetime,
) -> None:
    """What could not go out in time is skipped, and counted as such."""
    event_id = rows[0].event_id
    reminder_id = _store(session, event_id, participant_id, rows, None)
    to_person(
        session,
        event_id,
        participant_id,
        SessionsStartSoon(event_id, reminder_id),
        reminder_key(reminder_id),
        "useful",
        now,
        expires_at=last_reminder(max(row.starts_at for row in rows), event.timing.remind),
    )


def _store(
    session: Session,
    event_id: str,
    participant_id: str,
    rows: Sequence[SessionRow],
    withheld: str | None,
) -> str:
    """`withheld` says why the person is not told; visible, and no reason to ask again."""
    reminder_id = new_id()
    for row in rows:
        session.add(
            Reminder(
                event_id=event_id,
                participant_id=participant_id,
                session_id=row.session_id,
                told_start=row.starts_at,
                reminder_id=reminder_id,
                withheld=withheld,
            )
        )
    session.flush()
    return reminder_id

"""Delays in the database: by how much sessions are shifted, and shifting them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.features.events.model import EventFile
from bot.features.programme.delay_tables import Delay, DelayShift
from bot.features.programme.delays import Shift, Slot
from bot.features.programme.leads import remind_in_time, schedule
from bot.features.programme.tables import SessionRow

Late = tuple[timedelta, timedelta]
"""By how much a session starts and ends later than the programme file says."""
ON_ITS_TIME: Late = (timedelta(0), timedelta(0))


def shifts_of(session: Session, event_id: str) -> dict[str, Late]:
    """What the delays that stand make of each session, by its id."""
    rows = session.execute(
        select(
            DelayShift.session_id, func.sum(DelayShift.start_by_s), func.sum(DelayShift.end_by_s)
        )
        .join(
            Delay,
            (Delay.event_id == DelayShift.event_id) & (Delay.delay_id == DelayShift.delay_id),
        )
        .where(DelayShift.event_id == event_id, Delay.undone_at.is_(None))
        .group_by(DelayShift.session_id)
    )
    return {
        session_id: (timedelta(seconds=int(start)), timedelta(seconds=int(end)))
        for session_id, start, end in rows
    }


def shifts_by(session: Session, event_id: str, delay_id: str) -> list[Shift]:
    """What one delay moves."""
    rows = session.scalars(
        select(DelayShift).where(DelayShift.event_id == event_id, DelayShift.delay_id == delay_id)
    )
    return [
        Shift(row.session_id, timedelta(seconds=row.start_by_s), timedelta(seconds=row.end_by_s))
        for row in rows
    ]


def taking_place(session: Session, event_id: str) -> dict[str, SessionRow]:
    rows = session.scalars(
        select(SessionRow).where(SessionRow.event_id == event_id, SessionRow.cancelled.is_(False))
    )
    return {row.session_id: row for row in rows}


def slot(row: SessionRow) -> Slot:
    is_break = row.kind == "networking"
    return Slot(row.session_id, row.room, is_break, row.starts_at, row.ends_at)


def store(session: Session, delay: Delay, moved: Iterable[Shift]) -> None:
    session.add(delay)
    session.flush()
    for one in moved:
        session.add(
            DelayShift(
                event_id=delay.event_id,
                delay_id=delay.delay_id,
                session_id=one.session_id,
                start_by_s=int(one.start_by.total_seconds()),
                end_by_s=int(one.end_by.total_seconds()),
            )
        )
    session.flush()


def follow(
    session: Session, event: EventFile, rows: Mapping[str, SessionRow], now: datetime
) -> None:
    """Have sessions take place when the programme and the delays that stand say together."""
    if not rows:
        return
    event_id = next(iter(rows.values())).event_id
    late = shifts_of(session, event_id)
    for session_id, row in rows.items():
        start_by, end_by = late.get(session_id, ON_ITS_TIME)
        starts_at = (row.planned_starts_at or row.starts_at) + start_by
        ends_at = (row.planned_ends_at or row.ends_at) + end_by
        if ends_at != row.ends_at:
            row.ends_at, row.next_brief_at = ends_at, now
        if starts_at != row.starts_at:
            row.starts_at, row.next_brief_at = starts_at, now
            if not row.cancelled:
                schedule(event, row, now)
    session.flush()
    remind_in_time(session, event_id, event, now)

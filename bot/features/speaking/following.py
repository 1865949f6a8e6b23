"""What was told follows the programme: edited, or told again if it moved by more than its lead."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from bot.delivery.outbox import refresh
from bot.features.events.model import EventFile
from bot.features.programme.tables import SessionRow
from bot.features.speaking.pairs import as_told
from bot.features.speaking.planning import HOUR_BEFORE, evening_before, local_day
from bot.features.speaking.tables import DAY, SpeakingTelling


def speaking_key(telling_id: str) -> str:
    return f"speaking:{telling_id}"


def _changed(event_id: str, now: datetime) -> Select[SpeakingTelling, SessionRow]:
    """(telling, session) where the programme says something else by now."""
    told, row = SpeakingTelling, SessionRow
    return (
        select(told, row)
        .join(row, (row.event_id == told.event_id) & (row.session_id == told.session_id))
        .where(
            told.event_id == event_id,
            row.next_brief_at <= now,
            or_(*(getattr(told, name) != getattr(row, name) for name in COMPARED)),
        )
        .order_by(told.participant_id, told.session_id, told.kind)
    )


COMPARED = ("starts_at", "ends_at", "room", "cancelled", "full")


def follow(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    shown = set()
    for telling, row in session.execute(_changed(event_id, now)).all():
        if telling.telling_id is not None:
            shown.add(telling.telling_id)
        if _comes_again(event, telling, row, now):
            telling.telling_id = telling.withheld = None
            telling.due_at = now
        for name, value in as_told(row).items():
            setattr(telling, name, value)
    session.flush()
    for telling_id in sorted(shown):
        refresh(session, event_id, speaking_key(telling_id), now)


def _comes_again(
    event: EventFile, telling: SpeakingTelling, row: SessionRow, now: datetime
) -> bool:
    """Its new moment is still ahead, and it was told for quite another or not at all."""
    if row.cancelled:
        return False
    if telling.kind == DAY:
        ahead = evening_before(event, row.starts_at) > now
        far = local_day(event, telling.starts_at) != local_day(event, row.starts_at)
    else:
        ahead = row.starts_at - HOUR_BEFORE > now
        far = abs(telling.starts_at - row.starts_at) > HOUR_BEFORE
    return ahead and (far or telling.telling_id is None)

"""What is due to the people on stage: idempotent, whoever wakes it, however often."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.features.events.actions import lock_event
from bot.features.events.queries import event_settings, workspace_ids
from bot.features.events.tables import Event
from bot.features.speaking.following import changed, follow
from bot.features.speaking.pairs import first_untold, plan
from bot.features.speaking.planning import HOUR_BEFORE, evening_before
from bot.features.speaking.tables import DAY, HOUR, SpeakingTelling
from bot.features.speaking.telling import tell


def tick(session: Session, event_id: str, now: datetime) -> None:
    lock_event(session, event_id)
    event = event_settings(session, event_id)
    follow(session, event_id, event, now)
    plan(session, event_id, event, now)
    tell(session, event_id, event, now)


def next_due(session: Session, event_id: str) -> datetime | None:
    """Where there is anybody to tell."""
    if not workspace_ids(session, event_id):
        return None
    if session.execute(changed(event_id).limit(1)).first() is not None:
        return session.get_one(Event, event_id).applied_at
    waiting = select(func.min(SpeakingTelling.due_at)).where(SpeakingTelling.event_id == event_id)
    hour, day = (first_untold(session, event_id, kind) for kind in (HOUR, DAY))
    moments = [
        session.scalar(waiting),
        hour - HOUR_BEFORE if hour else None,
        evening_before(event_settings(session, event_id), day) if day else None,
    ]
    return min((moment for moment in moments if moment), default=None)

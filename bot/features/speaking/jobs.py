"""What is due to the people on stage: idempotent, whoever wakes it, however often."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.moments import earliest, first
from bot.features.events.actions import lock_event
from bot.features.events.queries import event_settings
from bot.features.programme.tables import SessionRow
from bot.features.speaking.following import follow
from bot.features.speaking.pairs import plan
from bot.features.speaking.tables import SpeakingTelling
from bot.features.speaking.telling import tell


def tick(session: Session, event_id: str, now: datetime) -> None:
    lock_event(session, event_id)
    event = event_settings(session, event_id)
    follow(session, event_id, event, now)
    plan(session, event_id, event, now)
    tell(session, event_id, event, now)


_MOMENTS = earliest(SessionRow.next_brief_at, SpeakingTelling.due_at)


def next_due(session: Session, event_id: str) -> datetime | None:
    return first(session.execute(_MOMENTS, {"event_id": event_id}).one())

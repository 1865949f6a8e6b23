"""What is due about questions: idempotent, whoever wakes it, however often."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.features.events.actions import lock_event
from bot.features.events.queries import event_settings, workspace_ids
from bot.features.questions import boards, news


def tick(session: Session, event_id: str, now: datetime) -> None:
    lock_event(session, event_id)
    event = event_settings(session, event_id)
    boards.tick(session, event_id, event, now)
    news.tick(session, event_id, event, now)


def next_due(session: Session, event_id: str) -> datetime | None:
    """Where there is anybody to tell."""
    if not workspace_ids(session, event_id):
        return None
    event = event_settings(session, event_id)
    moments = (
        boards.next_due(session, event_id, event),
        news.next_due(session, event_id, event),
    )
    return min((moment for moment in moments if moment), default=None)

"""What is due about questions: idempotent, whoever wakes it, however often."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.moments import first
from bot.features.events.actions import lock_event
from bot.features.events.queries import event_rules, event_settings
from bot.features.questions import boards, news


def tick(session: Session, event_id: str, now: datetime) -> None:
    lock_event(session, event_id)
    event = event_settings(session, event_id)
    boards.tick(session, event_id, event, now)
    news.tick(session, event_id, event, now)


def next_due(session: Session, event_id: str) -> datetime | None:
    event = event_rules(session, event_id)
    return first(
        (boards.next_due(session, event_id, event), news.next_due(session, event_id, event))
    )

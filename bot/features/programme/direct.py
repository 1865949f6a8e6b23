"""Direct messages that no gesture asked for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery.messages import Message
from bot.delivery.outbox import Place, enqueue
from bot.features.people.queries import addressees


def to_person(
    session: Session,
    event_id: str,
    participant_id: str,
    message: Message,
    key: str,
    message_class: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> None:
    """In one workspace, whichever; nowhere if the person is in none."""
    reached = addressees(session, event_id, participant_id)
    if reached:
        enqueue(
            session,
            event_id,
            Place(reached[0].workspace_id, participant_id=participant_id),
            message,
            key,
            message_class=message_class,
            now=now,
            expires_at=expires_at,
        )

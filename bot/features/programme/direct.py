"""Direct messages that no gesture asked for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery.messages import Message
from bot.delivery.outbox import Place, enqueue
from bot.features.people.queries import home_of


def to_person(
    session: Session,
    event_id: str,
    participant_id: str,
    message: Message,
    key: str,
    message_class: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> str | None:
    """In one workspace, whichever; nowhere if the person is in none. As `enqueue` answers."""
    home = home_of(session, event_id, participant_id)
    if home is None:
        return None
    return enqueue(
        session,
        event_id,
        Place(home, participant_id=participant_id),
        message,
        key,
        message_class=message_class,
        now=now,
        expires_at=expires_at,
    )

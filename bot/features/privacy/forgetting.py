"""The keys of anonymous questions go on the date that was fixed when their session opened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.keys import keys_of


def tick(session: Session, event_id: str, now: datetime) -> None:
    keys_of(session).delete_due(now)


def next_due(session: Session, event_id: str) -> datetime | None:
    """Of all events: they share the store, and the date is one for everybody."""
    return keys_of(session).earliest_due()

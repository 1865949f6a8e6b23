"""What is due of the organisers' announcements."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.moments import earliest, first
from bot.features.bulletins.sending import send, tell_people
from bot.features.bulletins.tables import Bulletin, BulletinLetter
from bot.features.events.actions import lock_event
from bot.features.events.queries import event_settings, workspace_ids


def tick(session: Session, event_id: str, now: datetime) -> None:
    """Everything that is due at event time `now`, once, whoever wakes it."""
    lock_event(session, event_id)
    if not workspace_ids(session, event_id):
        return  # nobody to tell yet
    event = event_settings(session, event_id)
    due = session.scalars(
        select(Bulletin)
        .where(Bulletin.event_id == event_id, Bulletin.next_send_at <= now)
        .order_by(Bulletin.next_send_at, Bulletin.bulletin_id)
    ).all()
    for row in due:
        send(session, event, row, now)
    tell_people(session, event_id, event, now)


_MOMENTS = earliest(Bulletin.next_send_at, BulletinLetter.due_at)


def next_due(session: Session, event_id: str) -> datetime | None:
    return first(session.execute(_MOMENTS, {"event_id": event_id}).one())

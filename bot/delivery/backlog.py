"""What waits to be said, as all processes on a database see it alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from bot.delivery.messages import PRIORITIES
from bot.delivery.sealed import TEN_MINUTES_S
from bot.delivery.tables import OPEN_STATES, UNKNOWN, Delivery
from bot.features.events.queries import event_ids


@dataclass(frozen=True)
class Backlog:
    oldest: Mapping[str, float]
    """By class of message: event seconds that its oldest is due and not done; 0 if none is."""
    unknown: int
    """Posts of which nobody knows yet whether they stand."""


def backlog(session: Session, now: datetime) -> Backlog:
    """At event time `now`. What is sealed is due up to ten minutes before it was written down, so
    that it counts from their end."""
    oldest, unknown = dict.fromkeys(PRIORITIES, 0.0), 0
    sealed = Delivery.sealed_to.is_not(None)
    for event_id in event_ids(session):
        rows = session.execute(
            select(
                Delivery.message_class,
                sealed,
                func.min(Delivery.due_at),
                func.sum(case((Delivery.state == UNKNOWN, 1), else_=0)),
            )
            .where(
                Delivery.event_id == event_id,
                Delivery.state.in_(OPEN_STATES),
                Delivery.due_at <= now,
            )
            .group_by(Delivery.message_class, sealed)
        )
        for kind, hidden, due_at, in_doubt in rows:
            late = (now - due_at).total_seconds() - (TEN_MINUTES_S if hidden else 0.0)
            oldest[kind] = max(oldest[kind], late)
            unknown += in_doubt
    return Backlog(oldest, unknown)

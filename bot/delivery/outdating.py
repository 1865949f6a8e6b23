"""What is no longer worth saying."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.delivery.sealed import empty_unsaid
from bot.delivery.tables import (
    DELETE,
    DROPPED,
    EDIT,
    FAILED,
    OPEN_STATES,
    POST,
    SKIPPED,
    WAITS,
    Delivery,
)

OUTAGE_S = 15 * 60.0
"""Machine seconds for which a message is tried; then nobody would know what it speaks of."""
OUTDATED = "no longer worth saying"
OUTAGE = "did not get through for a quarter of an hour"


def outdate(session: Session, event_id: str, keys: Collection[str], now: datetime) -> None:
    """What `keys` led to and waits is no longer worth saying; what is on its way arrives."""
    session.execute(
        update(Delivery)
        .where(
            Delivery.event_id == event_id,
            Delivery.key.in_(keys),
            Delivery.state.in_(OPEN_STATES),
        )
        .values(expires_at=now)
    )


def drop_outdated(session: Session, event_id: str, now: datetime) -> int:
    """Mark what is no longer worth saying at event time `now`, and edits of what was never said;
    how many."""
    skipped = _skip(session, event_id, OUTDATED, Delivery.expires_at <= now)
    post = Delivery.__table__.alias("post")
    never_said = (
        select(post.c.delivery_id)
        .where(
            post.c.event_id == event_id,
            post.c.state.in_((SKIPPED, FAILED, DROPPED)),
            post.c.delivery_id == Delivery.edits,
        )
        .exists()
    )
    session.execute(
        update(Delivery)
        .where(
            Delivery.event_id == event_id,
            WAITS,
            Delivery.operation.in_((EDIT, DELETE)),
            never_said,
        )
        .values(state=DROPPED)
    )
    empty_unsaid(session, event_id)
    return skipped


def drop_late(session: Session, event_id: str, fleeting: Collection[str], machine: float) -> int:
    """Mark those of the `fleeting` messages that were tried for `OUTAGE_S` until `machine`, which
    is an outage; how many. What waits for its pace is not tried meanwhile, and not late."""
    return _skip(
        session,
        event_id,
        OUTAGE,
        Delivery.claimed_at <= machine - OUTAGE_S,
        Delivery.message.in_(fleeting),
        Delivery.operation == POST,
        Delivery.message_class != "emergency",
    )


def _skip(session: Session, event_id: str, why: str, *which: object) -> int:
    done = session.execute(
        update(Delivery)
        .where(Delivery.event_id == event_id, WAITS, *which)  # type: ignore[arg-type]
        .values(state=SKIPPED, error=why)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]

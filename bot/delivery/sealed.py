"""What is said to somebody whom the database must not know: the asker of an anonymous question.

Such a row carries a hash instead of a person (`sealed_to`), which is resolved in memory at each
attempt. Its moments are rounded, and once it has ended it has lost its target, its text and where
it stands. To edit the post later, it is found again in the person's conversation by its id.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.delivery.tables import DROPPED, FAILED, SENT, SKIPPED, Delivery

ENDED = (SENT, FAILED, SKIPPED, DROPPED)
TEN_MINUTES_S = 600.0
NAMELESS = "sealed"
"""How logs call such a row: a line has an exact moment, which its id must not be tied to."""
UNREACHED = "could not be reached"
"""Why one failed. No more: there may be one person only who left, or whom the platform refuses."""
KEY_DELETED = "its key was deleted"

_EMPTY: dict[str, Any] = {
    "sealed_to": None,
    "sealed_by": None,
    "args": {},
    "expires_at": None,
    "next_try_at": 0.0,
    "lease_until": None,
    "settle_at": None,
    "sent_at": None,
    "lease": None,
    "attempts": 0,
    "platform_channel": None,
    "platform_ts": None,
    "shown": None,
    "error": None,
}
"""What stays: that something was said, why (`key`), and the ten minutes in which it was."""


class KeyDeletedError(Exception):
    """Nobody can be told from the hash any more."""


def ten_minutes(moment: datetime) -> datetime:
    """The last full ten minutes, never ahead: what is due then is due at once."""
    return moment - timedelta(seconds=moment.timestamp() % TEN_MINUTES_S)


def machine_ten_minutes(seconds: float) -> float:
    return seconds - seconds % TEN_MINUTES_S


def empty(
    session: Session, event_id: str, delivery_ids: Collection[str], why: str | None = None
) -> None:
    """Of `delivery_ids`, the sealed ones that have ended let go of what they held."""
    session.execute(
        update(Delivery)
        .where(
            Delivery.event_id == event_id,
            Delivery.delivery_id.in_(delivery_ids),
            Delivery.sealed_to.is_not(None),
            Delivery.state.in_(ENDED),
        )
        .values({**_EMPTY, "error": why})
    )


def empty_unsaid(session: Session, event_id: str) -> None:
    """The same for all that will not be said."""
    session.execute(
        update(Delivery)
        .where(
            Delivery.event_id == event_id,
            Delivery.sealed_to.is_not(None),
            Delivery.state.in_((SKIPPED, DROPPED)),
        )
        .values({**_EMPTY, "error": Delivery.error})
    )

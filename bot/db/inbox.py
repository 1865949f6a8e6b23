"""Keys of incoming events that were dealt with, so that a redelivery changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.db.base import Base, Id, Lifecycle
from bot.db.many import insert_new

KEPT = timedelta(days=7)


def _expire(session: Session, event_id: str, ended_at: datetime, now: datetime) -> None:
    session.execute(
        delete(SeenKey).where(SeenKey.event_id == event_id, SeenKey.received_at < now - KEPT)
    )


class SeenKey(Base):
    __tablename__ = "inbox"
    __table_args__ = (Index("ix_inbox_event_id_received_at", "event_id", "received_at"),)
    lifecycle = Lifecycle("keys name no person; seven days", expire=_expire)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    received_at: Mapped[datetime]


def first_time(session: Session, event_id: str, key: str, now: datetime) -> bool:
    """Whether `key` (an event id, a trigger id) is new; stored with what the gesture changes."""
    return key in new_keys(session, event_id, [key], now)


def new_keys(session: Session, event_id: str, keys: Iterable[str], now: datetime) -> set[str]:
    """Those of `keys` that are new, stored."""
    # Sorted: two replicas that hear of the same ones wait for each other in one order.
    rows = [[key] for key in sorted(keys)]
    same = {"event_id": event_id, "received_at": now}
    return {key for (key,) in insert_new(session, SeenKey, same, ("key",), rows)}


def forget(session: Session, event_id: str, key: str) -> None:
    """Take a key back, in the transaction that stored it: what it stands for is still to come."""
    session.execute(delete(SeenKey).where(SeenKey.event_id == event_id, SeenKey.key == key))

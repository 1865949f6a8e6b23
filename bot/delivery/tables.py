"""The outbox: one row is one message to one place, the newest state of an edit, or a deletion.

States of a post: queued → sending → sent | failed | unknown; unknown → sent | queued;
queued → skipped (no longer worth saying). Edits and deletions are never unknown: in doubt they are
sent again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, literal, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.db.base import Base, Id, Lifecycle, of_event, partial_index, reassign

QUEUED, SENDING, SENT, UNKNOWN = "queued", "sending", "sent", "unknown"
FAILED, SKIPPED, DROPPED = "failed", "skipped", "dropped"
OPEN_STATES = (QUEUED, SENDING, UNKNOWN)
TOLD_STATES = (QUEUED, SENDING, UNKNOWN, SENT)

POST, EDIT, DELETE = "post", "edit", "delete"

_WAITING = f"state = '{QUEUED}'"

CONTENTS_KEPT = timedelta(days=30)


def _merge(session: Session, event_id: str, kept: str, gone: str) -> None:
    reassign(session, Delivery, event_id, kept, gone)


def _erase(session: Session, event_id: str, participant_id: str) -> None:
    """What waits is not sent, and no row says any more whom it was for."""
    mine = (Delivery.event_id == event_id, Delivery.participant_id == participant_id)
    session.execute(update(Delivery).where(*mine, Delivery.state == QUEUED).values(state=DROPPED))
    session.execute(update(Delivery).where(*mine).values(participant_id=None, args={}))


def _expire(session: Session, event_id: str, ended_at: datetime, now: datetime) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.event_id == event_id, Delivery.created_at < now - CONTENTS_KEPT)
        .values(args={}, participant_id=None, sealed_to=None, sealed_by=None)
    )


_METHOD = ("operation", "workspace_id")


class Delivery(Base):
    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        of_event("workspace_id", table="workspaces"),
        of_event("participant_id", table="participants"),
        Index("ix_deliveries_event_id_state", "event_id", "state", "priority", "due_at"),
        # Of what waits, in the orders in which it is sent, tried and given up, and of what is
        # sealed: so what there is to do is found without a look at what was done.
        partial_index(
            "ix_deliveries_waiting", _WAITING, *_METHOD, "priority", "due_at", "delivery_id"
        ),
        partial_index("ix_deliveries_next_try_at", _WAITING, *_METHOD, "next_try_at"),
        partial_index(
            "ix_deliveries_expires_at", f"{_WAITING} AND expires_at IS NOT NULL", "expires_at"
        ),
        partial_index("ix_deliveries_sealed", "sealed_to IS NOT NULL", "state"),
        partial_index(
            "ix_deliveries_tried", f"{_WAITING} AND claimed_at IS NOT NULL", "claimed_at"
        ),
        Index("ix_deliveries_event_id_participant_id", "event_id", "participant_id", "created_at"),
        Index("ix_deliveries_event_id_channel", "event_id", "channel", "created_at"),
    )
    lifecycle = Lifecycle(
        "contents and addressees: 30 days, sealed ones until they were reached; "
        "the rows count as long as the event",
        merge=_merge,
        erase=_erase,
        expire=_expire,
    )
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    delivery_id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(128))
    """Why it is said; unique, so it is said once whoever decides it, however often."""
    operation: Mapped[str] = mapped_column(String(8))
    workspace_id: Mapped[str] = mapped_column(Id)
    channel: Mapped[str | None] = mapped_column(String(80))
    """The channel's name; None for a direct message or an edit."""
    participant_id: Mapped[str | None] = mapped_column(Id)
    sealed_to: Mapped[str | None] = mapped_column(String(64))
    """A participant as a hash, for what must not say whom it is for (see `sealed`)."""
    sealed_by: Mapped[str | None] = mapped_column(Id)
    """The session whose key makes that hash."""
    group_id: Mapped[str | None] = mapped_column(Id)
    """People who are told together: who they are is asked as it is sent."""
    edits: Mapped[str | None] = mapped_column(Id)
    """The post that an edit renews, or that is deleted: once it was sent."""

    message: Mapped[str] = mapped_column(String(64))
    args: Mapped[dict[str, Any]] = mapped_column(JSON)
    args_version: Mapped[int] = mapped_column(default=1)
    message_class: Mapped[str] = mapped_column(String(16))
    priority: Mapped[int]
    cause: Mapped[str | None] = mapped_column(String(255))

    state: Mapped[str] = mapped_column(String(8), default=QUEUED)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """Event time before which it is not said."""
    expires_at: Mapped[datetime | None]
    """Event time from which it is no longer worth saying."""
    version: Mapped[int] = mapped_column(default=1)
    """Of an edit: counts the changes; what was sent while one more came is sent again."""

    # Machine time, in seconds since 1970 by the database's clock:
    next_try_at: Mapped[float] = mapped_column(default=0.0)
    claimed_at: Mapped[float | None]
    lease_until: Mapped[float | None]
    settle_at: Mapped[float | None]
    sent_at: Mapped[float | None]

    lease: Mapped[str | None] = mapped_column(Id)
    attempts: Mapped[int] = mapped_column(default=0)
    absent_reads: Mapped[int] = mapped_column(default=0)
    platform_channel: Mapped[str | None] = mapped_column(String(64))
    platform_ts: Mapped[str | None] = mapped_column(String(64))
    shown: Mapped[str | None] = mapped_column(String(64))
    """Digest of the card that the post shows, None while that is in doubt."""
    error: Mapped[str | None] = mapped_column(Text)


WAITS = Delivery.state == literal(QUEUED, literal_execute=True)
"""Spelt out rather than bound: only so does a database see that the indexes of a part serve."""


class Pace(Base):
    """When a scope (a method of a workspace, a channel) may be used again; shared by replicas."""

    __tablename__ = "paces"
    lifecycle = Lifecycle("a row a channel; names nobody and lives with its event")
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    scope: Mapped[str] = mapped_column(String(128), primary_key=True)
    free_at: Mapped[float]
    """Machine time: the theoretical arrival time of the generic cell rate algorithm."""

"""Saying something: the row is written in the transaction of what happened."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.db.engine import dialect_insert
from bot.delivery.messages import PRIORITIES, Message, arguments
from bot.delivery.tables import (
    DROPPED,
    EDIT,
    FAILED,
    POST,
    QUEUED,
    SENDING,
    SKIPPED,
    TOLD_STATES,
    Delivery,
)


@dataclass(frozen=True)
class Place:
    """A channel by name, or a participant; in one workspace."""

    workspace_id: str
    channel: str | None = None
    participant_id: str | None = None
    sealed_to: str | None = None
    sealed_by: str | None = None


def enqueue(
    session: Session,
    event_id: str,
    to: Place,
    message: Message,
    key: str,
    *,
    message_class: str,
    now: datetime,
    expires_at: datetime | None = None,
    cause: str | None = None,
) -> str | None:
    """Say `message`, once for `key`; the delivery's id, None if the key was used before."""
    delivery_id = new_id()
    statement = (
        dialect_insert(session, Delivery)
        .values(
            event_id=event_id,
            delivery_id=delivery_id,
            key=key,
            operation=POST,
            workspace_id=to.workspace_id,
            channel=to.channel,
            participant_id=to.participant_id,
            message=message.name,
            args=arguments(message),
            args_version=message.version,
            message_class=message_class,
            priority=PRIORITIES[message_class],
            cause=cause,
            expires_at=expires_at,
            **_waiting(now),
        )
        .on_conflict_do_nothing(index_elements=["event_id", "key"])
        .returning(Delivery.delivery_id)
    )
    return session.scalar(statement)  # type: ignore[no-any-return]


def _waiting(now: datetime) -> dict[str, Any]:
    """How every row begins: due at once, and never tried."""
    return {
        "state": QUEUED,
        "created_at": now,
        "due_at": now,
        "version": 1,
        "next_try_at": 0.0,
        "attempts": 0,
        "absent_reads": 0,
    }


def refresh(session: Session, event_id: str, key: str, now: datetime) -> None:
    """Have the post that `key` led to shown as it is now, if there is one.

    Many calls before the next edit make one edit.
    """
    post = session.scalar(
        select(Delivery).where(Delivery.event_id == event_id, Delivery.key == key)
    )
    if post is None or post.state in (SKIPPED, FAILED, DROPPED):
        return
    insert = dialect_insert(session, Delivery).values(
        event_id=event_id,
        delivery_id=new_id(),
        key=f"edit:{post.delivery_id}",
        operation=EDIT,
        workspace_id=post.workspace_id,
        participant_id=post.participant_id,
        edits=post.delivery_id,
        message=post.message,
        args=post.args,
        args_version=post.args_version,
        message_class=post.message_class,
        priority=PRIORITIES["urgent"],
        **_waiting(now),
    )
    # While an edit is on its way it keeps its state; its end sees the newer version.
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["event_id", "key"],
            set_={
                "version": Delivery.version + 1,
                "state": case((Delivery.state == SENDING, SENDING), else_=QUEUED),
                "due_at": now,
            },
        )
    )


def refresh_sealed(
    session: Session,
    event_id: str,
    key: str,
    message: Message,
    *,
    sealed_to: str,
    sealed_by: str,
    now: datetime,
) -> None:
    """Stub."""


def was_told(session: Session, event_id: str, keys: Collection[str]) -> bool:
    """Whether any of `keys` led to something that stands or is on its way."""
    return (
        session.scalar(
            select(Delivery.delivery_id)
            .where(
                Delivery.event_id == event_id,
                Delivery.key.in_(keys),
                Delivery.state.in_(TOLD_STATES),
            )
            .limit(1)
        )
        is not None
    )


def drop_outdated(session: Session, event_id: str, now: datetime) -> int:
    """Mark what is no longer worth saying, and edits of what was never said; how many."""
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
    waiting = (Delivery.event_id == event_id, Delivery.state == QUEUED)
    skipped = session.execute(
        update(Delivery)
        .where(*waiting, Delivery.expires_at <= now)
        .values(state=SKIPPED, error="no longer worth saying")
    )
    session.execute(update(Delivery).where(*waiting, never_said).values(state=DROPPED))
    return int(skipped.rowcount)  # type: ignore[attr-defined]

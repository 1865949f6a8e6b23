"""Saying something: the row is written in the transaction of what happened."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, or_, select, tuple_
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.db.engine import dialect_insert, insert_ignore
from bot.delivery.messages import PRIORITIES, Message, arguments
from bot.delivery.sealed import ten_minutes
from bot.delivery.tables import (
    DELETE,
    DROPPED,
    EDIT,
    FAILED,
    POST,
    QUEUED,
    SENDING,
    SENT,
    SKIPPED,
    TOLD_STATES,
    UNKNOWN,
    Delivery,
)


@dataclass(frozen=True)
class Place:
    """A channel by name, a participant, people who are told together, or one who is sealed by
    a session; in one workspace."""

    workspace_id: str
    channel: str | None = None
    participant_id: str | None = None
    group_id: str | None = None
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
    """Say `message`, once for `key`; the delivery's id, None if the key was used before.

    To somebody sealed, neither `key` nor `expires_at` may tell who asked, or when.
    """
    delivery_id = new_id()
    sealed = to.sealed_to is not None
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
            group_id=to.group_id,
            sealed_to=to.sealed_to,
            sealed_by=to.sealed_by,
            message_class=message_class,
            priority=PRIORITIES[message_class],
            cause=None if sealed else cause,
            expires_at=expires_at,
            **contents(message),
            **waiting(ten_minutes(now) if sealed else now),
        )
        .on_conflict_do_nothing(index_elements=["event_id", "key"])
        .returning(Delivery.delivery_id)
    )
    return session.scalar(statement)  # type: ignore[no-any-return]


def contents(message: Message) -> dict[str, Any]:
    return {
        "message": message.name,
        "args": arguments(message),
        "args_version": message.version,
    }


def waiting(now: datetime) -> dict[str, Any]:
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
    post = _post(session, event_id, key)
    if post is not None and post.args:  # what was forgotten after its time cannot be drawn again
        same = {name: getattr(post, name) for name in ("message", "args", "args_version")}
        # What waits keeps its place in the line: one message that changes all the time would
        # otherwise always be the last, and a session's board is one.
        fresh = {"due_at": case((Delivery.state == QUEUED, Delivery.due_at), else_=now)}
        _edit(session, post, {**waiting(now), **same, "participant_id": post.participant_id}, fresh)


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
    """`refresh` for a post to somebody sealed, which has forgotten whom it was for and what it
    said: the edit brings both along. Where they deleted the post, nothing is said.
    """
    post = _post(session, event_id, key)
    if post is not None:
        fresh = {
            **contents(message),
            "sealed_to": sealed_to,
            "sealed_by": sealed_by,
            "created_at": ten_minutes(now),
            "due_at": ten_minutes(now),
        }
        _edit(session, post, {**waiting(now), **fresh}, fresh)


def _post(session: Session, event_id: str, key: str) -> Delivery | None:
    post = session.scalar(
        select(Delivery).where(Delivery.event_id == event_id, Delivery.key == key)
    )
    return None if post is None or post.state in (SKIPPED, FAILED, DROPPED) else post


def _edit(session: Session, post: Delivery, first: dict[str, Any], again: dict[str, Any]) -> None:
    """One row a post: `first` makes it, `again` is what a later change writes into it."""
    insert = dialect_insert(session, Delivery).values(
        event_id=post.event_id,
        delivery_id=new_id(),
        key=f"edit:{post.delivery_id}",
        operation=EDIT,
        workspace_id=post.workspace_id,
        edits=post.delivery_id,
        message_class=post.message_class,
        priority=PRIORITIES["urgent"],
        **first,
    )
    # While an edit is on its way it keeps its state; its end sees the newer version.
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["event_id", "key"],
            set_={
                "version": Delivery.version + 1,
                "state": case((Delivery.state == SENDING, SENDING), else_=QUEUED),
                **again,
            },
        )
    )


def delete_messages_to(session: Session, event_id: str, participant_id: str, now: datetime) -> None:
    """Have everything deleted that was said to a person alone, also what has long forgotten whom
    it was for: it stands in the same conversation.

    What is on its way is deleted once it has arrived. Rows name nobody.
    """
    posts = (Delivery.event_id == event_id, Delivery.operation == POST)
    theirs = (*posts, Delivery.participant_id == participant_id)
    standing = (Delivery.state == SENT, Delivery.platform_ts.is_not(None))
    conversations = select(Delivery.workspace_id, Delivery.platform_channel).where(
        *theirs, *standing
    )
    place = tuple_(Delivery.workspace_id, Delivery.platform_channel)
    to_delete = session.scalars(
        select(Delivery).where(
            *posts,
            or_(
                and_(*standing, place.in_(conversations)),
                and_(Delivery.participant_id == participant_id, Delivery.state.in_(_ON_ITS_WAY)),
            ),
        )
    ).all()
    insert_ignore(session, Delivery, [_deletion(post, now) for post in to_delete])


_ON_ITS_WAY = (SENDING, UNKNOWN)


def _deletion(post: Delivery, now: datetime) -> dict[str, Any]:
    return {
        "event_id": post.event_id,
        "delivery_id": new_id(),
        "key": f"delete:{post.delivery_id}",
        "operation": DELETE,
        "workspace_id": post.workspace_id,
        "edits": post.delivery_id,
        "message": "",
        "args": {},
        "args_version": 1,
        "message_class": post.message_class,
        "priority": PRIORITIES["useful"],
        **waiting(now),
    }


_POST = Delivery.__table__.alias("post")
_EDIT = Delivery.__table__.alias("edit")
_WAITING = (
    select(_POST.c.key)
    .join_from(
        _POST,
        _EDIT,
        and_(_EDIT.c.event_id == _POST.c.event_id, _EDIT.c.key == "edit:" + _POST.c.delivery_id),
    )
    .where(
        _POST.c.event_id == bindparam("event_id"),
        _POST.c.key.in_(bindparam("keys", expanding=True)),
        _EDIT.c.state == QUEUED,
    )
    .with_for_update(of=_EDIT)
)


def edits_waiting(session: Session, event_id: str, keys: Collection[str]) -> set[str]:
    """Those of `keys` that need no `refresh`: an edit waits, and shows what is written here.

    The edit cannot begin before this transaction ends, which is why it does.
    """
    wanted = {"event_id": event_id, "keys": list(keys)}
    return set(session.connection().execute(_WAITING, wanted).scalars())


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

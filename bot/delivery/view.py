"""What waits, what failed and why; and what an operator may do about one delivery."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.core.i18n import N_, Reader
from bot.db.engine import machine_now
from bot.db.history import record
from bot.delivery.sealed import empty
from bot.delivery.tables import (
    DELETE,
    DROPPED,
    EDIT,
    FAILED,
    OPEN_STATES,
    QUEUED,
    SENDING,
    SENT,
    SKIPPED,
    UNKNOWN,
    Delivery,
)

NOT_DONE = (QUEUED, SENDING, UNKNOWN, FAILED)
"""What an operator looks for."""
BY_HAND = N_("dropped by hand")
ACTOR = "cli"

# What other modules write as the reason of a state; a platform's own codes stay as they are.
REASONS = (
    N_("no longer worth saying"),
    N_("did not get through for a quarter of an hour"),
    N_("not in this workspace"),
    N_("no longer told together"),
    N_("its process ended"),
    N_("could not be made"),
)


class UnknownDeliveryError(MaillonError):
    msgid = N_("There is no delivery {delivery}: maillon deliveries list shows their ids.")


class NotByHandError(MaillonError):
    """Why an operator cannot do that; the sentence is chosen where it is raised."""


_STANDS = N_("This delivery was sent.")
_UNDER_WAY = N_("This delivery is being sent at this moment: look again in a minute.")
_LOOKED_UP = N_(
    "This delivery may have arrived: it is being looked up, and sent again if it is not there."
)
_PASSED = N_("The moment of this delivery has passed: it would not be sent.")
_FORGOTTEN = N_("What this delivery said is forgotten.")
_NO_POST = N_("This edit has no post: that was never sent.")
_OVER = N_("Nothing is left to do for this delivery.")


@dataclass(frozen=True)
class Seen:
    """A delivery as an operator sees it. To somebody sealed it has no place and no moment."""

    delivery_id: str
    state: str
    operation: str
    message: str
    place: str
    due_at: datetime | None
    attempts: int
    error: str | None
    tries_in: float | None
    """Machine seconds until the next attempt or look, None where none comes."""
    waits_for_post: bool


def counts(session: Session, event_id: str) -> dict[str, int]:
    rows = session.execute(
        select(Delivery.state, func.count().label("number"))
        .where(Delivery.event_id == event_id)
        .group_by(Delivery.state)
        .order_by(Delivery.state)
    )
    return {row.state: row.number for row in rows}


def listed(session: Session, event_id: str, states: Collection[str], most: int) -> Sequence[Seen]:
    """The `most` oldest in one of `states`."""
    rows = session.scalars(
        select(Delivery)
        .where(Delivery.event_id == event_id, Delivery.state.in_(states))
        .order_by(Delivery.due_at, Delivery.delivery_id)
        .limit(most)
    ).all()
    return seen(session, event_id, rows)


def seen(session: Session, event_id: str, rows: Sequence[Delivery]) -> Sequence[Seen]:
    machine, of_posts = machine_now(session), [row.edits for row in rows if row.edits]
    posts = {
        post.delivery_id: post
        for post in session.scalars(
            select(Delivery).where(
                Delivery.event_id == event_id, Delivery.delivery_id.in_(of_posts)
            )
        )
    }
    return [_seen(row, posts.get(row.edits or ""), machine) for row in rows]


def _seen(row: Delivery, post: Delivery | None, machine: float) -> Seen:
    moments = {QUEUED: row.next_try_at, UNKNOWN: row.settle_at}
    moment = moments.get(row.state)
    sealed = row.sealed_to is not None
    return Seen(
        row.delivery_id,
        row.state,
        row.operation,
        row.message,
        "" if sealed else _place(post or row),
        None if sealed else row.due_at,
        row.attempts,
        row.error,
        None if moment is None else max(0.0, moment - machine),
        post is not None and post.state in OPEN_STATES,
    )


def _place(row: Delivery) -> str:
    """Channels by name; people by their id, which names nobody."""
    if row.channel is not None:
        return f"#{row.channel}"
    return row.participant_id or row.group_id or ""


def why(one: Seen, now: datetime, reader: Reader) -> str:
    """Why it is in its state, and what comes next."""
    reason = reader.gettext(one.error) if one.error else ""
    seconds = round(one.tries_in or 0.0)
    if one.state == SENDING:
        return reader.gettext("under way")
    if one.state == UNKNOWN:
        said = reader.gettext("no answer ({reason}); looked up in {seconds} s")
        return said.format(reason=reason, seconds=seconds)
    if one.state != QUEUED:
        return reason
    if one.waits_for_post:
        return reader.gettext("waits for its post")
    if one.due_at is not None and one.due_at > now:
        return reader.gettext("due at {time}").format(time=reader.time(one.due_at))
    if reason and seconds:
        return reader.gettext("{reason}; again in {seconds} s").format(
            reason=reason, seconds=seconds
        )
    return reader.gettext("waits for its turn")


def retry(session: Session, event_id: str, delivery_id: str, now: datetime) -> None:
    """Have it sent at once, or again; refused where that could say it twice, or nothing."""
    row = _taken(session, event_id, delivery_id)
    if reason := _why_not(session, row, now):
        raise NotByHandError(reason)
    _record(session, row, "delivery.retried", now)
    row.state, row.next_try_at, row.error = QUEUED, 0.0, None
    row.claimed_at, row.attempts, row.absent_reads = None, 0, 0


def _why_not(session: Session, row: Delivery, now: datetime) -> str | None:
    states = {SENT: _STANDS, SENDING: _UNDER_WAY, UNKNOWN: _LOOKED_UP}
    if row.state in states:
        return states[row.state]
    if row.expires_at is not None and row.expires_at <= now:
        return _PASSED
    if not row.args and row.operation != DELETE:
        return _FORGOTTEN
    post = session.get(Delivery, (row.event_id, row.edits)) if row.operation == EDIT else None
    if post is not None and post.state in (FAILED, SKIPPED, DROPPED):
        return _NO_POST
    return None


def drop(session: Session, event_id: str, delivery_id: str, now: datetime) -> None:
    """Have it not sent, and not looked up any more."""
    row = _taken(session, event_id, delivery_id)
    if row.state not in (QUEUED, UNKNOWN, FAILED):
        raise NotByHandError({SENT: _STANDS, SENDING: _UNDER_WAY}.get(row.state, _OVER))
    _record(session, row, "delivery.dropped", now)
    row.state, row.error = DROPPED, BY_HAND
    session.flush()
    if row.sealed_to is not None:
        empty(session, event_id, [delivery_id], BY_HAND)


def _taken(session: Session, event_id: str, delivery_id: str) -> Delivery:
    row = session.get(Delivery, (event_id, delivery_id), with_for_update=True)
    if row is None:
        raise UnknownDeliveryError(delivery=delivery_id)
    return row


def _record(session: Session, row: Delivery, what: str, now: datetime) -> None:
    before = {"state": row.state, "error": row.error}
    record(session, row.event_id, what, row.delivery_id, at=now, actor=ACTOR, before=before)

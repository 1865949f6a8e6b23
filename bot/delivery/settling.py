"""What nobody knows the outcome of: found by its lease, and settled by reading back.

A post is then *unknown* and looked up before anything else; the others are simply sent again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.db.engine import machine_now
from bot.delivery.gateway import Posted, ThrottledError
from bot.delivery.pace import LOOK, OPEN, Paces, Rates, pause
from bot.delivery.sealed import empty, machine_ten_minutes
from bot.delivery.tables import FAILED, POST, QUEUED, SENDING, SENT, UNKNOWN, Delivery

ABSENT_READS = 2


def doubt_expired_leases(session: Session, event_id: str, settle_after: float) -> int:
    """What a dead process left behind; how many posts became unknown."""
    expired = (
        Delivery.event_id == event_id,
        Delivery.state == SENDING,
        Delivery.lease_until < machine_now(session),
    )
    later = Delivery.lease_until + settle_after
    session.execute(
        update(Delivery)
        .where(*expired, Delivery.operation != POST)
        .values(state=QUEUED, next_try_at=later, error="its process ended")
    )
    posts = session.execute(
        update(Delivery)
        .where(*expired, Delivery.operation == POST)
        .values(state=UNKNOWN, settle_at=later, error="its process ended")
    )
    return int(posts.rowcount)  # type: ignore[attr-defined]


def doubt_what_waited(session: Session, event_id: str) -> int:
    """In a restored backup: posts that waited as it was made may have been said since, so that
    they are looked up like any other in doubt; how many.

    An event's moments are the machine's in earnest, so none was said before it was written down.
    """
    waiting = (
        Delivery.event_id == event_id,
        Delivery.state == QUEUED,
        Delivery.operation == POST,
    )
    first = session.scalar(select(func.min(Delivery.created_at)).where(*waiting))
    if first is None:
        return 0
    doubted = session.execute(
        update(Delivery)
        .where(*waiting)
        .values(
            state=UNKNOWN,
            claimed_at=machine_ten_minutes(first.timestamp()),
            settle_at=machine_now(session),
            absent_reads=0,
            error="restored from a backup",
        )
    )
    return int(doubted.rowcount)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Doubt:
    """The unknown posts of one conversation: one look settles them all."""

    event_id: str
    workspace_id: str
    channel: str | None
    participant_id: str | None
    group_id: str | None
    sealed_to: str | None
    delivery_ids: tuple[str, ...]
    since: float


_Conversation = tuple[str, str | None, str | None, str | None, str | None]


def take_doubts(
    session: Session,
    event_id: str,
    workspaces: Collection[str],
    paces: Paces,
    rates: Rates,
    lease_s: float,
) -> list[Doubt]:
    rows = session.scalars(
        select(Delivery)
        .where(
            Delivery.event_id == event_id,
            Delivery.state == UNKNOWN,
            Delivery.workspace_id.in_(workspaces),
            Delivery.settle_at <= paces.now,
        )
        .order_by(Delivery.claimed_at, Delivery.delivery_id)
        .with_for_update(skip_locked=True)
    )
    conversations: dict[_Conversation, list[Delivery]] = {}
    for row in rows:
        place = (row.workspace_id, row.channel, row.participant_id, row.group_id, row.sealed_to)
        conversations.setdefault(place, []).append(row)
    doubts = []
    for place, members in conversations.items():
        turn = paces.take(rates.look(place[0], opens=members[0].channel is None))
        for row in members:
            # Another process looks only if this one dies.
            row.settle_at = paces.now + lease_s if turn is None else turn
        if turn is None:
            ids = tuple(row.delivery_id for row in members)
            since = min(row.claimed_at or paces.now for row in members)
            doubts.append(Doubt(event_id, *place, delivery_ids=ids, since=since))
    return doubts


def settle(
    session: Session, doubt: Doubt, found: Mapping[str, Posted], between_reads: float
) -> tuple[int, int]:
    """Found is sent; absent on two reads is queued again. How many of each."""
    sent = again = 0
    for delivery_id in doubt.delivery_ids:
        row = session.get_one(Delivery, (doubt.event_id, delivery_id), with_for_update=True)
        if row.state != UNKNOWN:
            continue  # its own process came back with the answer meanwhile
        if posted := found.get(delivery_id):
            row.state, row.error = SENT, None
            row.sent_at = machine_now(session)
            row.platform_channel, row.platform_ts = posted.channel, posted.ts
            sent += 1
            continue
        row.absent_reads += 1
        row.settle_at = machine_now(session) + between_reads
        if row.absent_reads >= ABSENT_READS:
            row.state, row.absent_reads, row.settle_at = QUEUED, 0, None
            row.next_try_at = 0.0
            again += 1
    if doubt.sealed_to is not None:
        empty(session, doubt.event_id, doubt.delivery_ids)
    return sent, again


def put_off(session: Session, doubt: Doubt, wait: float) -> None:
    """The look itself failed; it counts for nothing."""
    _write(session, doubt, settle_at=machine_now(session) + wait)


def look_throttled(session: Session, doubt: Doubt, error: ThrottledError, rates: Rates) -> None:
    until = machine_now(session) + error.retry_after
    _write(session, doubt, settle_at=until)
    method = OPEN if error.opening else LOOK
    pause(session, doubt.event_id, rates.method(doubt.workspace_id, method), until)


def give_up(session: Session, doubt: Doubt, why: str, state: str = FAILED) -> None:
    """Nobody can be asked any more: the addressee has left or was erased."""
    _write(session, doubt, state=state, error=why)
    if doubt.sealed_to is not None:
        empty(session, doubt.event_id, doubt.delivery_ids, why)


def _write(session: Session, doubt: Doubt, **values: object) -> None:
    session.execute(
        update(Delivery)
        .where(
            Delivery.event_id == doubt.event_id,
            Delivery.delivery_id.in_(doubt.delivery_ids),
            Delivery.state == UNKNOWN,
        )
        .values(**values)
    )

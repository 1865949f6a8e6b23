"""Taking deliveries to send, and writing down what became of each attempt.

Claimed first, sent afterwards: a row that a dead process left `sending` is found by its lease.
A post is then *unknown* and looked up before anything else; an edit is simply sent again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.core.ids import new_id
from bot.db.engine import machine_now
from bot.delivery.gateway import Posted
from bot.delivery.pace import Paces, Rates, method_scope, set_free_at
from bot.delivery.tables import (
    EDIT,
    FAILED,
    POST,
    QUEUED,
    SENDING,
    SENT,
    UNKNOWN,
    Delivery,
)

BATCH = 20
CANDIDATES = 100
ABSENT_READS = 2
MAX_BACKOFF_S = 60.0


@dataclass(frozen=True)
class Patience:
    """Machine seconds; derived from one setting so that their order always holds.

    A request gets two thirds of the lease, so it is over before another process may doubt it.
    """

    settle_after: float = 15.0

    @property
    def lease(self) -> float:
        return self.settle_after

    @property
    def request(self) -> float:
        return self.settle_after * 2 / 3

    @property
    def between_reads(self) -> float:
        return self.settle_after / 3


@dataclass(frozen=True)
class Claim:
    event_id: str
    delivery_id: str
    lease: str
    version: int
    operation: str
    workspace_id: str


def claim(
    session: Session, event_id: str, now: datetime, rates: Rates, lease_s: float
) -> list[Claim]:
    """Take up to `BATCH` deliveries that are due at event time `now` and within the pace."""
    machine = machine_now(session)
    paces = Paces(session, event_id, machine)
    chosen = []
    places: set[str] = set()
    for delivery in _candidates(session, event_id, now, machine):
        place = delivery.channel or delivery.participant_id or delivery.edits or ""
        if place in places or len(chosen) == BATCH:
            continue  # one at a time in a conversation keeps their order
        scopes = rates.scopes(delivery)
        if not paces.take(scopes):
            delivery.next_try_at = paces.free_again(scopes)
            continue
        places.add(place)
        chosen.append(_taken(delivery, machine, lease_s))
    paces.store()
    _doubt_what_they_show(session, event_id, chosen)
    return chosen


def _candidates(session: Session, event_id: str, now: datetime, machine: float) -> list[Delivery]:
    post = aliased(Delivery)
    its_post_stands = (
        select(post.delivery_id)
        .where(
            post.event_id == Delivery.event_id,
            post.delivery_id == Delivery.edits,
            post.state == SENT,
        )
        .exists()
    )
    query = (
        select(Delivery)
        .where(
            Delivery.event_id == event_id,
            Delivery.state == QUEUED,
            Delivery.due_at <= now,
            Delivery.next_try_at <= machine,
            or_(Delivery.edits.is_(None), its_post_stands),
        )
        .order_by(Delivery.priority, Delivery.due_at, Delivery.delivery_id)
        .limit(CANDIDATES)
        .with_for_update(skip_locked=True, of=Delivery)
    )
    return list(session.scalars(query))


def _taken(delivery: Delivery, machine: float, lease_s: float) -> Claim:
    delivery.state = SENDING
    delivery.lease = new_id()
    delivery.claimed_at = delivery.claimed_at or machine
    delivery.lease_until = machine + lease_s
    delivery.attempts += 1
    return Claim(
        delivery.event_id,
        delivery.delivery_id,
        delivery.lease,
        delivery.version,
        delivery.operation,
        delivery.workspace_id,
    )


def _doubt_what_they_show(session: Session, event_id: str, claims: list[Claim]) -> None:
    """From the first attempt of an edit on, only its success says what the post shows."""
    edits = [claim.delivery_id for claim in claims if claim.operation == EDIT]
    if edits:
        posts = select(Delivery.edits).where(
            Delivery.event_id == event_id, Delivery.delivery_id.in_(edits)
        )
        session.execute(
            update(Delivery)
            .where(Delivery.event_id == event_id, Delivery.delivery_id.in_(posts))
            .values(shown=None)
        )


def _own(claim: Claim) -> tuple[object, ...]:
    """The row as long as nobody else took it since; late certainty beats doubt."""
    return (
        Delivery.event_id == claim.event_id,
        Delivery.delivery_id == claim.delivery_id,
        Delivery.lease == claim.lease,
        Delivery.state.in_((SENDING, UNKNOWN)),
    )


def post_sent(session: Session, claim: Claim, posted: Posted, shown: str | None) -> None:
    session.execute(
        update(Delivery)
        .where(*_own(claim))  # type: ignore[arg-type]
        .values(
            state=SENT,
            sent_at=machine_now(session),
            platform_channel=posted.channel,
            platform_ts=posted.ts,
            shown=shown,
            error=None,
        )
    )


def edit_sent(session: Session, claim: Claim, post_id: str, shown: str) -> None:
    """Done, unless a newer state came while this one was on its way."""
    session.execute(
        update(Delivery)
        .where(*_own(claim))  # type: ignore[arg-type]
        .values(
            state=case((Delivery.version > claim.version, QUEUED), else_=SENT),
            sent_at=machine_now(session),
            error=None,
        )
    )
    session.execute(
        update(Delivery)
        .where(Delivery.event_id == claim.event_id, Delivery.delivery_id == post_id)
        .values(shown=shown)
    )


def failed(session: Session, claim: Claim, error: str) -> None:
    session.execute(
        update(Delivery).where(*_own(claim)).values(state=FAILED, error=error)  # type: ignore[arg-type]
    )


def outcome_unknown(session: Session, claim: Claim, error: str, settle_after: float) -> None:
    """A post has to be looked up; an edit is sent again, after the first can no longer land."""
    later = machine_now(session) + settle_after
    state = UNKNOWN if claim.operation == POST else QUEUED
    session.execute(
        update(Delivery)
        .where(*_own(claim))  # type: ignore[arg-type]
        .values(state=state, settle_at=later, next_try_at=later, error=error)
    )


def not_sent(session: Session, claim: Claim, error: str, retry_after: float | None = None) -> None:
    """Nothing reached the platform: try again later, more and more patiently."""
    row = session.get(Delivery, (claim.event_id, claim.delivery_id))
    if row is None or row.lease != claim.lease:
        return
    wait = retry_after or min(0.5 * 2 ** min(row.attempts, 8), MAX_BACKOFF_S)
    row.state, row.error = QUEUED, error
    row.next_try_at = machine_now(session) + wait
    if retry_after is not None:
        row.attempts -= 1  # waiting one's turn is no failure
        set_free_at(session, claim.event_id, method_scope(row), row.next_try_at + 1.0)


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
        .where(*expired, Delivery.operation == EDIT)
        .values(state=QUEUED, next_try_at=later, error="its process ended")
    )
    posts = session.execute(
        update(Delivery)
        .where(*expired, Delivery.operation == POST)
        .values(state=UNKNOWN, settle_at=later, error="its process ended")
    )
    return int(posts.rowcount)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Doubt:
    """The unknown posts of one conversation: one look settles them all."""

    event_id: str
    workspace_id: str
    channel: str | None
    participant_id: str | None
    delivery_ids: tuple[str, ...]
    since: float


def take_doubts(session: Session, event_id: str, lease_s: float) -> list[Doubt]:
    machine = machine_now(session)
    rows = session.scalars(
        select(Delivery)
        .where(
            Delivery.event_id == event_id,
            Delivery.state == UNKNOWN,
            Delivery.settle_at <= machine,
        )
        .with_for_update(skip_locked=True)
    )
    conversations: dict[tuple[str, str | None, str | None], list[Delivery]] = {}
    for row in rows:
        row.settle_at = machine + lease_s  # another process looks only if this one dies
        place = (row.workspace_id, row.channel, row.participant_id)
        conversations.setdefault(place, []).append(row)
    return [
        Doubt(
            event_id,
            *place,
            delivery_ids=tuple(row.delivery_id for row in members),
            since=min(row.claimed_at or machine for row in members),
        )
        for place, members in conversations.items()
    ]


def settle(
    session: Session, doubt: Doubt, found: dict[str, Posted], between_reads: float
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
    return sent, again


def put_off(session: Session, doubt: Doubt, wait: float) -> None:
    """The look itself failed; it counts for nothing."""
    session.execute(
        update(Delivery)
        .where(
            Delivery.event_id == doubt.event_id,
            Delivery.delivery_id.in_(doubt.delivery_ids),
            Delivery.state == UNKNOWN,
        )
        .values(settle_at=machine_now(session) + wait)
    )


def next_attempt(session: Session, event_id: str, now: datetime) -> float | None:
    """Machine time of the next thing to do for what is due at event time `now`."""
    queued = and_(Delivery.state == QUEUED, Delivery.due_at <= now)
    moment = case(
        (queued, Delivery.next_try_at),
        (Delivery.state == SENDING, Delivery.lease_until),
        (Delivery.state == UNKNOWN, Delivery.settle_at),
    )
    return session.scalar(
        select(func.min(moment)).where(
            Delivery.event_id == event_id, Delivery.state.in_((QUEUED, SENDING, UNKNOWN))
        )
    )

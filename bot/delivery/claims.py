"""Taking deliveries to send.

Claimed first, sent afterwards: a row that a dead process left `sending` is found by its lease
(see `settling`); `outcomes` writes down what became of the others.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.core.ids import new_id
from bot.delivery.pace import Paces, Rates
from bot.delivery.sealed import machine_ten_minutes
from bot.delivery.tables import (
    EDIT,
    OPEN_STATES,
    QUEUED,
    SENDING,
    SENT,
    UNKNOWN,
    Delivery,
)

BATCH = 20
CANDIDATES = 100


@dataclass(frozen=True)
class Patience:
    """Machine seconds; derived from one setting so that their order always holds.

    A request begins in the first third of the lease or not at all and gets the other two, so
    it is over before another process may doubt it.
    """

    settle_after: float = 15.0

    @property
    def lease(self) -> float:
        return self.settle_after

    @property
    def begin(self) -> float:
        return self.settle_after / 3

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
    shown: str | None
    """What the post that an edit renews was known to show before this attempt."""
    sealed: bool
    cause: str | None = None
    """The gesture that it comes of, where one may know."""


def claim(
    session: Session,
    event_id: str,
    now: datetime,
    workspaces: Collection[str],
    paces: Paces,
    rates: Rates,
    lease_s: float,
) -> list[Claim]:
    """Take up to `BATCH` deliveries to `workspaces` that are due at event time `now`."""
    chosen: list[Delivery] = []
    for delivery in _candidates(session, event_id, now, workspaces, paces.now):
        if len(chosen) == BATCH:
            break
        turn = paces.take(rates.scopes(delivery))
        if turn is None:
            chosen.append(delivery)
        else:
            # Out of the way: those behind it may go to a conversation that is free.
            delivery.next_try_at = turn
    shown = _doubt_what_they_show(session, event_id, chosen)
    return [
        _taken(delivery, paces.now, lease_s, shown.get(delivery.edits or "")) for delivery in chosen
    ]


def _candidates(
    session: Session, event_id: str, now: datetime, workspaces: Collection[str], machine: float
) -> Sequence[Delivery]:
    query = (
        select(Delivery)
        .where(
            Delivery.event_id == event_id,
            Delivery.state == QUEUED,
            Delivery.workspace_id.in_(workspaces),
            Delivery.due_at <= now,
            Delivery.next_try_at <= machine,
            or_(Delivery.edits.is_(None), _its_post_is((SENT,))),
        )
        .order_by(Delivery.priority, Delivery.due_at, Delivery.delivery_id)
        .limit(CANDIDATES)
        .with_for_update(skip_locked=True, of=Delivery)
    )
    return session.scalars(query).all()


def _its_post_is(states: Collection[str]) -> ColumnElement[bool]:
    """Of an edit."""
    post = aliased(Delivery)
    return (
        select(post.delivery_id)
        .where(
            post.event_id == Delivery.event_id,
            post.delivery_id == Delivery.edits,
            post.state.in_(states),
        )
        .exists()
    )


def _taken(delivery: Delivery, machine: float, lease_s: float, shown: str | None) -> Claim:
    sealed = delivery.sealed_to is not None
    delivery.state = SENDING
    delivery.lease = new_id()
    began = machine_ten_minutes(machine) if sealed else machine
    delivery.claimed_at = delivery.claimed_at or began
    delivery.lease_until = machine + lease_s
    delivery.attempts += 1
    delivery.absent_reads = 0
    return Claim(
        delivery.event_id,
        delivery.delivery_id,
        delivery.lease,
        delivery.version,
        delivery.operation,
        delivery.workspace_id,
        shown,
        sealed,
        delivery.cause,
    )


def _doubt_what_they_show(
    session: Session, event_id: str, chosen: Collection[Delivery]
) -> dict[str, str | None]:
    """From the first attempt of an edit on, only its success says what the post shows."""
    posts = [delivery.edits for delivery in chosen if delivery.operation == EDIT]
    if not posts:
        return {}
    mine = (Delivery.event_id == event_id, Delivery.delivery_id.in_(posts))
    rows = session.execute(select(Delivery.delivery_id, Delivery.shown).where(*mine))
    before = {row.delivery_id: row.shown for row in rows}
    session.execute(update(Delivery).where(*mine).values(shown=None))
    return before


def next_attempt(
    session: Session, event_id: str, now: datetime, workspaces: Collection[str]
) -> float | None:
    """Machine time of the next thing to do for what is due at event time `now`.

    An edit whose post is not settled waits for that: the post's own moment counts.
    """
    ours = Delivery.workspace_id.in_(workspaces)
    waiting = and_(
        Delivery.state == QUEUED,
        Delivery.due_at <= now,
        ours,
        or_(Delivery.edits.is_(None), ~_its_post_is(OPEN_STATES)),
    )
    moment = case(
        (Delivery.state == SENDING, Delivery.lease_until),
        (Delivery.state == UNKNOWN, Delivery.settle_at),
        (Delivery.expires_at <= now, 0.0),  # however long it was to wait, it is dropped now
        else_=Delivery.next_try_at,
    )
    first: float | None = session.scalar(
        select(func.min(moment)).where(
            Delivery.event_id == event_id,
            or_(waiting, Delivery.state == SENDING, and_(Delivery.state == UNKNOWN, ours)),
        )
    )
    return first

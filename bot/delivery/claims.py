"""Taking deliveries to send, and writing down what became of each attempt.

Claimed first, sent afterwards: a row that a dead process left `sending` is found by its lease
(see `settling`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.core.ids import new_id
from bot.db.engine import machine_now
from bot.delivery.gateway import Posted
from bot.delivery.pace import Paces, Rates, pause
from bot.delivery.tables import (
    EDIT,
    FAILED,
    OPEN_STATES,
    POST,
    QUEUED,
    SENDING,
    SENT,
    UNKNOWN,
    Delivery,
)

BATCH = 20
CANDIDATES = 100
MAX_BACKOFF_S = 60.0


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
    delivery.state = SENDING
    delivery.lease = new_id()
    delivery.claimed_at = delivery.claimed_at or machine
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


def _own(claim: Claim, *states: str) -> tuple[ColumnElement[bool], ...]:
    """The row as long as nobody took it since; late certainty beats doubt."""
    return (
        Delivery.event_id == claim.event_id,
        Delivery.delivery_id == claim.delivery_id,
        Delivery.lease == claim.lease,
        Delivery.state.in_((SENDING, UNKNOWN, *states)),
    )


def _write(session: Session, claim: Claim, *states: str, **values: Any) -> bool:
    written = session.execute(update(Delivery).where(*_own(claim, *states)).values(**values))
    return bool(written.rowcount)  # type: ignore[attr-defined]


def post_sent(session: Session, claim: Claim, posted: Posted, shown: str) -> None:
    """Even if it was given up and queued again meanwhile, as long as nobody sends it."""
    _write(
        session,
        claim,
        QUEUED,
        state=SENT,
        sent_at=machine_now(session),
        platform_channel=posted.channel,
        platform_ts=posted.ts,
        shown=shown,
        error=None,
    )


def edit_sent(session: Session, claim: Claim, post_id: str, shown: str) -> None:
    """Done, unless a newer state came while this one was on its way."""
    done = _write(
        session,
        claim,
        state=case((Delivery.version > claim.version, QUEUED), else_=SENT),
        sent_at=machine_now(session),
        attempts=0,
        error=None,
    )
    if done:  # otherwise somebody else's edit says what the post shows
        session.execute(
            update(Delivery)
            .where(Delivery.event_id == claim.event_id, Delivery.delivery_id == post_id)
            .values(shown=shown)
        )


def failed(session: Session, claim: Claim, error: str) -> None:
    """For good; but a newer state of an edit may be one that the platform takes."""
    _write(
        session,
        claim,
        state=case((Delivery.version > claim.version, QUEUED), else_=FAILED),
        error=error,
    )


def outcome_unknown(session: Session, claim: Claim, error: str, settle_after: float) -> None:
    """A post has to be looked up; an edit is sent again, after the first can no longer land."""
    later = machine_now(session) + settle_after
    state = UNKNOWN if claim.operation == POST else QUEUED
    _write(session, claim, state=state, settle_at=later, next_try_at=later, error=error)


def not_sent(session: Session, claim: Claim, error: str, wait: float | None = None) -> None:
    """Nothing reached the platform: try again later, more and more patiently."""
    row = session.scalar(select(Delivery).where(*_own(claim)).with_for_update())
    if row is None:
        return
    row.state, row.error = QUEUED, error
    backoff = min(0.5 * 2 ** min(row.attempts, 8), MAX_BACKOFF_S)
    row.next_try_at = machine_now(session) + (backoff if wait is None else wait)


def throttled(session: Session, claim: Claim, retry_after: float, rates: Rates) -> None:
    """The platform wants silence: of this method in this workspace, and no other."""
    until = machine_now(session) + retry_after
    # Waiting one's turn is no failure.
    _write(
        session,
        claim,
        state=QUEUED,
        next_try_at=until,
        attempts=Delivery.attempts - 1,
        error="ratelimited",
    )
    pause(session, claim.event_id, rates.method(claim.workspace_id, claim.operation), until)


def released(session: Session, claim: Claim) -> None:
    """It was not even tried."""
    _write(session, claim, state=QUEUED, attempts=Delivery.attempts - 1)


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

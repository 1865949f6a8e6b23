"""Writing down what became of each attempt."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.orm import Session

from bot.db.engine import machine_now
from bot.delivery.claims import Claim
from bot.delivery.gateway import Posted, ThrottledError
from bot.delivery.pace import OPEN, Rates, pause
from bot.delivery.sealed import UNREACHED, empty
from bot.delivery.tables import FAILED, POST, QUEUED, SENDING, SENT, UNKNOWN, Delivery

MAX_BACKOFF_S = 60.0


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
    _ended(session, claim)


def edit_sent(session: Session, claim: Claim, post_id: str, shown: str) -> None:
    """Done, unless a newer state came while this one was on its way."""
    done = _write(
        session,
        claim,
        state=_unless_newer(claim, SENT),
        sent_at=machine_now(session),
        attempts=0,
        error=None,
    )
    if claim.sealed:
        _ended(session, claim)
    elif done:  # otherwise somebody else's edit says what the post shows
        session.execute(
            update(Delivery)
            .where(Delivery.event_id == claim.event_id, Delivery.delivery_id == post_id)
            .values(shown=shown)
        )


def deleted(session: Session, claim: Claim, post_id: str) -> None:
    """Of a post that is gone, no row says any more where it stood."""
    _write(session, claim, state=SENT, sent_at=machine_now(session), error=None)
    session.execute(
        update(Delivery)
        .where(Delivery.event_id == claim.event_id, Delivery.delivery_id == post_id)
        .values(platform_channel=None, platform_ts=None, shown=None)
    )


def failed(session: Session, claim: Claim, error: str) -> None:
    """For good; but a newer state of an edit may be one that the platform takes."""
    _write(session, claim, state=_unless_newer(claim, FAILED), error=error)
    _ended(session, claim, UNREACHED)


def unsaid(session: Session, claim: Claim, state: str, why: str | None = None) -> None:
    """It cannot be said, which is nobody's fault: its post or the key to its reader is gone."""
    _write(session, claim, state=_unless_newer(claim, state), error=why)
    _ended(session, claim, why)


def _unless_newer(claim: Claim, state: str) -> ColumnElement[str]:
    return case((Delivery.version > claim.version, QUEUED), else_=state)


def _ended(session: Session, claim: Claim, why: str | None = None) -> None:
    if claim.sealed:
        empty(session, claim.event_id, [claim.delivery_id], why)


def outcome_unknown(session: Session, claim: Claim, error: str, settle_after: float) -> None:
    """A post has to be looked up; the others are sent again, after the first can no longer land."""
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


def throttled(session: Session, claim: Claim, error: ThrottledError, rates: Rates) -> None:
    """The platform wants silence: of this method in this workspace, and no other."""
    until = machine_now(session) + error.retry_after
    # Waiting one's turn is no failure.
    _write(
        session,
        claim,
        state=QUEUED,
        next_try_at=until,
        attempts=Delivery.attempts - 1,
        error="ratelimited",
    )
    used = (
        rates.method(claim.workspace_id, OPEN)
        if error.opening
        else rates.methods(claim.workspace_id, claim.operation, claim.sealed)
    )
    pause(session, claim.event_id, used, until)


def released(session: Session, claim: Claim, wait: float = 0.0) -> None:
    """It was not even tried. `wait` where there was no time for it: at once there is none, either,
    and processes that hand it to one another have less for everything."""
    later = machine_now(session) + wait
    _write(session, claim, state=QUEUED, next_try_at=later, attempts=Delivery.attempts - 1)

"""Taking deliveries to send.

Claimed first, sent afterwards: a row that a dead process left `sending` is found by its lease
(see `settling`); `outcomes` writes down what became of the others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal, select, update
from sqlalchemy.orm import Session, aliased

from bot.core.ids import new_id
from bot.delivery.pace import Paces, Rates, Scopes
from bot.delivery.sealed import machine_ten_minutes
from bot.delivery.tables import (
    DELETE,
    EDIT,
    OPEN_STATES,
    POST,
    SENDING,
    SENT,
    UNKNOWN,
    WAITS,
    Delivery,
    Pace,
)

METHODS = (POST, EDIT, DELETE)
"""What a platform limits as a whole; nobody of whom it has no room for is looked at."""
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
    def ahead(self) -> float:
        """How long before its turn a delivery may be claimed: a transaction that takes a while
        then costs no turn, and one is enough for several. An answer waits for what was claimed."""
        return self.settle_after / 60

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
    wait: float
    """Machine seconds from the claim to its turn."""
    shown: str | None
    """What the post that an edit renews was known to show before this attempt."""
    sealed: bool


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


def _of_method(workspace_id: Any, operation: str) -> tuple[ColumnElement[bool], ...]:
    """What waits for a method of a workspace, and is due."""
    return (
        Delivery.event_id == bindparam("event_id"),
        WAITS,
        Delivery.operation == operation,
        Delivery.workspace_id == workspace_id,
        Delivery.due_at <= bindparam("now"),
    )


def _line(operation: str) -> Select[Any]:
    """Those whose turn may have come, the most urgent first."""
    line = select(Delivery).where(
        *_of_method(bindparam("workspace_id"), operation),
        Delivery.next_try_at <= bindparam("machine"),
    )
    if operation != POST:
        line = line.where(_its_post_is((SENT,)))
    return (
        line.order_by(Delivery.priority, Delivery.due_at, Delivery.delivery_id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=Delivery)
    )


_LINES = {operation: _line(operation) for operation in METHODS}


def claim(
    session: Session,
    event_id: str,
    now: datetime,
    workspaces: Collection[str],
    paces: Paces,
    rates: Rates,
    patience: Patience,
) -> list[Claim]:
    """Take what is due at event time `now` and has its turn in `workspaces`: up to `BATCH` by each
    method that the platform limits as a whole."""
    chosen: list[tuple[Delivery, float]] = []
    for workspace_id in workspaces:
        for operation in METHODS:
            mine = {"event_id": event_id, "workspace_id": workspace_id, "now": now}
            line = _Line(session, operation, {**mine, "machine": paces.now}, patience.ahead)
            chosen += line.chosen(rates.method(workspace_id, operation), paces, rates)
    shown = _doubt_what_they_show(session, event_id, [row for row, _ in chosen])
    return [
        _taken(row, turn, paces.now, patience.lease, shown.get(row.edits or ""))
        for row, turn in chosen
    ]


@dataclass(frozen=True)
class _Line:
    """Those who wait for one method of a workspace."""

    session: Session
    operation: str
    wanted: Mapping[str, Any]
    ahead: float

    def chosen(self, method: Scopes, paces: Paces, rates: Rates) -> list[tuple[Delivery, float]]:
        """As many as the method has room for, each with its turn; behind those who must wait for
        a conversation, whoever is next."""
        chosen: list[tuple[Delivery, float]] = []
        by = paces.now + self.ahead
        looked = 0

        def room() -> int:
            return min(paces.room(method, by), BATCH - len(chosen))

        while looked < CANDIDATES and room():
            most = BATCH if looked else room()
            rows = self._first(most)
            paces.know({scope for row in rows for scope in rates.scopes(row)})
            for row in rows:
                if not room():
                    break
                # Out of the line: it is being sent, or those behind it may have a free way.
                scopes = rates.scopes(row)
                turn = paces.turn(scopes)
                if turn <= by:
                    paces.use(scopes, turn)
                    chosen.append((row, turn))
                    row.state = SENDING
                else:
                    row.next_try_at = paces.come_back(scopes)
            looked += len(rows)
            if len(rows) < most:
                break
        return chosen

    def _first(self, most: int) -> Sequence[Delivery]:
        return self.session.scalars(_LINES[self.operation], {**self.wanted, "most": most}).all()


def _taken(
    delivery: Delivery, turn: float, machine: float, lease_s: float, shown: str | None
) -> Claim:
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
        turn - machine,
        shown,
        sealed,
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


@lru_cache
def _moments(workspaces: tuple[str, ...], scopes: tuple[str, ...]) -> Select[Any]:
    """One row: the moments of what is not waiting, then for each method of each workspace the
    first try, then for each of `scopes` when it is free."""
    mine = Delivery.event_id == bindparam("event_id")
    lease = select(func.min(Delivery.lease_until)).where(mine, Delivery.state == SENDING)
    look = select(func.min(Delivery.settle_at)).where(
        mine, Delivery.state == UNKNOWN, Delivery.workspace_id.in_(workspaces)
    )
    # However long it was to wait, it is dropped now.
    outdated = select(literal(0.0)).where(mine, WAITS, Delivery.expires_at <= bindparam("now"))
    tries = [_first_try(one, operation) for one in workspaces for operation in METHODS]
    free = [
        select(Pace.free_at).where(Pace.event_id == bindparam("event_id"), Pace.scope == scope)
        for scope in scopes
    ]
    every = (lease, look, outdated.limit(1), *tries, *free)
    return select(*(one.scalar_subquery() for one in every))


def _first_try(workspace_id: str, operation: str) -> Select[Any]:
    first = select(Delivery.next_try_at).where(*_of_method(workspace_id, operation))
    if operation != POST:
        first = first.where(~_its_post_is(OPEN_STATES))
    return first.order_by(Delivery.next_try_at).limit(1)


def next_attempt(
    session: Session,
    event_id: str,
    now: datetime,
    workspaces: Collection[str],
    rates: Rates,
    patience: Patience,
) -> float | None:
    """Machine time of the next thing to do for what is due at event time `now`.

    An edit whose post is not settled waits for that: the post's own moment counts.
    """
    methods: Scopes = {}
    for one in workspaces:
        for operation in METHODS:
            methods |= rates.method(one, operation)
    asked = _moments(tuple(workspaces), tuple(methods))
    lease, look, outdated, *rest = session.execute(asked, {"event_id": event_id, "now": now}).one()
    tries, free = rest[: len(methods)], rest[len(methods) :]
    turns = (
        # Half of what may be claimed ahead is waited for: several then share a transaction.
        None if tried is None else max(tried, rate.turn(free_at or 0.0) - patience.ahead / 2)
        for tried, free_at, rate in zip(tries, free, methods.values(), strict=True)
    )
    moments = (lease, look, outdated, *turns)
    return min((moment for moment in moments if moment is not None), default=None)

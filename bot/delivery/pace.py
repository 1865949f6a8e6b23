"""How fast a platform may be used: the generic cell rate algorithm over shared rows.

Source: ITU-T I.371, "virtual scheduling". A row holds the theoretical arrival time of the next
message; a message conforms if that lies no further ahead than the burst allows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from bot.db.engine import dialect_insert, insert_ignore, machine_now
from bot.delivery.tables import DELETE, EDIT, POST, Delivery, Pace

LOOK = "look"
"""Reading a conversation back; it sends nothing and has a limit of its own."""
OPEN = "open"
"""Opening the conversation of a group, before it is written to or read back."""
KEPT_S = 60.0
"""How long a scope that is free keeps its row, and how often such rows are looked for."""
GUARD = ""
"""The scope of the row that claims take turns at."""


@dataclass(frozen=True)
class Rate:
    per_minute: float
    burst: int = 1

    @property
    def interval(self) -> float:
        return 60.0 / self.per_minute

    @property
    def tolerance(self) -> float:
        return (self.burst - 1) * self.interval

    def turn(self, free_at: float) -> float:
        """The machine time from which a message conforms."""
        return free_at - self.tolerance

    def room(self, free_at: float, now: float) -> int:
        """How many messages conform at once."""
        ahead = max(0.0, free_at - now)
        return 0 if ahead > self.tolerance else int((self.tolerance - ahead) / self.interval) + 1


Scopes = dict[str, Rate]


@dataclass(frozen=True)
class Rates:
    """Limits of a workspace; Slack's by default (docs/decisions/0005-pace.md)."""

    posts: Rate = Rate(290, burst=5)
    """Slack's 300, less the burst and what jitter brings closer together on the way."""
    edits: Rate = Rate(50)
    looks: Rate = Rate(50, burst=5)
    channel: Rate = Rate(60)
    """Posts to one conversation, direct messages too."""
    opens: Rate = Rate(50)
    deletions: Rate = Rate(50)

    def times(self, scale: float) -> Rates:
        """All of them `scale` times faster, for rehearsals against a stand-in as fast."""
        rates = (
            self.posts,
            self.edits,
            self.looks,
            self.channel,
            self.opens,
            self.deletions,
        )
        return Rates(*(Rate(rate.per_minute * scale, rate.burst) for rate in rates))

    def method(self, workspace_id: str, operation: str) -> Scopes:
        rates = {
            POST: self.posts,
            EDIT: self.edits,
            DELETE: self.deletions,
            LOOK: self.looks,
            OPEN: self.opens,
        }
        rate = rates[operation]
        return {f"{workspace_id}:{operation}": rate}

    def look(self, workspace_id: str, *, opens: bool) -> Scopes:
        """Whatever is not a channel's has its conversation opened first."""
        opening = self.method(workspace_id, OPEN) if opens else {}
        return {**self.method(workspace_id, LOOK), **opening}

    def methods(self, workspace_id: str, operation: str, sealed: bool) -> Scopes:
        """All that one attempt uses: an edit for somebody sealed first looks its post up."""
        look = self.method(workspace_id, LOOK) if sealed and operation == EDIT else {}
        return {**self.method(workspace_id, operation), **look}

    def scopes(self, delivery: Delivery) -> Scopes:
        """The scopes that sending `delivery` uses, each with its rate.

        A conversation with somebody sealed has none: its row would say when they were written to.
        """
        sealed = delivery.sealed_to is not None
        methods = self.methods(delivery.workspace_id, delivery.operation, sealed)
        if delivery.operation != POST or sealed:
            return methods
        if delivery.group_id is not None:
            methods |= self.method(delivery.workspace_id, OPEN)
        conversation = delivery.channel or delivery.participant_id or delivery.group_id
        return {**methods, f"{delivery.workspace_id}:{POST}:{conversation}": self.channel}


class NotOurTurnError(Exception):
    """Another process is claiming."""


class Paces:
    """The paces of one event, ours until the transaction ends: replicas take turns.

    With `wait=False` nobody waits for another process's turn: `NotOurTurnError`.

    Scopes are read as they are asked for: most rows are conversations with people, thousands of
    them while everybody is written to.
    """

    def __init__(self, session: Session, event_id: str, *, wait: bool = True) -> None:
        self._session, self._event_id = session, event_id
        self._clear_at = self._our_turn(wait)
        self.now = machine_now(session)
        self._free_at: dict[str, float] = {}
        self._taken: dict[str, float] = {}
        self._line: dict[str, float] = {}

    def _our_turn(self, wait: bool) -> float:
        """The guard's own moment says when rows are cleared away next."""
        guard = (
            select(Pace.free_at)
            .where(Pace.event_id == self._event_id, Pace.scope == GUARD)
            .with_for_update(skip_locked=not wait)
        )
        found = self._session.scalar(guard)
        if found is None:
            row = {"event_id": self._event_id, "scope": GUARD, "free_at": 0.0}
            insert_ignore(self._session, Pace, [row])
            found = self._session.scalar(guard)
        if found is None:
            raise NotOurTurnError
        return found

    def know(self, scopes: Collection[str]) -> None:
        """Read several at once.

        Not with the guard, by the statement that waited for it: that one does not see the rows
        which the process before us has just inserted.
        """
        if unread := [scope for scope in scopes if scope not in self._free_at]:
            mine = (Pace.event_id == self._event_id, Pace.scope.in_(unread))
            rows = self._session.execute(select(Pace.scope, Pace.free_at).where(*mine))
            self._free_at |= dict.fromkeys(unread, 0.0) | {row.scope: row.free_at for row in rows}

    def room(self, scopes: Scopes, by: float) -> int:
        """How often all of `scopes` may be used until machine time `by`."""
        return min(rate.room(self._free(scope), by) for scope, rate in scopes.items())

    def turn(self, scopes: Scopes) -> float:
        """The machine time from which all of `scopes` may be used once; not before now."""
        self.know(scopes)
        return max(self.now, *(rate.turn(self._free(one)) for one, rate in scopes.items()))

    def use(self, scopes: Scopes, at: float) -> None:
        """Once, at their turn."""
        for scope, rate in scopes.items():
            self._free_at[scope] = self._taken[scope] = max(self._free(scope), at) + rate.interval

    def come_back(self, scopes: Scopes) -> float:
        """The turn of somebody who is turned away: behind those turned away before, so that they
        do not all come back at once."""
        ahead = {scope: max(self._free(scope), self._line.get(scope, 0.0)) for scope in scopes}
        turn = max(rate.turn(ahead[scope]) for scope, rate in scopes.items())
        for scope, rate in scopes.items():
            self._line[scope] = max(ahead[scope], turn) + rate.interval
        return turn

    def take(self, scopes: Scopes) -> float | None:
        """Use all `scopes` once if each allows it now; else the machine time of one's turn."""
        turn = self.turn(scopes)
        if turn > self.now:
            return self.come_back(scopes)
        self.use(scopes, turn)
        return None

    def _free(self, scope: str) -> float:
        self.know((scope,))
        return self._free_at[scope]

    def store(self) -> None:
        _not_before(self._session, self._event_id, self._taken)
        if self._clear_at <= self.now:
            self._clear()

    def _clear(self) -> None:
        """What has long been free again needs no row: the table holds no trace of people."""
        mine = Pace.event_id == self._event_id
        self._session.execute(
            delete(Pace).where(mine, Pace.scope != GUARD, Pace.free_at < self.now - KEPT_S)
        )
        again = update(Pace).where(mine, Pace.scope == GUARD).values(free_at=self.now + KEPT_S)
        self._session.execute(again)


def pause(session: Session, event_id: str, scopes: Scopes, until: float) -> None:
    """Nothing uses `scopes` before machine time `until`, whatever burst they allow."""
    free_at = {scope: until + rate.tolerance for scope, rate in scopes.items()}
    _not_before(session, event_id, free_at)


def _not_before(session: Session, event_id: str, free_at: Mapping[str, float]) -> None:
    """Only ever later: a claim must not undo the pause that came while it was choosing."""
    # In one order, or a claim and a pause could wait for each other.
    rows = [
        {"event_id": event_id, "scope": scope, "free_at": moment}
        for scope, moment in sorted(free_at.items())
    ]
    if rows:
        insert = dialect_insert(session, Pace)
        new = insert.excluded.free_at
        later = insert.on_conflict_do_update(
            index_elements=["event_id", "scope"],
            set_={"free_at": case((Pace.free_at > new, Pace.free_at), else_=new)},
        )
        # Past the session: so the statement is made once, however many rows there are.
        session.connection().execute(later, rows)

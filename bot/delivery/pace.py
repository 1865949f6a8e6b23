"""How fast a platform may be used: the generic cell rate algorithm over shared rows.

Source: ITU-T I.371, "virtual scheduling". A row holds the theoretical arrival time of the next
message; a message conforms if that lies no further ahead than the burst allows.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.engine import dialect_insert, insert_ignore
from bot.delivery.tables import POST, Delivery, Pace


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


@dataclass(frozen=True)
class Rates:
    """Limits of a workspace; Slack's by default (docs/decisions/0005-pace.md)."""

    posts: Rate = Rate(300, burst=5)
    edits: Rate = Rate(50, burst=5)
    channel: Rate = Rate(60)

    def times(self, scale: float) -> Rates:
        """All of them `scale` times faster, for rehearsals against a stand-in as fast."""
        return Rates(
            *(Rate(rate.per_minute * scale, rate.burst) for rate in (self.posts, self.edits)),
            channel=Rate(self.channel.per_minute * scale),
        )

    def scopes(self, delivery: Delivery) -> dict[str, Rate]:
        """The scopes that sending `delivery` uses, each with its rate."""
        method = method_scope(delivery)
        if delivery.operation != POST:
            return {method: self.edits}
        if delivery.channel is None:
            return {method: self.posts}
        return {method: self.posts, f"{method}:{delivery.channel}": self.channel}


def method_scope(delivery: Delivery) -> str:
    return f"{delivery.workspace_id}:{delivery.operation}"


class Paces:
    """The paces of one event, locked until the transaction ends: replicas take turns."""

    def __init__(self, session: Session, event_id: str, now: float) -> None:
        self._session, self._event_id, self._now = session, event_id, now
        # The guard row makes claims take turns even before any scope has a row.
        guard = {"event_id": event_id, "scope": "", "free_at": 0.0}
        insert_ignore(session, Pace, [guard])
        rows = session.scalars(select(Pace).where(Pace.event_id == event_id).with_for_update())
        self._free_at = {row.scope: row.free_at for row in rows}
        self._taken: dict[str, float] = {}

    def take(self, scopes: dict[str, Rate]) -> bool:
        """Use all `scopes` once, if each allows it now."""
        if not all(
            self._free_at.get(scope, 0.0) - self._now <= rate.tolerance
            for scope, rate in scopes.items()
        ):
            return False
        for scope, rate in scopes.items():
            free_at = max(self._free_at.get(scope, 0.0), self._now) + rate.interval
            self._free_at[scope] = self._taken[scope] = free_at
        return True

    def free_again(self, scopes: dict[str, Rate]) -> float:
        """Machine time at which all `scopes` allow one more."""
        return max(self._free_at.get(scope, 0.0) - rate.tolerance for scope, rate in scopes.items())

    def store(self) -> None:
        for scope, free_at in self._taken.items():
            set_free_at(self._session, self._event_id, scope, free_at)


def set_free_at(session: Session, event_id: str, scope: str, free_at: float) -> None:
    statement = dialect_insert(session, Pace).values(
        event_id=event_id, scope=scope, free_at=free_at
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["event_id", "scope"], set_={"free_at": free_at}
        )
    )

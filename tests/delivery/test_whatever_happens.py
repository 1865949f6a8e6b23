"""Any sequence of what may happen ends with everything said once and every edit shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.cards import Card
from bot.db.runtime import Runtime
from bot.delivery.claims import Claim
from bot.delivery.gateway import (
    Address,
    NotSentError,
    OutcomeUnknownError,
    Posted,
    RefusedError,
    ThrottledError,
)
from bot.delivery.memory import LateError, LostError
from tests.delivery.support import READER, SETTLE, WORDS, House, house, run

KEYS = ("a", "b", "c")
FAILURES: dict[str, Callable[[], Exception | None]] = {
    "well": lambda: None,
    "throttled": lambda: ThrottledError(20),
    "not sent": lambda: NotSentError("no connection"),
    "refused": lambda: RefusedError("is_archived"),
    "accepted": lambda: OutcomeUnknownError("reset"),
    "lost": lambda: LostError("reset"),
    "late": lambda: LateError("reset"),
}
STEPS = st.one_of(
    st.tuples(st.just("say"), st.sampled_from(KEYS), st.sampled_from([None, 45.0])),
    st.tuples(st.just("refresh"), st.sampled_from(KEYS)),
    st.tuples(st.just("fails"), st.sampled_from(sorted(FAILURES))),
    st.tuples(st.just("blind")),
    st.tuples(st.just("turn")),
    st.tuples(st.just("crash"), st.booleans()),
    st.tuples(st.just("machine time"), st.sampled_from([1.0, SETTLE / 2, SETTLE + 1])),
    st.tuples(st.just("event time")),
)


class World:
    def __init__(self, runtime: Runtime) -> None:
        self.house: House = house(runtime)
        self.worker = self.house.worker()
        self.refused, self.changes = False, 0

    def step(self, name: str, *args: Any) -> None:
        getattr(self, "_" + name.replace(" ", "_"))(*args)

    def _say(self, key: str, expires_in: float | None) -> None:
        self.house.say(key, f"channel-{key}", expires_in=expires_in)

    def _refresh(self, key: str) -> None:
        self.changes += 1
        # Every third change goes back to the first words.
        self.house.refresh(key, key if self.changes % 3 == 0 else f"{key}{self.changes}")

    def _fails(self, failure: str) -> None:
        self.refused |= failure == "refused"
        self.house.gateway.failures.append(FAILURES[failure]())

    def _blind(self) -> None:
        self.house.gateway.blind.append(OutcomeUnknownError("reset"))

    def _turn(self) -> None:
        self.house.turn(self.worker)

    def _crash(self, after_the_send: bool) -> None:
        for claim in self.house.claim():
            if after_the_send:
                run(self._send(claim))

    async def _send(self, claim: Claim) -> None:
        rows = {self.house.row(key).delivery_id: key for key in KEYS if key in self._keys()}
        gateway = self.house.gateway
        gateway.failures, kept = [], gateway.failures
        if claim.operation == "post":
            key = rows[claim.delivery_id]
            card, to = Card(WORDS.get(key, key)), Address(channel=f"channel-{key}")
            await gateway.post(to, card, READER, claim.event_id, claim.delivery_id)
        else:
            edits = {self.house.edit_row(k).delivery_id: k for k in KEYS if f"{k}*" in self._keys()}
            key = edits[claim.delivery_id]
            where = Posted(f"channel-{key}", self.house.row(key).platform_ts or "")
            await gateway.edit(where, Card(WORDS.get(key, key)), READER, claim.event_id)
        gateway.failures = kept

    def _keys(self) -> dict[str, str]:
        return self.house.states()

    def _machine_time(self, seconds: float) -> None:
        self.house.age(seconds)

    def _event_time(self) -> None:
        self.house.later(30)

    def come_to_rest(self) -> None:
        self.house.gateway.failures, self.house.gateway.blind = [], []
        for _ in range(12):
            self.house.age(61)
            self.house.turn(self.worker)
            if not self.house.open():
                return
        raise AssertionError(f"no rest: {self.house.states()}")

    def check(self) -> None:
        states = self.house.states()
        for key in (key for key in KEYS if key in states):
            said = [m for m in self.house.gateway.messages if m.place == f"channel-{key}"]
            assert len(said) == (1 if states[key] == "sent" else 0), (key, states)
            if states[key] == "skipped":
                assert self.house.row(key).expires_at is not None
            if "failed" in (states[key], states.get(f"{key}*")):
                assert self.refused
            if states.get(f"{key}*") == "sent":
                assert said[0].card.summary == WORDS.get(key, key)
            if f"{key}*" in states and states[key] != "sent":
                assert states[f"{key}*"] == "dropped"

    def close(self) -> None:
        self.house.leave()


@pytest.mark.slow
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=4, max_size=24))
def test_everything_is_said_once(shared_sqlite: Runtime, steps: list[tuple[Any, ...]]) -> None:
    world = World(shared_sqlite)
    try:
        for step in steps:
            world.step(*step)
        world.come_to_rest()
        world.check()
    finally:
        world.close()

"""A bad day at Slack's, on purpose: what happens to a call, chosen by a seed or by a test."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict, deque
from concurrent.futures import Future
from enum import StrEnum

from bot.playground.limits import Limits

WRITES = frozenset(
    {"chat.postMessage", "chat.update", "conversations.open", "views.publish", "chat.postEphemeral"}
)
INTERACTION = "interaction"
"""Not a method of Slack's: what people press and send, for which faults can be planned."""


class Fault(StrEnum):
    DROP_AFTER_RECEIPT = "drop_after_receipt"  # applied, and the connection closes unanswered
    LATE = "late"  # the connection closes at once, the call is applied `late_by` later
    RATELIMITED = "ratelimited"
    ERROR_BEFORE = "error_before"  # 5xx, nothing happened
    ERROR_AFTER = "error_after"  # 5xx, and yet it happened
    SLOW = "slow"  # answered `slow_by` later
    DISCONNECT = "disconnect"  # answered, and a Socket Mode connection breaks


class Hold:
    """The next call of a method is applied, and its answer held until `release()`.

    Between the two stands the moment at which a bot is killed to see what it does with a
    post that it cannot know was made.
    """

    def __init__(self) -> None:
        self._applied: Future[None] = Future()
        self._released: Future[None] = Future()
        self.caller = 0
        """The port that the call came from, once it was applied."""

    def wait(self, timeout: float | None = None) -> None:
        """Block until the call has been applied."""
        self._applied.result(timeout)

    async def applied(self) -> None:
        await asyncio.shield(asyncio.wrap_future(self._applied))

    def release(self) -> None:
        if not self._released.done():
            self._released.set_result(None)

    async def stand(self, caller: int) -> None:
        """What the server does with the call: report it, then wait for its release."""
        self.caller = caller
        self._applied.set_result(None)
        await asyncio.shield(asyncio.wrap_future(self._released))


class Faults:
    """Nothing goes wrong until `rates` says how often it shall, or `plan` that it will."""

    def __init__(self, seed: int, limits: Limits) -> None:
        self.rates: dict[Fault, float] = {}
        self.methods = WRITES  # where `rates` apply
        self.unheard = 0.0  # the same for `INTERACTION`, however bad the day is
        self.late_by = 5.0  # machine seconds
        self.slow_by = 2.0
        self.retry_after = 1  # seconds, of a 429 of ours
        self.counts: Counter[Fault] = Counter()
        self._random = random.Random(seed)  # noqa: S311 -- repeatable on purpose
        self._planned: dict[str, deque[Fault]] = defaultdict(deque)
        self._holds: dict[str, deque[Hold]] = defaultdict(deque)
        self._standing: list[Hold] = []
        self._limits = limits

    def plan(self, method: str, fault: Fault, times: int = 1) -> None:
        """The next calls of `method` meet this fault, whatever the rates say."""
        self._planned[method].extend([fault] * times)

    def hold_next(self, method: str) -> Hold:
        hold = Hold()
        self._holds[method].append(hold)
        return hold

    def restrict_reads(self, restricted: bool = True) -> None:
        """`history` and `replies` once a minute and 15 objects at most."""
        self._limits.restrict_reads = restricted

    def clear(self) -> None:
        """A good day again; what is held is let go."""
        self.rates.clear()
        self.unheard = 0.0
        self._planned.clear()
        self._holds.clear()
        self.restrict_reads(False)
        while self._standing:
            self._standing.pop().release()

    def draw(self, method: str) -> Fault | None:
        fault = self._drawn(method)
        if fault:
            self.counts[fault] += 1
        return fault

    def held(self, method: str) -> Hold | None:
        if not self._holds.get(method):
            return None
        hold = self._holds[method].popleft()
        self._standing.append(hold)
        return hold

    def _drawn(self, method: str) -> Fault | None:
        if self._planned.get(method):
            return self._planned[method].popleft()
        if method == INTERACTION:
            unheard = self._random.random() < self.unheard
            return Fault.DROP_AFTER_RECEIPT if unheard else None
        if method not in self.methods or not self.rates:
            return None
        point = self._random.random()
        for fault, rate in self.rates.items():
            point -= rate
            if point < 0:
                return fault
        return None

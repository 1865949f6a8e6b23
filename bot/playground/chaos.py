"""Bad moments of a Socket Mode connection, drawn by a seed."""

from __future__ import annotations

from collections import Counter
from random import Random

from bot.playground.api import CONNECT
from bot.playground.faults import Fault
from bot.playground.server import Playground
from bot.playground.sockets import Reason

CLOSES_AFTER_S = 10.0  # that is how long Slack waits after it has said that it will
LATENCY = 2 / 3  # of the time for an acknowledgement, at most and each way: some come too late

BROKEN, BLACK_HOLE, ASKED, STALE = "broken", "black_hole", "asked", "stale"
THROTTLED, UNREACHABLE, SLOW, TWICE = "throttled", "unreachable", "slow", "twice"
_WEIGHTS = {
    BROKEN: 4, BLACK_HOLE: 3, ASKED: 4, STALE: 3, THROTTLED: 1, UNREACHABLE: 1, SLOW: 2, TWICE: 2,
}  # fmt: skip
_REASONS: tuple[Reason, ...] = (
    *("warning", "refresh_requested") * 4,
    *("link_disabled", "too_many_websockets"),
)


class Chaos:
    """`strike` on the playground's own event loop; `counts` says what it came to.

    `throttled_for` is the longest that asking for an address is forbidden, in seconds.
    """

    def __init__(self, playground: Playground, seed: int, throttled_for: int = 5) -> None:
        self._playground, self._throttled_for = playground, throttled_for
        self._random = Random(seed)  # noqa: S311 -- repeatable on purpose
        self.counts: Counter[str] = Counter()

    async def strike(self) -> None:
        sockets, faults, random = self._playground.sockets, self._playground.faults, self._random
        (what,) = random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
        self.counts[what] += 1
        sockets.latency = 0.0
        match what:
            case "black_hole":
                sockets.swallow_one()
                return
            case "asked":
                await self._ask()
                return
            case "slow":
                sockets.latency = random.uniform(0, LATENCY * sockets.ack_within)
                return
            case "twice":
                self._playground.delivery.doubling += 1
                return
            case "stale":
                sockets.refusing = random.randint(1, 4)
            case "throttled":
                faults.retry_after = random.randint(1, self._throttled_for)
                faults.plan(CONNECT, Fault.RATELIMITED, random.randint(1, 2))
            case "unreachable":
                faults.plan(CONNECT, Fault.ERROR_BEFORE, random.randint(1, 3))
        sockets.break_one()

    async def _ask(self) -> None:
        """One connection to come again; or, one time in four, all of them."""
        sockets, reason = self._playground.sockets, self._random.choice(_REASONS)
        one = None
        if sockets.connections and self._random.random() < 0.75:
            one = sockets.connections[0]
        await sockets.disconnect(reason, one, CLOSES_AFTER_S)

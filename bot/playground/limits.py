"""Slack's rate limits: per method and workspace, and for posts also per channel.

https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

MINUTE = 60.0
CHANNEL = 1  # posts a second
POSTS = 300  # a minute, all channels together
_T2, _T3, _T4 = 20, 50, 100
PER_MINUTE = {
    "apps.connections.open": _T3,
    "chat.postEphemeral": _T4, "chat.update": _T3, "chat.delete": _T3,
    "views.open": _T4, "views.push": _T4, "views.update": _T4, "views.publish": _T4,
    "conversations.list": _T2, "conversations.create": _T2,
    "conversations.info": _T3, "conversations.join": _T3, "conversations.open": _T3,
    "conversations.history": _T3, "conversations.replies": _T3,
    "conversations.members": _T4,
    "files.getUploadURLExternal": _T4, "files.completeUploadExternal": _T4,
    "files.delete": _T3,
    "usergroups.list": _T2, "usergroups.users.list": _T2,
    "users.info": _T4, "users.list": _T2, "users.lookupByEmail": _T3,
}  # fmt: skip
READS = frozenset({"conversations.history", "conversations.replies"})


class Limits:
    """`scale` multiplies every limit: a load test raises it, a drill of patience lowers it.

    `restrict_reads` is what apps distributed outside the Marketplace get: history and
    replies once a minute, 15 objects at most.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.scale = 1.0
        self.restrict_reads = False
        self.refused = 0
        """Calls that came too fast; those that a fault was drawn for are not among them."""
        self._monotonic = monotonic
        self._calls: dict[tuple[str, str], deque[float]] = {}

    @property
    def most_objects(self) -> int:
        return 15 if self.restrict_reads else 999

    def admit(self, method: str, channel: str = "") -> int:
        """0 when the call may pass and is counted; else the seconds to wait, as Retry-After."""
        windows = self._windows(method, channel)
        now = self._monotonic()
        wait = max((self._wait(key, most, length, now) for key, most, length in windows), default=0)
        if wait > 0:
            self.refused += 1
            return max(1, math.ceil(wait))
        for key, _, _ in windows:
            self._calls[key].append(now)
        return 0

    def _windows(self, method: str, channel: str) -> list[tuple[tuple[str, str], int, float]]:
        if method == "chat.postMessage":
            each = (("channel", channel), CHANNEL, 1.0)
            return [each, (("posts", ""), POSTS, MINUTE)]
        if self.restrict_reads and method in READS:
            return [((method, ""), 1, MINUTE)]
        if method in PER_MINUTE:
            return [((method, ""), PER_MINUTE[method], MINUTE)]
        return []  # auth.test: hundreds a minute

    def _wait(self, key: tuple[str, str], most: int, length: float, now: float) -> float:
        """Seconds until this window has room: no more than `most` calls in `length`."""
        calls = self._calls.setdefault(key, deque())
        period = length / self.scale
        while calls and calls[0] + period <= now:
            calls.popleft()
        return calls[0] + period - now if len(calls) >= most else 0

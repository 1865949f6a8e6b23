"""Socket Mode that stays up: several places for a connection, each kept filled by itself.

https://docs.slack.dev/apis/events-api/using-socket-mode

A place asks for a new address each time, since one opens a single connection; it waits longer after
each failure; and when Slack says that it is going to close a connection, the next one is open
before this one is left.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from random import Random

import structlog
from prometheus_client import Counter, Gauge
from slack_bolt.app.async_app import AsyncApp
from websockets.exceptions import InvalidStatus

from bot.delivery.gateway import DeliveryError, NotSentError, ThrottledError
from bot.platforms.slack.link import (
    DISABLED,
    FOR_PEOPLE,
    LOST,
    REFRESH,
    SILENT,
    TOO_MANY,
    Link,
    Times,
    greeted,
)

log = structlog.get_logger(__name__)

CONNECTIONS = Gauge("maillon_socket_connections", "Socket Mode connections that are open")
WANTED = Gauge("maillon_socket_connections_wanted", "How many shall be; 0 without Socket Mode")
UNHEARD = Gauge(
    "maillon_socket_unheard_seconds", "Since anything, be it a pong, came over any connection"
)
RECONNECTS = Counter(
    "maillon_socket_reconnects_total", "Connections lost, left or not opened, by reason", ["reason"]
)

REFUSED, THROTTLED, UNREACHABLE = "refused", "throttled", "unreachable"
REASONS = (REFRESH, LOST, SILENT, REFUSED, THROTTLED, UNREACHABLE, DISABLED, TOO_MANY)


class Sockets:
    """`ask` for an address; `count` connections are held."""

    def __init__(
        self,
        ask: Callable[[], Awaitable[str]],
        bolt: AsyncApp,
        *,
        count: int = 2,
        times: Times = Times(),  # noqa: B008 -- frozen
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Random | None = None,
    ) -> None:
        self._ask, self._bolt, self._count, self._times = ask, bolt, count, times
        self._sleep, self._random = sleep, random or Random()  # noqa: S311 -- spread, no secret
        self._links: set[Link] = set()
        self._places: set[asyncio.Task[None]] = set()
        self._leaving: set[asyncio.Task[None]] = set()
        self._not_before = -math.inf  # told to wait by Slack: holds for every place
        self._last_heard = time.monotonic()

    @property
    def connected(self) -> int:
        return sum(not link.reading.done() for link in self._links)

    async def start(self) -> None:
        """Once the first is open. Raises `DeliveryError` where it cannot be, and none is tried."""
        first = await self._open()
        WANTED.set(self._count)
        UNHEARD.set_function(self._unheard)
        for number in range(self._count):
            place = self._keep(first if number == 0 else None)
            self._places.add(asyncio.ensure_future(place))

    async def close(self) -> None:
        """Take nothing more, finish and acknowledge what is under way, close everything."""
        for place in self._places:
            place.cancel()
        await asyncio.gather(*self._places, return_exceptions=True)
        await asyncio.gather(*(link.leave() for link in self._links))
        self._links.clear()
        WANTED.set(0)
        UNHEARD.set_function(lambda: 0.0)

    async def _keep(self, link: Link | None) -> None:
        """One place, for as long as the bot runs."""
        failures = 0.0
        while True:
            link = link or await self._opened(failures)
            why = await link.over
            failures = math.inf if why in FOR_PEOPLE else 0 if link.steady else failures + 1
            RECONNECTS.labels(why).inc()
            log.info("slack.socket_over", reason=why)
            # Asked to come again, a link is heard until its successor is there.
            successor = await self._opened(failures, planned=why == REFRESH)
            self._leave(link)
            link = successor

    async def _opened(self, failures: float, *, planned: bool = False) -> Link:
        """A new connection, however often it takes."""
        if failures or not planned:
            await self._sleep(self._pause(failures))
        while True:
            try:
                return await self._open()
            except DeliveryError as error:
                reason = _reason(error)
                failures = math.inf if reason in FOR_PEOPLE else failures + 1
                RECONNECTS.labels(reason).inc()
                pause = self._pause(failures)
                log.warning("slack.socket_not_opened", reason=str(error), again_in_s=pause)
                await self._sleep(pause)

    def _pause(self, failures: float) -> float:
        """Full jitter, as in "Exponential Backoff And Jitter" of the AWS Architecture Blog."""
        rarely = self.connected or failures == math.inf
        longest = self._times.longest if rarely else self._times.alone
        most = min(longest, self._times.first * 2.0**failures)
        return max(self._random.uniform(0, most), self._not_before - time.monotonic())

    async def _open(self) -> Link:
        try:
            async with asyncio.timeout(self._times.opening):
                address = await self._ask()
            async with asyncio.timeout(self._times.opening):
                socket = await greeted(address, self._times)
        except ThrottledError as error:
            self._not_before = time.monotonic() + error.retry_after
            raise
        except DeliveryError:
            raise
        except InvalidStatus as error:
            raise NotSentError(REFUSED) from error
        except Exception as error:  # whatever it is, it must not be the end of a place
            raise NotSentError(type(error).__name__) from error
        link = Link(socket, self._bolt, self._times)
        link.reading.add_done_callback(lambda _: self._ended(link))
        self._links.add(link)
        CONNECTIONS.set(self.connected)
        return link

    def _ended(self, link: Link) -> None:
        self._last_heard = max(self._last_heard, link.heard)
        CONNECTIONS.set(self.connected)

    def _leave(self, link: Link) -> None:
        async def leave() -> None:
            await link.leave()
            self._links.discard(link)

        task = asyncio.ensure_future(leave())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    def _unheard(self) -> float:
        return time.monotonic() - max(self._last_heard, *(link.heard for link in self._links))


def _reason(error: DeliveryError) -> str:
    if isinstance(error, ThrottledError):
        return THROTTLED
    return str(error) if str(error) in REASONS else UNREACHABLE

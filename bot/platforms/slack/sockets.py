"""Socket Mode that stays up: several places for a connection, each kept filled by itself.

https://docs.slack.dev/apis/events-api/using-socket-mode

A place asks for a new address each time, since one opens a single connection; it waits longer after
each failure; and when Slack says that it is going to close a connection, the next one is open
before this one is left. A connection over which nothing is heard, not even the answer to a ping, is
given up. What arrives is handed to Bolt, and acknowledged over the connection it came from. What
could not be acknowledged Slack sends again, over another one, and the inbox knows it by its key.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import structlog
from prometheus_client import Counter, Gauge
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as websocket
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bot.delivery.gateway import DeliveryError, NotSentError, ThrottledError

log = structlog.get_logger(__name__)

CONNECTIONS = Gauge("maillon_socket_connections", "Socket Mode connections that are open")
WANTED = Gauge("maillon_socket_connections_wanted", "How many shall be; 0 without Socket Mode")
UNHEARD = Gauge(
    "maillon_socket_unheard_seconds", "Since anything, be it a pong, came over any connection"
)
RECONNECTS = Counter(
    "maillon_socket_reconnects_total", "Connections lost, left or not opened, by reason", ["reason"]
)

REFRESH, LOST, SILENT = "refresh", "lost", "silent"
REFUSED, THROTTLED, UNREACHABLE = "refused", "throttled", "unreachable"
DISABLED, TOO_MANY = "link_disabled", "too_many_websockets"
REASONS = (REFRESH, LOST, SILENT, REFUSED, THROTTLED, UNREACHABLE, DISABLED, TOO_MANY)
_FOR_PEOPLE = {DISABLED, TOO_MANY}  # nothing but a person mends it: asked as rarely as can be


@dataclass(frozen=True)
class Times:
    """In seconds."""

    ping: float = 4.0
    silent: float = 10.0
    """Without anything heard, after which a connection is given up: two pings unanswered."""
    opening: float = 5.0
    """For an address, and as much for the handshake and the greeting."""
    closing: float = 1.0
    first: float = 0.5
    alone: float = 8.0
    longest: float = 30.0
    """Back-off with full jitter: up to `first` the first time, up to twice as long each time; at
    most `longest` while another connection hears, and `alone` while none does."""
    steady: float = 10.0
    """A connection that lived that long was no failure."""
    draining: float = 10.0
    """For what is under way when a connection is left."""


class _Socket(ClientConnection):
    """Knows when bytes last came, of whatever kind."""

    heard = -math.inf

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.heard = time.monotonic()
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self.heard = time.monotonic()
        super().data_received(data)


class Link:
    """One connection, from its greeting to its end."""

    logger = logging.getLogger("slack_bolt.socket_mode")  # Bolt's adapter logs to its client's

    def __init__(self, socket: _Socket, bolt: AsyncApp, times: Times) -> None:
        self._socket, self._bolt, self._times = socket, bolt, times
        self._begun = time.monotonic()
        self.over: asyncio.Future[str] = socket.loop.create_future()
        """Why another one is needed; the connection itself may still be open."""
        self._under_way: set[asyncio.Task[None]] = set()
        self.reading = asyncio.ensure_future(self._read())
        self._watching = asyncio.ensure_future(self._watch())

    @property
    def heard(self) -> float:
        return self._socket.heard

    @property
    def steady(self) -> bool:
        return time.monotonic() - self._begun >= self._times.steady

    async def send_socket_mode_response(self, response: SocketModeResponse) -> None:
        await self._socket.send(json.dumps(response.to_dict()))

    async def leave(self) -> None:
        """Take nothing more, finish and acknowledge what is under way, close."""
        self.reading.cancel()
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=self._times.draining)
            for each in late:
                each.cancel()
        self._watching.cancel()
        await self._socket.close()

    async def _read(self) -> None:
        """Nothing is waited for in between: a slow listener holds up neither pings nor others."""
        try:
            async for words in self._socket:
                self._take(words)
        except ConnectionClosed:
            pass
        finally:
            self._end(LOST)

    def _take(self, words: str | bytes) -> None:
        try:
            message: dict[str, Any] = json.loads(words)
        except ValueError:
            return  # Slack's greetings to people who look at the line
        if message.get("type") == "disconnect":
            reason = message.get("reason")
            self._end(str(reason) if reason in _FOR_PEOPLE else REFRESH)
            return
        request = SocketModeRequest.from_dict(message)
        if request is not None:
            task = asyncio.ensure_future(self._answer(request))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _answer(self, request: SocketModeRequest) -> None:
        began = time.time()
        try:
            response = await run_async_bolt_app(self._bolt, request)
            # It asks of a client only what a link has.
            await send_async_response(self, request, response, began)  # type: ignore[arg-type]
        except ConnectionClosed:
            log.info("slack.socket_gone_before_ack")  # done all the same, and known by its key
        except Exception:
            log.exception("slack.request_failed")

    async def _watch(self) -> None:
        left = self._times.silent
        while left > 0:
            await asyncio.sleep(left)
            left = self.heard + self._times.silent - time.monotonic()
        self._end(SILENT)
        self._socket.transport.abort()

    def _end(self, why: str) -> None:
        if not self.over.done():
            self.over.set_result(why)


class Sockets:
    """`ask` for an address; `count` connections are held."""

    def __init__(
        self,
        ask: Callable[[], Awaitable[str]],
        bolt: AsyncApp,
        *,
        count: int = 2,
        times: Times = Times(),
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
            failures = math.inf if why in _FOR_PEOPLE else 0 if link.steady else failures + 1
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
                failures = math.inf if reason in _FOR_PEOPLE else failures + 1
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
                socket = await self._greeted(address)
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

    async def _greeted(self, address: str) -> _Socket:
        """The library pings; whether anything is heard, a link watches by itself."""
        socket = await websocket(
            address,
            create_connection=_Socket,
            ping_interval=self._times.ping,
            ping_timeout=None,
            open_timeout=None,
            close_timeout=self._times.closing,
        )
        assert isinstance(socket, _Socket)
        try:
            greeting: Mapping[str, Any] = json.loads(await socket.recv())
            if greeting["type"] != "hello":
                raise NotSentError(str(greeting.get("reason")))
        except BaseException:
            socket.transport.abort()
            raise
        return socket

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

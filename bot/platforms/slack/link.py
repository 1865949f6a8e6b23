"""One connection of Socket Mode, from its greeting to its end.

What arrives is handed to Bolt, and acknowledged over the connection it came from. What could not be
acknowledged Slack sends again, over another one, and the inbox knows it by its key.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as websocket
from websockets.exceptions import ConnectionClosed

from bot.delivery.gateway import NotSentError

log = structlog.get_logger(__name__)

REFRESH, LOST, SILENT = "refresh", "lost", "silent"
DISABLED, TOO_MANY = "link_disabled", "too_many_websockets"
FOR_PEOPLE = frozenset({DISABLED, TOO_MANY})
"""Nothing but a person mends it: asked for as rarely as can be."""


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


class Socket(ClientConnection):
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

    def __init__(self, socket: Socket, bolt: AsyncApp, times: Times) -> None:
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
            self._end(str(reason) if reason in FOR_PEOPLE else REFRESH)
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


async def greeted(address: str, times: Times) -> Socket:
    """An open connection that Slack has said hello over; raises what the library raises, or
    `NotSentError` with Slack's reason for sending us away.

    The library pings; whether anything is heard, a link watches by itself.
    """
    socket = await websocket(
        address,
        create_connection=Socket,
        ping_interval=times.ping,
        ping_timeout=None,
        open_timeout=None,
        close_timeout=times.closing,
    )
    assert isinstance(socket, Socket)
    try:
        greeting: Mapping[str, Any] = json.loads(await socket.recv())
        if greeting["type"] != "hello":
            raise NotSentError(str(greeting.get("reason")))
    except BaseException:
        socket.transport.abort()
        raise
    return socket

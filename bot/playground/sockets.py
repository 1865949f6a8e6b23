"""Socket Mode: connections opened with single-use tickets; each payload goes to one of them.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Literal

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.playground.answer import Answer, Attempt, Envelope
from bot.playground.connection import BlackHole, drop
from bot.playground.installed import InstalledApp
from bot.playground.revision import Revision
from bot.playground.witness import Witness
from bot.playground.workspace import Json

MOST = 10
Reason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


class Connection:
    """One websocket, and what was sent over it that nobody has acknowledged yet."""

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.leaving = False  # told to reconnect: used only while no other connection is there
        self.silent = False  # in a black hole: nobody knows, and nothing arrives
        self.abandoned = False  # and its client has left, which is not known here either
        self.unacked: dict[str, asyncio.Future[Answer]] = {}

    async def say(self, words: Json) -> None:
        try:
            await self.socket.send_json(words)
        except RuntimeError as closed:  # it ended, and its reader has not noticed yet
            raise WebSocketDisconnect(1006) from closed

    def lost(self) -> None:
        for waiting in self.unacked.values():
            if not waiting.done():
                waiting.set_result(Answer(False, reason="connection_failed"))


class Sockets:
    """Bad days: `refusing` so many of the next addresses, `latency` up to so many seconds for each
    envelope and for each acknowledgement, and what `break_one`, `disconnect` and `swallow_one` do.
    """

    def __init__(self, app: InstalledApp, ack_within: float, seed: int = 0) -> None:
        self._app = app
        self.ack_within = ack_within
        self.refusing = 0
        self.latency = 0.0
        self.believed_for = 30.0
        """How long a connection in a black hole is held to be there after its client has left."""
        self._random = Random(seed)  # noqa: S311 -- repeatable on purpose
        self._tickets: set[str] = set()
        self.connections: deque[Connection] = deque()
        self.changed = Revision()  # one came or went
        self.witness = Witness()

    def ticket(self) -> str:
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        return ticket

    async def endpoint(self, socket: WebSocket) -> None:
        ticket = socket.query_params.get("ticket", "")
        if not self._admits(ticket):
            self.witness.refused(ticket)
            await socket.close()  # before accepting: the handshake is refused
            return
        await socket.accept()
        if len(self.connections) >= MOST:
            await socket.send_json(self._disconnect("too_many_websockets"))
            await socket.close()
            return
        connection = Connection(socket)
        self.connections.append(connection)
        try:
            await connection.say(self._hello())
            self._changed()
            while True:
                words = await socket.receive_json()
                self._travels(partial(self._acknowledged, connection, words))
        except WebSocketDisconnect:
            pass
        finally:
            self.connections.remove(connection)
            connection.lost()
            self._changed()

    async def deliver(self, kind: Envelope, payload: Json, attempt: Attempt) -> Answer:
        connection = self._next()
        if connection is None:
            return Answer(False, reason="connection_failed")
        name = secrets.token_hex(16)
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        connection.unacked[name] = waiting
        try:
            async with asyncio.timeout(self.ack_within):
                await asyncio.sleep(self._travel_s())
                await connection.say(self._envelope(name, kind, payload, attempt))
                return await waiting
        except (TimeoutError, WebSocketDisconnect):
            return Answer(False, reason="timeout")
        finally:
            del connection.unacked[name]

    async def disconnect(
        self,
        reason: Reason,
        connection: Connection | None = None,
        closes_after: float | None = None,
    ) -> None:
        """Ask a connection, or all of them, to come again; they stay until they are replaced, or
        for so many seconds."""
        for each in [connection] if connection else list(self.connections):
            each.leaving = True
            with contextlib.suppress(WebSocketDisconnect):
                await each.say(self._disconnect(reason))
            if closes_after is not None:
                loop = asyncio.get_running_loop()
                loop.call_later(closes_after, drop, each.socket.scope)

    def break_one(self) -> None:
        """A connection ends without a word, the one that would be used next."""
        connection = self._next()
        if connection:
            drop(connection.socket.scope)

    def swallow_one(self) -> None:
        """A connection falls into a black hole, the one that would be used next: it stays open,
        nothing passes any more, and what is delivered over it is never heard of."""
        connection = self._next()
        if connection is None or connection.silent:
            return
        connection.silent = True
        noticed = self.witness.swallowed()
        loop = asyncio.get_running_loop()

        def left() -> None:
            noticed()
            connection.abandoned = True
            self._changed()
            loop.call_later(self.believed_for, hole.reveal)

        hole = BlackHole(connection.socket.scope, left)
        self._changed()

    async def close(self) -> None:
        for connection in list(self.connections):
            with contextlib.suppress(RuntimeError):  # it ended, and its reader has not noticed yet
                await connection.socket.close()

    def _admits(self, ticket: str) -> bool:
        if ticket not in self._tickets:
            return False
        self._tickets.remove(ticket)
        if self.refusing:
            self.refusing -= 1
            return False
        return True

    def _changed(self) -> None:
        there = sum(not each.abandoned for each in self.connections)
        self.witness.counts(there, sum(not each.silent for each in self.connections))
        self.changed.advance()

    def _travel_s(self) -> float:
        return self._random.uniform(0, self.latency) if self.latency else 0.0

    def _travels(self, arrive: Callable[[], None]) -> None:
        seconds = self._travel_s()
        if seconds:
            asyncio.get_running_loop().call_later(seconds, arrive)
        else:
            arrive()

    def _next(self) -> Connection | None:
        self.connections.rotate(-1)
        staying = (c for c in self.connections if not c.leaving)
        return next(staying, self.connections[0] if self.connections else None)

    def _acknowledged(self, connection: Connection, words: Json) -> None:
        """On whichever connection: after a refresh it may come over the new one."""
        for each in [connection, *self.connections]:
            waiting = each.unacked.get(str(words.get("envelope_id")))
            if waiting and not waiting.done():
                waiting.set_result(Answer(True, words.get("payload") or None))
                return

    def _envelope(self, name: str, kind: Envelope, payload: Json, attempt: Attempt) -> Json:
        words: Json = {
            "envelope_id": name,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind is not Envelope.EVENT,
        }
        if kind is Envelope.EVENT:
            words |= {"retry_attempt": attempt.number, "retry_reason": attempt.reason}
        return words

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "connection_info": {"app_id": self._app.app_id},
            "debug_info": {"host": "playground", "approximate_connection_time": 18060},
        }

    def _disconnect(self, reason: Reason) -> Json:
        return {"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}}

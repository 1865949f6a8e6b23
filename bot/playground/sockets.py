"""Socket Mode: connections opened with single-use tickets; each payload goes to one of them.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import deque
from typing import Literal

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.playground.answer import Answer, Attempt, Envelope
from bot.playground.connection import drop
from bot.playground.installed import InstalledApp
from bot.playground.revision import Revision
from bot.playground.workspace import Json

MOST = 10
Reason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


class Connection:
    """One websocket, and what was sent over it that nobody has acknowledged yet."""

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.leaving = False  # told to reconnect: used only while no other connection is there
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
    def __init__(self, app: InstalledApp, ack_within: float) -> None:
        self._app = app
        self.ack_within = ack_within
        self._tickets: set[str] = set()
        self.connections: deque[Connection] = deque()
        self.changed = Revision()  # one came or went

    def ticket(self) -> str:
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        return ticket

    async def endpoint(self, socket: WebSocket) -> None:
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await socket.close()  # before accepting: the handshake is refused
            return
        self._tickets.remove(ticket)
        await socket.accept()
        if len(self.connections) >= MOST:
            await socket.send_json(self._disconnect("too_many_websockets"))
            await socket.close()
            return
        connection = Connection(socket)
        self.connections.append(connection)
        try:
            await connection.say(self._hello())
            self.changed.advance()
            while True:
                self._acknowledged(connection, await socket.receive_json())
        except WebSocketDisconnect:
            pass
        finally:
            self.connections.remove(connection)
            connection.lost()
            self.changed.advance()

    async def deliver(self, kind: Envelope, payload: Json, attempt: Attempt) -> Answer:
        connection = self._next()
        if connection is None:
            return Answer(False, reason="connection_failed")
        name = secrets.token_hex(16)
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        connection.unacked[name] = waiting
        try:
            await connection.say(self._envelope(name, kind, payload, attempt))
            return await asyncio.wait_for(waiting, self.ack_within)
        except (TimeoutError, WebSocketDisconnect):
            return Answer(False, reason="timeout")
        finally:
            del connection.unacked[name]

    async def disconnect(self, reason: Reason, connection: Connection | None = None) -> None:
        """Ask a connection, or all of them, to come again; they stay until they are replaced."""
        for each in [connection] if connection else list(self.connections):
            each.leaving = True
            with contextlib.suppress(WebSocketDisconnect):
                await each.say(self._disconnect(reason))

    def break_one(self) -> None:
        """A connection ends without a word, the one that would be used next."""
        connection = self._next()
        if connection:
            drop(connection.socket.scope)

    async def close(self) -> None:
        for connection in list(self.connections):
            await connection.socket.close()

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

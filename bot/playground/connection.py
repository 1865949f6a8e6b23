"""What networks do to a connection, and ASGI has no message for: it breaks, or falls silent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_OWNER = "playground.owner"


def droppable(app: ASGIApp) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """Outermost around the application: keeps hold of uvicorn's transport, whose `send` this is."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        owner: Any = getattr(send, "__self__", None)
        if owner is not None and hasattr(owner, "transport"):
            scope[_OWNER] = owner
        await app(scope, receive, send)

    return wrapped


def drop(scope: Scope) -> None:
    """Break the connection, as a network does."""
    scope[_OWNER].transport.abort()


class BlackHole(asyncio.Protocol):
    """Between a server's protocol and its transport: nothing comes in, nothing goes out, and the
    server does not see that the other end has left, of which `left` is told.

    It lasts until `reveal`, or until the server gives the connection up for want of pongs.
    """

    def __init__(self, scope: Scope, left: Callable[[], None]) -> None:
        self._owner: Any = scope[_OWNER]
        self._transport: asyncio.Transport = self._owner.transport
        self._left: Callable[[], None] | None = left
        self._revealed = False
        self._owner.transport = self
        self._transport.set_protocol(self)

    def eof_received(self) -> bool:
        self._gone()
        return True  # and the connection stays open

    def connection_lost(self, error: Exception | None) -> None:
        self._gone()

    def reveal(self) -> None:
        """The server learns that the connection is no more."""
        if self._revealed:
            return
        self._revealed = True
        self._transport.abort()
        self._owner.transport = self._transport
        self._owner.connection_lost(None)

    def _gone(self) -> None:
        if self._left is not None:
            left, self._left = self._left, None
            left()

    # What the server says to its transport

    def write(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        self.reveal()

    def abort(self) -> None:
        self.reveal()

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def is_closing(self) -> bool:
        return False


class Dropped(Response):
    """Instead of an answer, the end of the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        drop(scope)
        while (await receive())["type"] != "http.disconnect":
            pass

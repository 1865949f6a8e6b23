"""Closing a connection without an answer: something ASGI has no message for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_DROP = "playground.drop"


def droppable(app: ASGIApp) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """Outermost around the application: keeps hold of uvicorn's transport, whose `send` this is."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        owner: Any = getattr(send, "__self__", None)
        if owner is not None and hasattr(owner, "transport"):
            scope[_DROP] = owner.transport.abort
        await app(scope, receive, send)

    return wrapped


def drop(scope: Scope) -> None:
    """Break the connection, as a network does."""
    scope[_DROP]()


class Dropped(Response):
    """Instead of an answer, the end of the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        drop(scope)
        while (await receive())["type"] != "http.disconnect":
            pass

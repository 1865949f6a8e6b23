"""Everything HTTP: health, metrics, pages, and Slack's events where they come that way."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from bot.db.runtime import Runtime
from bot.platforms.slack.app import SlackPlatform
from bot.web.pages import pages_app

STOP_WITHIN_S = 10


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the command's affair: it stops everything, in its order."""
        yield


class Doors:
    """What is behind the addresses that need the chat platform; nothing until it is reached."""

    def __init__(self) -> None:
        self.slack: SlackPlatform | None = None
        self.events: AsyncSlackRequestHandler | None = None

    def open(self, slack: SlackPlatform) -> None:
        self.slack, self.events = slack, AsyncSlackRequestHandler(slack.bolt)


def web_app(
    runtime: Runtime,
    doors: Doors,
    pages: Sequence[BaseRoute] | None,
    *,
    events: bool = True,
    signed: bool,
    framed_by: Sequence[str] = (),
) -> Starlette:
    """`pages` is None where another process has them, `events` false where another takes them.
    `signed`: whether Slack's events come this way."""

    async def health(request: Request) -> Response:
        """200 while this process can do its part; what a load balancer asks.

        Where events are, that is: they can arrive and be written down.
        """
        database = await _readable(runtime)
        state: dict[str, bool | None] = {"database": database}
        if events:
            state["socket"] = await doors.slack.connected() if doors.slack else False
        healthy = database and state.get("socket") is not False
        state["healthy"] = healthy
        return JSONResponse(state, 200 if healthy else 503)

    async def pages_health(request: Request) -> Response:
        """200 while pages can be read, whether or not the chat platform is there."""
        database = await _readable(runtime)
        return JSONResponse({"database": database}, 200 if database else 503)

    async def metrics(request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def slack_events(request: Request) -> Response:
        if doors.events is None:
            return Response(status_code=503)  # Slack sends it again
        return await doors.events.handle(request)

    # What is asked for most comes first: each route before it costs a comparison.
    routes: list[BaseRoute] = (
        [Route("/slack/events", slack_events, methods=["POST"])] if signed else []
    )
    routes += [Route("/health", health), Route("/metrics", metrics)]
    if pages is not None:
        site = Mount("/", pages_app(pages, framed_by))
        routes += [Route("/health/pages", pages_health), site]
    return Starlette(routes=routes)


async def _readable(runtime: Runtime) -> bool:
    def ask(session: Session) -> None:
        session.execute(text("SELECT 1"))

    try:
        await runtime.read(ask)
    except Exception:  # whatever is wrong with the database, the answer is the same
        return False
    return True


@asynccontextmanager
async def serve(host: str, port: int, app: ASGIApp) -> AsyncIterator[str]:
    """The address it listens at; a port that is taken is an `OSError` at once."""
    listener = socket.create_server((host, port))
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=STOP_WITHIN_S,
        )
    )
    serving = asyncio.ensure_future(server.serve([listener]))
    try:
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving

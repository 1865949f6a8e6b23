"""The playground itself: put together once, served from a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from threading import Thread

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route, WebSocketRoute

from bot.playground.acting import Acting
from bot.playground.answer import Line
from bot.playground.api import Api
from bot.playground.clock import ClockPages, PlaygroundClock
from bot.playground.connection import droppable
from bot.playground.delivery import Delivery
from bot.playground.events import Events
from bot.playground.faults import Faults
from bot.playground.installed import InstalledApp
from bot.playground.limits import Limits
from bot.playground.parts import Parts
from bot.playground.payloads import Payloads
from bot.playground.receipts import Receipts
from bot.playground.request_url import RequestUrl
from bot.playground.respond import ResponseUrls
from bot.playground.shapes import Shapes
from bot.playground.sockets import Sockets
from bot.playground.triggers import Triggers
from bot.playground.uploads import Uploads
from bot.playground.views import Modals
from bot.playground.workspace import Workspace

PATIENCE = 10.0  # seconds for the server to start or stop


class Playground(Acting):
    """A small Slack. `start` is the event's time when it begins, `speed` how fast it runs.

    `monotonic` is machine time for limits, triggers and response URLs. `pages` are routes to
    serve beside Slack's own; a page that streams ends when `stopping` is set.
    """

    def __init__(
        self,
        start: datetime,
        *,
        speed: float = 0.0,
        app: InstalledApp | None = None,
        pages: Callable[[Playground], Sequence[BaseRoute]] = lambda playground: (),
        seed: int = 0,
        ack_within: float = 3.0,
        retry_after: tuple[float, ...] = (0.0, 5.0, 25.0),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.installed = app or InstalledApp()
        self.workspace = Workspace()
        self.clock = PlaygroundClock(start, speed, monotonic)
        self.limits = Limits(monotonic)
        self.receipts = Receipts()
        self.faults = Faults(seed, self.limits)
        self.sockets = Sockets(self.installed, ack_within, seed)
        self.triggers = Triggers(monotonic)
        self.url = ""
        self.loop: asyncio.AbstractEventLoop | None = None
        self.stopping = False
        self._ready: Future[None] = Future()

        shapes = Shapes(self.workspace, self.installed)
        request_url = self.installed.request_url
        line: Line = self.sockets
        if request_url:
            line = RequestUrl(self.installed, request_url, ack_within)
        self.delivery = Delivery(self.workspace, self.installed, line, retry_after, self.faults)
        self._parts = Parts(
            workspace=self.workspace,
            app=self.installed,
            shapes=shapes,
            clock=self.clock,
            limits=self.limits,
            receipts=self.receipts,
            triggers=self.triggers,
            modals=Modals(self.workspace),
            events=Events(self.workspace, self.installed, shapes, self.delivery),
            monotonic=monotonic,
            address=lambda: self.url,
        )
        self._payloads = Payloads(
            self.workspace, self.installed, shapes, self.triggers, lambda: self.url
        )
        self.app = Starlette(routes=[*self._routes(), *pages(self)], lifespan=self._lifespan)

    def _routes(self) -> list[BaseRoute]:
        api = Api(self._parts, self.faults, self.delivery, self.sockets)
        answers, uploads = ResponseUrls(self._parts), Uploads(self._parts)
        return [
            Route("/api/{method}", api.endpoint, methods=["GET", "POST"]),
            Route("/response/{key}", answers.endpoint, methods=["POST"]),
            Route("/upload/{key}", uploads.endpoint, methods=["POST"]),
            WebSocketRoute("/link", self.sockets.endpoint),
            *ClockPages(self.clock, self.workspace.changes.advance).routes(),
        ]

    @contextmanager
    def serve(self, host: str = "127.0.0.1", port: int = 0) -> Iterator[Playground]:
        """Serve in a background thread, at `url`; once, like everything in memory."""
        listener = socket.create_server((host, port))
        self.url = f"http://{host}:{listener.getsockname()[1]}"
        server = uvicorn.Server(
            uvicorn.Config(
                droppable(self.app),
                http="h11",  # the implementation whose transport `droppable` knows
                ws="websockets-sansio",
                lifespan="on",
                proxy_headers=False,
                access_log=False,
                log_config=None,
                log_level="warning",
                timeout_graceful_shutdown=1,
            )
        )
        thread = Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="playground", daemon=True
        )
        thread.start()
        try:
            self._ready.result(PATIENCE)
            yield self
        finally:
            if self.loop:
                asyncio.run_coroutine_threadsafe(self._close(), self.loop).result(PATIENCE)
            server.should_exit = True
            thread.join(PATIENCE)

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        self.loop = asyncio.get_running_loop()
        self._ready.set_result(None)
        yield
        await self._close()
        self.loop = None

    async def _close(self) -> None:
        """Let go of everybody who waits, so that the server has nobody to wait for."""
        self.stopping = True
        self.faults.clear()
        self.clock.revision.advance()
        self.workspace.changes.advance()
        await self.delivery.close()
        await self.sockets.close()

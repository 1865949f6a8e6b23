"""The two servers that are compared, each a process of its own: ours, and Bolt with nothing in it.

Both are served by uvicorn as Maillon serves itself, and both use Maillon's `authorize`.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.app import running
from bot.log import configure_logging
from bot.platforms.slack.app import SlackTeam, authorizing, web_client
from bot.settings import Settings

PATIENCE_S = 60


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, and what it has used of the processor so far."""

    address: tuple[str, int]
    cpu_s: Callable[[], float]


@contextmanager
def empty_server(secret: str, team: SlackTeam, token: str, core: int | None) -> Iterator[Server]:
    with _process(_serve_empty, core, secret, team, token) as server:
        yield server


@contextmanager
def our_server(settings: Settings, core: int | None) -> Iterator[Server]:
    with _process(_serve_ours, core, settings) as server:
        yield server


@contextmanager
def _process(serve: Callable[..., Any], core: int | None, *args: Any) -> Iterator[Server]:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, core, serve, *args), daemon=True)
    process.start()
    theirs.close()  # so that its end is noticed here
    try:
        if not ours.poll(PATIENCE_S):
            raise TimeoutError("the server does not start")
        address: tuple[str, int] = ours.recv()

        def cpu_s() -> float:
            ours.send("cpu")
            return float(ours.recv())

        yield Server(address, cpu_s)
        ours.send("stop")
        process.join(PATIENCE_S)
    finally:
        process.kill()
        process.join()


def _run(pipe: Connection, core: int | None, serve: Callable[..., Any], *args: Any) -> None:
    configure_logging("warning", "json")
    if core is not None:
        os.sched_setaffinity(0, {core})
    asyncio.run(_until_told(pipe, serve, *args))


async def _until_told(pipe: Connection, serve: Callable[..., Any], *args: Any) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def answer() -> None:
        while pipe.recv() == "cpu":
            pipe.send(time.process_time())
        loop.call_soon_threadsafe(stop.set)

    async with AsyncExitStack() as stack:
        pipe.send(await serve(stack, *args))
        threading.Thread(target=answer, daemon=True).start()
        await stop.wait()


async def _serve_ours(stack: AsyncExitStack, settings: Settings) -> tuple[str, int]:
    maillon = await stack.enter_async_context(running(settings))
    url = urlsplit(maillon.http_url)
    assert url.hostname is not None
    assert url.port is not None
    return url.hostname, url.port


async def _serve_empty(
    stack: AsyncExitStack, secret: str, team: SlackTeam, token: str
) -> tuple[str, int]:
    http = await stack.enter_async_context(aiohttp.ClientSession())
    bolt = AsyncApp(
        name="empty",
        client=web_client(None, "http://127.0.0.1/api/", http),
        signing_secret=secret,
        authorize=authorizing(team, token),  # type: ignore[arg-type]
        process_before_response=True,
    )
    bolt.action(re.compile(".*"))(_nothing)
    events = AsyncSlackRequestHandler(bolt)

    async def slack_events(request: Request) -> Response:
        return await events.handle(request)

    app = Starlette(routes=[Route("/slack/events", slack_events, methods=["POST"])])
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.ensure_future(server.serve([listener]))

    async def stop() -> None:
        server.should_exit = True
        await serving

    stack.push_async_callback(stop)
    host, port = listener.getsockname()
    return host, port


async def _nothing(ack: Any) -> None:
    await ack()

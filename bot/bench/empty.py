"""A Bolt app that acknowledges and does nothing else, with Maillon's `authorize`.

Served by uvicorn as Maillon serves itself. It imports nothing that it does not need: what a
process has in memory slows it down.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.bench.served import serve_until_told
from bot.platforms.slack.authorize import SlackTeam, authorizing


@asynccontextmanager
async def empty(signing_secret: str, token: str, team: dict[str, str]) -> AsyncIterator[str]:
    async with aiohttp.ClientSession() as http:
        bolt = AsyncApp(
            name="empty",
            client=AsyncWebClient(session=http, retry_handlers=[]),
            signing_secret=signing_secret,
            authorize=authorizing(SlackTeam(**team), token),  # type: ignore[arg-type]
            process_before_response=True,
        )
        bolt.action(re.compile(".*"))(_acknowledge)
        events = AsyncSlackRequestHandler(bolt)

        async def slack_events(request: Request) -> Response:
            return await events.handle(request)

        app = Starlette(routes=[Route("/slack/events", slack_events, methods=["POST"])])
        listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.ensure_future(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


async def _acknowledge(ack: Any) -> None:
    await ack()


if __name__ == "__main__":
    serve_until_told(empty)

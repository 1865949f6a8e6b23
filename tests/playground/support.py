"""A small workspace with two people and a channel, and the real Bolt connected to it."""

from __future__ import annotations

import asyncio
import math
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import pytest
import uvicorn
from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from bot.playground.server import Playground
from bot.playground.workspace import Channel, Message, User

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ACK_WITHIN = 2.0
Json = dict[str, Any]


@dataclass
class Machine:
    """Machine time that a test moves by hand."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    playground: Playground
    alice: User
    bob: User
    general: Channel

    @property
    def bot(self) -> User:
        return self.playground.workspace.bot

    def client(self, token: str = "xoxb-playground") -> WebClient:
        return WebClient(token, base_url=f"{self.playground.url}/api/", retry_handlers=[])

    def bolt(self, secret: str = "playground") -> AsyncApp:
        url = f"{self.playground.url}/api/"
        client = AsyncWebClient("xoxb-playground", base_url=url, retry_handlers=[])
        return AsyncApp(client=client, signing_secret=secret, process_before_response=True)

    def said(self, channel: Channel | None = None) -> list[str]:
        where = channel or self.general
        return [m.text for m in self.playground.workspace.messages[where.id].values()]

    def message(self, ts: str, channel: Channel | None = None) -> Message:
        found = self.playground.workspace.message((channel or self.general).id, ts)
        assert found is not None
        return found


@contextmanager
def world(**options: Any) -> Iterator[World]:
    options.setdefault("ack_within", ACK_WITHIN)
    options.setdefault("retry_after", (0.0, 0.0, 0.0))
    with Playground(START, **options).serve() as playground:
        yield furnished(playground)


def furnished(playground: Playground, channel: str = "general") -> World:
    """Two people and the bot in a channel. Nothing is too fast unless a test says so."""
    playground.limits.scale = math.inf
    people = playground.workspace
    alice = people.add_user("Alice Martin", "alice@example.org")
    bob = people.add_user("Bob Stone", "bob@example.org", locale="en-GB", tz="Europe/London")
    general = people.add_channel(channel, members=[alice.id, bob.id, people.bot.id])
    return World(playground, alice, bob, general)


@asynccontextmanager
async def connected(app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """Over Socket Mode. The short ping interval is how soon it sees a connection lost."""
    handler = AsyncSocketModeHandler(app, "xapp-playground", ping_interval=0.05)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@dataclass
class Reserved:
    """An address known before its server runs, so that both sides can be told the other's."""

    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/slack/events"

    @contextmanager
    def serving(self, app: AsyncApp) -> Iterator[None]:
        handler = AsyncSlackRequestHandler(app)
        route = Route("/slack/events", handler.handle, methods=["POST"])
        config = uvicorn.Config(Starlette(routes=[route]), http="h11", log_config=None)
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [self.listener]})
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def refused(code: str) -> Iterator[Json]:
    """The call inside is answered with this error; what else was answered comes out."""
    answer: Json = {}
    with pytest.raises(SlackApiError) as raised:
        yield answer
    answer.update(raised.value.response.data)
    answer["headers"] = dict(raised.value.response.headers)
    assert answer["error"] == code, answer


def run(work: Any) -> Any:
    return asyncio.run(work)


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(action_id: str = "go", **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain("Go"), **more}


def buttons(*action_ids: str) -> list[Json]:
    return [{"type": "actions", "elements": [button(name) for name in action_ids]}]


def question(block_id: str = "q", action_id: str = "words", **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": action_id}
    label = plain("Your question")
    return {"type": "input", "block_id": block_id, "label": label, "element": element, **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "callback_id": "ask",
        "title": plain("Ask"),
        "submit": plain("Send"),
        "blocks": list(blocks) or [question()],
        **more,
    }

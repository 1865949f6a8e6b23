"""The bot's connections and a workspace to break them, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from prometheus_client import REGISTRY
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.errors import attempt
from bot.platforms.slack.sockets import Sockets
from tests.playground.support import Json, World


class Longest(Random):
    """No jitter: always the longest pause there may be."""

    def uniform(self, a: float, b: float) -> float:
        return b


class Pauses(list[float]):
    """Kept, and over at once."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)
        await asyncio.sleep(0)


def held(here: World, bolt: AsyncApp | None = None, **options: Any) -> Sockets:
    client = AsyncWebClient(base_url=f"{here.playground.url}/api/", retry_handlers=[])

    async def ask() -> str:
        answer = await attempt(client.apps_connections_open(app_token="xapp-playground"))
        return str(answer["url"])

    options.setdefault("sleep", Pauses())
    return Sockets(ask, bolt or here.bolt(), **options)


@asynccontextmanager
async def connected(
    here: World, bolt: AsyncApp | None = None, count: int = 2, **options: Any
) -> AsyncIterator[Sockets]:
    sockets = held(here, bolt, count=count, **options)
    await sockets.start()
    try:
        await until(here, lambda: sockets.connected == count)
        yield sockets
    finally:
        await sockets.close()


async def until(here: World, condition: Callable[[], bool]) -> None:
    changed = here.playground.sockets.changed
    seen = changed.number
    async with asyncio.timeout(20):
        while not condition():
            seen = await changed.beyond(seen, 0.1)  # the bot itself may be what changes


async def renewed(here: World, act: Callable[[], Any]) -> None:
    """After `act` there are as many connections as before, and one at least is another."""
    sockets = here.playground.sockets
    before, count = set(sockets.connections), len(sockets.connections)
    await there(here, act)
    await until(
        here,
        lambda: (
            len(sockets.connections) == count
            and set(sockets.connections) != before
            and not any(each.leaving for each in sockets.connections)
        ),
    )


async def there(here: World, act: Callable[[], Any]) -> None:
    """On the event loop of the workspace."""

    async def acted() -> None:
        answer = act()
        if asyncio.iscoroutine(answer):
            await answer

    assert here.playground.loop is not None
    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(acted(), here.playground.loop))


def listening(here: World, hear: Callable[[str], Any]) -> AsyncApp:
    app = here.bolt()

    @app.event("message")
    async def message(event: Json) -> None:
        answer = hear(event["text"])
        if asyncio.iscoroutine(answer):
            await answer

    return app


def measured(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"maillon_socket_{name}", labels) or 0.0


async def said(here: World, *words: str) -> None:
    for each in words:
        await here.playground.post_as(here.alice, here.general, each)

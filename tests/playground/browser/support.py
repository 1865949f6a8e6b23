"""A bot for the tests in a browser, and what happens in its workspace meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from playwright.sync_api import Page
from slack_bolt.async_app import AsyncApp

from ..support import Json, World, button, connected, modal, plain, question

PATIENCE = 5_000  # ms
Visit = Callable[..., Page]


@contextmanager
def bot(here: World) -> Iterator[None]:
    """The bot of these tests, in a thread of its own: Playwright keeps this one busy."""
    ready, done = Event(), Event()

    async def live() -> None:
        async with connected(questions_bot(here)):
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = Thread(target=lambda: asyncio.run(live()))
    thread.start()
    assert ready.wait(10)
    try:
        yield
    finally:
        done.set()
        thread.join(10)


def questions_bot(here: World) -> AsyncApp:
    app = here.bolt()

    @app.event("message")
    @app.event("member_joined_channel")
    @app.event("team_join")
    async def heard() -> None: ...

    @app.action("star")
    async def star(ack: Any, respond: Any) -> None:
        await ack()
        await respond("Ajouté à votre programme.")

    @app.action("ask")
    async def ask(ack: Any, body: Json, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(question()))

    @app.message_shortcut("take")
    async def take(ack: Any, body: Json, client: Any) -> None:
        await ack()
        words = question() | {"hint": plain(body["message"]["text"])}
        await client.views_open(trigger_id=body["trigger_id"], view=modal(words))

    @app.action("wall")
    async def wall(ack: Any, respond: Any) -> None:
        await ack()
        await respond("Écran ouvert.")

    @app.view("ask")
    async def asked(ack: Any, view: Json, client: Any) -> None:
        words = view["state"]["values"]["q"]["words"]["value"]
        if not words.endswith("?"):
            await ack(response_action="errors", errors={"q": "Une question, s'il vous plaît."})
            return
        await ack()
        await client.chat_postMessage(channel=here.general.id, text=f"Question : {words}")

    return app


def announce(here: World, *names: str) -> None:
    elements = [button(name, text=plain(name.capitalize())) for name in names]
    here.client().chat_postMessage(
        channel=here.general.id,
        text="À 11 h 00",
        blocks=[
            {"type": "header", "text": plain("À 11 h 00")},
            {"type": "actions", "elements": elements},
        ],
    )


def say(here: World, text: str) -> None:
    assert here.playground.loop
    work = here.playground.post_as(here.bob, here.general, text)
    asyncio.run_coroutine_threadsafe(work, here.playground.loop).result(10)

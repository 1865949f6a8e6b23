"""Delivery by signed HTTP requests to the real Bolt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.playground.installed import InstalledApp

from .support import Json, Reserved, World, buttons, modal, run, world


@contextmanager
def over_http() -> Iterator[tuple[World, AsyncApp, Reserved]]:
    address = Reserved()
    with world(app=InstalledApp(request_url=address.url)) as here:
        yield here, here.bolt(), address


def test_everything_arrives_signed() -> None:
    with over_http() as (here, app, address):
        heard: list[Any] = []

        @app.event("message")
        async def message(event: Json) -> None:
            heard.append(event["text"])

        @app.command("/maillon")
        async def maillon(ack: Any, command: Json, client: Any) -> None:
            await ack({"text": "Voilà", "response_type": "in_channel"})
            await client.views_open(trigger_id=command["trigger_id"], view=modal())

        @app.action("go")
        async def go(ack: Any, respond: Any) -> None:
            await ack()
            await respond(delete_original=True)

        @app.view("ask")
        async def ask(ack: Any) -> None:
            await ack(response_action="errors", errors={"q": "Too short"})

        async def scene() -> None:
            playground = here.playground
            await playground.post_as(here.alice, here.general, "hello")
            await playground.settled()
            assert (await playground.command(here.bob, here.general, "/maillon")).acked
            view = playground.workspace.modal(here.bob.id)
            assert view is not None
            await playground.submit(here.bob, view, {"words": "?"})
            assert view.errors == {"q": "Too short"}
            client = here.client()
            posted = client.chat_postMessage(
                channel=here.general.id, text="Choose", blocks=buttons("go")
            )
            await playground.press(here.bob, here.message(posted["ts"]), "go")
            await playground.settled()

        with address.serving(app):
            run(scene())
        assert heard == ["hello"]
        assert here.said() == ["hello", "Voilà"]


def test_a_failure_is_retried_and_says_why() -> None:
    with over_http() as (here, app, address):
        attempts: list[Any] = []

        @app.event("message")
        async def message(body: Json, request: Any) -> None:
            headers = request.headers
            reason = headers.get("x-slack-retry-reason", [""])[0]
            attempts.append((body["event_id"], headers.get("x-slack-retry-num", [""])[0], reason))
            if len(attempts) == 1:
                raise RuntimeError("the database is away")

        with address.serving(app):
            run(here.playground.post_as(here.alice, here.general, "hello"))
            run(here.playground.settled())
        assert [attempt[1:] for attempt in attempts] == [("", ""), ("1", "http_error")]
        assert len({attempt[0] for attempt in attempts}) == 1


def test_a_wrong_secret_is_turned_away() -> None:
    with over_http() as (here, _, address):
        app = here.bolt(secret="another")
        with address.serving(app):
            answer = run(here.playground.command(here.bob, here.general, "/maillon"))
        assert (answer.acked, answer.reason) == (False, "http_error")


def test_nobody_there() -> None:
    with over_http() as (here, _, address):
        address.listener.close()
        answer = run(here.playground.command(here.bob, here.general, "/maillon"))
        assert (answer.acked, answer.reason) == (False, "connection_failed")

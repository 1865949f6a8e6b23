"""Redelivery, and Socket Mode connections that come, go and break."""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast

import pytest
import websockets
from slack_bolt.async_app import AsyncApp
from starlette.websockets import WebSocket, WebSocketDisconnected
from websockets.exceptions import InvalidStatus

from bot.playground.answer import Answer, Attempt, Envelope
from bot.playground.installed import InstalledApp
from bot.playground.sockets import Connection, Sockets

from .support import Json, World, buttons, connected, run, world


def test_a_failed_event_comes_again_as_the_same_event(here: World) -> None:
    app, attempts = here.bolt(), []

    @app.event("message")
    async def message(body: Json, request: Any) -> None:
        number = request.headers.get("x-slack-retry-num", ["0"])[0]
        attempts.append((body["event_id"], number))
        if len(attempts) < 3:
            raise RuntimeError("the database is away")

    here.playground.sockets.ack_within = 0.05

    async def scene() -> None:
        async with connected(app):
            await here.playground.post_as(here.alice, here.general, "hello")
            await here.playground.settled()

    run(scene())
    assert [number for _, number in attempts] == ["0", "1", "2"]
    assert len({event_id for event_id, _ in attempts}) == 1
    assert here.playground.delivery.lost == []


def test_after_three_retries_an_event_is_given_up(here: World) -> None:
    run(here.playground.post_as(here.alice, here.general, "is anybody there?"))
    run(here.playground.settled())
    assert [e["event"]["text"] for e in here.playground.delivery.lost] == ["is anybody there?"]


def test_an_interaction_is_not_repeated(here: World) -> None:
    app, pressed = here.bolt(), []
    here.playground.sockets.ack_within = 0.05

    @app.action("go")
    async def go() -> None:
        pressed.append("without an ack")
        raise RuntimeError

    async def scene() -> None:
        async with connected(app):
            posted = await app.client.chat_postMessage(
                channel=here.general.id, text="x", blocks=buttons("go")
            )
            answer = await here.playground.press(here.bob, here.message(posted["ts"]), "go")
            assert (answer.acked, answer.reason) == (False, "timeout")

    run(scene())
    assert pressed == ["without an ack"]


def counting(here: World, heard: list[str], name: str) -> AsyncApp:
    app = here.bolt()

    @app.event("message")
    async def message(event: Json) -> None:
        heard.append(f"{name} {event['text']}")

    return app


async def reconnected(here: World) -> None:
    """The one connection is a new one: the server asked, or broke it."""
    sockets = here.playground.sockets
    seen = sockets.changed.number
    while [connection.leaving for connection in sockets.connections] != [False]:
        seen = await sockets.changed.beyond(seen, 2)


def test_of_several_connections_one_is_told(here: World) -> None:
    heard: list[str] = []

    async def scene() -> None:
        one, two = counting(here, heard, "one"), counting(here, heard, "two")
        async with connected(one), connected(two):
            for number in range(4):
                await here.playground.post_as(here.alice, here.general, str(number))
            await here.playground.settled()

    run(scene())
    assert sorted(name.split()[0] for name in heard) == ["one", "one", "two", "two"]
    assert sorted(name.split()[1] for name in heard) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_a_refresh_loses_nothing(here: World, reason: Any) -> None:
    heard: list[str] = []

    async def scene() -> None:
        async with connected(counting(here, heard, "one")):
            await here.playground.refresh_connections(reason)
            for number in range(3):
                await here.playground.post_as(here.alice, here.general, str(number))
            await reconnected(here)
            await here.playground.settled()

    run(scene())
    # An ack may have gone down with the old connection: then the event came twice.
    assert set(heard) == {"one 0", "one 1", "one 2"}


def test_a_broken_connection_is_replaced_and_the_event_repeated() -> None:
    heard: list[str] = []

    async def scene(here: World) -> None:
        app = here.bolt()
        once = asyncio.Event()

        @app.event("message")
        async def message(event: Json) -> None:
            heard.append(event["text"])
            if not once.is_set():  # the work is done and its ack has no connection any more
                once.set()
                await here.playground.break_connection()

        async with connected(app):
            await here.playground.post_as(here.alice, here.general, "hello")
            await reconnected(here)
            await here.playground.settled()

    with world(retry_after=(0.3, 0.3, 0.3)) as made:
        run(scene(made))
        assert made.playground.delivery.lost == []
    assert heard == ["hello", "hello"]


def test_a_ticket_opens_one_connection(here: World) -> None:
    async def scene() -> None:
        url = here.client("xapp-playground").apps_connections_open(app_token="xapp-playground")
        async with websockets.connect(url["url"], proxy=None) as socket:
            hello = json.loads(await socket.recv())
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        with pytest.raises(InvalidStatus):
            await websockets.connect(url["url"], proxy=None)

    run(scene())


def test_an_eleventh_connection_is_sent_away(here: World) -> None:
    async def scene() -> None:
        client = here.client("xapp-playground")
        sockets = []
        for _ in range(11):
            url = client.apps_connections_open(app_token="xapp-playground")["url"]
            sockets.append(await websockets.connect(url, proxy=None))
        first = [json.loads(await socket.recv()) for socket in sockets]
        for socket in sockets:
            await socket.close()
        assert [words["type"] for words in first] == ["hello"] * 10 + ["disconnect"]
        assert first[-1]["reason"] == "too_many_websockets"

    run(scene())


def test_a_connection_that_has_just_ended_gives_no_answer() -> None:
    """Its reader has not noticed yet; the event must come again, not vanish in an exception."""

    class Ended:
        async def send_json(self, words: Any) -> None:
            raise WebSocketDisconnected

    sockets = Sockets(InstalledApp(), ack_within=3.0)
    sockets.connections.append(Connection(cast("WebSocket", Ended())))
    answer = asyncio.run(sockets.deliver(Envelope.EVENT, {}, Attempt()))
    assert answer == Answer(False, reason="timeout")

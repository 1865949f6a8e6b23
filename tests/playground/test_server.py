"""The playground as its users hold it: pages beside it, acting from anywhere, what one may see."""

from __future__ import annotations

import asyncio
from urllib.request import urlopen

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.playground.installed import InstalledApp
from bot.playground.server import Playground

from .support import START, Json, World, connected, run, world


def test_pages_are_served_beside_slacks_own() -> None:
    def pages(playground: Playground) -> list[Route]:
        async def people(request: Request) -> Response:
            carla = await playground.join("Carla", "carla@example.org")  # on the server's own loop
            return PlainTextResponse(f"{carla.real_name} {len(playground.workspace.users)}")

        return [Route("/people", people)]

    with world(pages=pages) as here, urlopen(f"{here.playground.url}/people") as response:
        assert response.read() == b"Carla 4"


def test_a_workspace_is_furnished_before_it_is_served() -> None:
    playground = Playground(START)
    workspace = playground.workspace
    alice = workspace.add_user("Alice", "alice@example.org")
    general = workspace.add_channel("general", members=[alice.id])
    run(playground.post_as(alice, general, "first"))
    with playground.serve():
        assert [m.text for m in workspace.visible(general.id, alice.id)] == ["first"]
    assert playground.stopping


def test_one_posts_where_one_is(room: World) -> None:
    elsewhere = room.playground.workspace.add_channel("elsewhere", members=[room.bob.id])
    with pytest.raises(LookupError, match="Alice Martin is not in elsewhere"):
        run(room.playground.post_as(room.alice, elsewhere, "hello"))


def test_a_page_waits_for_a_change(room: World) -> None:
    changes = room.playground.workspace.changes

    async def scene() -> None:
        seen = changes.number
        assert await changes.beyond(seen, timeout=0) == seen
        waiting = asyncio.create_task(changes.beyond(seen))
        await room.playground.post_as(room.alice, room.general, "hello")
        assert await waiting > seen

    run(scene())


def test_the_bot_hears_only_where_it_is(here: World) -> None:
    app, heard = here.bolt(), []

    @app.event("message")
    async def message(event: Json) -> None:
        heard.append((event["channel_type"], event["text"]))

    async def scene() -> None:
        playground, workspace = here.playground, here.playground.workspace
        elsewhere = workspace.add_channel("elsewhere", members=[here.alice.id])
        private = workspace.add_channel(
            "private", kind="private", members=[here.alice.id, here.bot.id]
        )
        direct = await playground.direct(here.alice)
        group = await playground.direct(here.alice, here.bob)
        async with connected(app):
            for channel in (elsewhere, here.general, private, direct, group):
                await playground.post_as(here.alice, channel, "hello")
                await playground.settled()

    run(scene())
    assert [kind for kind, _ in heard] == ["channel", "group", "im", "mpim"]


def test_the_bot_hears_only_what_it_subscribed_to() -> None:
    with world(app=InstalledApp(events=frozenset({"team_join"}))) as here:
        run(here.playground.post_as(here.alice, here.general, "hello"))
        run(here.playground.join("Carla", "carla@example.org"))
        run(here.playground.settled())
        lost = [payload["event"]["type"] for payload in here.playground.delivery.lost]
        assert lost == ["team_join"]

"""What comes over the connections of Socket Mode: acknowledged, or sent again and counted once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from bot.db.inbox import SeenKey
from bot.delivery.tables import Delivery
from bot.platforms.slack.handlers import Handlers
from bot.platforms.slack.link import Times
from bot.playground.connection import drop
from tests.playground.support import World, run, world

from .connections import connected, listening, said, there, until
from .support import bot


@pytest.fixture
def here() -> Iterator[World]:
    with world(retry_after=(0.0, 0.1, 0.1)) as made:
        yield made


def test_what_its_connection_took_away_comes_again_over_the_other(here: World) -> None:
    heard: list[str] = []

    async def hear(words: str) -> None:
        heard.append(words)
        if len(heard) == 1:  # done, and its acknowledgement has no connection any more
            (used,) = (one for one in here.playground.sockets.connections if one.unacked)
            await there(here, lambda: drop(used.socket.scope))

    async def scene() -> None:
        async with connected(here, listening(here, hear)):
            await said(here, "hello")
            await here.playground.settled()

    run(scene())
    assert heard == ["hello", "hello"]
    assert here.playground.delivery.lost == []


def test_slow_listeners_hold_up_neither_others_nor_pings(here: World) -> None:
    """More of them than the library would keep before it stops reading."""
    many, heard = 40, list[str]()
    here.playground.sockets.ack_within = 60

    async def scene() -> None:
        others, last = asyncio.Event(), asyncio.Event()

        async def hear(words: str) -> None:
            heard.append(words)
            if words == "last":
                last.set()
            await others.wait()

        async with connected(here, listening(here, hear), count=1) as sockets:
            await said(here, *(["slow"] * many), "last")
            async with asyncio.timeout(20):
                await last.wait()
                (link,) = sockets._links
                await (await link._socket.ping())
            others.set()
            await here.playground.settled()

    run(scene())
    assert len(heard) == many + 1


def test_before_it_closes_what_is_under_way_is_acknowledged_and_nothing_more_is_taken(
    here: World,
) -> None:
    here.playground.sockets.ack_within = 20
    heard: list[str] = []

    async def scene() -> None:
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def hear(words: str) -> None:
            heard.append(words)
            begun.set()
            await go_on.wait()

        async with connected(here, listening(here, hear), count=1) as sockets:
            await said(here, "first")
            await begun.wait()
            closing = asyncio.ensure_future(sockets.close())
            await until(here, lambda: sockets.connected == 0)
            assert here.playground.sockets.connections  # still open, for the acknowledgement
            await said(here, "too late")
            go_on.set()
            await closing
            await here.playground.settled()

    run(scene())
    assert heard == ["first"]
    assert [each["event"]["text"] for each in here.playground.delivery.lost] == ["too late"]


def test_what_does_not_end_is_not_waited_for_beyond_its_time(here: World) -> None:
    async def scene() -> None:
        begun = asyncio.Event()

        async def hear(words: str) -> None:
            begun.set()
            await asyncio.Event().wait()

        app = listening(here, hear)
        async with connected(here, app, times=Times(draining=0.01)):
            await said(here, "endless")
            await begun.wait()

    run(scene())


def test_an_event_over_two_connections_at_once_counts_once(database_url: str) -> None:
    async def scene() -> None:
        async with bot(database_url, Handlers()) as here:
            playground = here.here.playground
            await until(here.here, lambda: len(playground.sockets.connections) == 2)
            playground.delivery.doubling = 1
            direct = await playground.direct(here.here.alice)
            await playground.post_as(here.here.alice, direct, "programme ?")
            await playground.settled()
            assert playground.delivery.sendings == 2
            assert await here.count(select(func.count()).select_from(SeenKey)) == 1
            assert await here.count(select(func.count()).select_from(Delivery)) == 1
            assert await here.slack.connected() is True
            await here.slack.disconnect()
            assert await here.slack.connected() is False

    run(scene())

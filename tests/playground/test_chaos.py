"""A bad day for connections: what the playground does to them, and that a seed repeats it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bot.playground.answer import Answer, Attempt, Envelope
from bot.playground.api import CONNECT
from bot.playground.chaos import Chaos
from bot.playground.faults import Fault
from bot.playground.server import Playground
from bot.playground.witness import Gap, Witness

from .support import START, Machine, World, refused, run


def address(here: World) -> str:
    client = here.client("xapp-playground")
    url: str = client.apps_connections_open(app_token="xapp-playground")["url"]
    return url


async def opened(here: World, **options: Any) -> ClientConnection:
    socket = await websockets.connect(address(here), proxy=None, **options)
    await socket.recv()
    return socket


async def there(here: World, act: Callable[[], Any]) -> Any:
    async def acted() -> Any:
        answer = act()
        return await answer if asyncio.iscoroutine(answer) else answer

    assert here.playground.loop is not None
    return await asyncio.wrap_future(
        asyncio.run_coroutine_threadsafe(acted(), here.playground.loop)
    )


def delivered(here: World) -> Any:
    return here.playground.sockets.deliver(Envelope.EVENT, {}, Attempt())


async def gone(here: World) -> None:
    sockets = here.playground.sockets
    seen = sockets.changed.number
    while sockets.connections:
        seen = await sockets.changed.beyond(seen, 5)


def test_in_a_black_hole_nothing_passes_and_nobody_is_told(here: World) -> None:
    sockets = here.playground.sockets
    sockets.ack_within, sockets.believed_for = 0.05, 0.05

    async def scene() -> None:
        socket = await opened(here, close_timeout=0.01)
        await (await socket.ping())
        await there(here, sockets.swallow_one)
        pong = asyncio.ensure_future(await socket.ping())
        answer = await there(here, lambda: delivered(here))
        assert answer == Answer(False, reason="timeout")
        assert not pong.done()
        assert sockets.witness.unnoticed == 1
        await socket.close()  # its handshake is not answered either
        await gone(here)
        assert sockets.witness.unnoticed == 0
        assert sockets.witness.noticed_max_s > 0
        with pytest.raises(ConnectionClosed):
            await pong

    run(scene())


def test_an_address_is_refused_although_it_was_never_used(here: World) -> None:
    here.playground.sockets.refusing = 1

    async def scene() -> None:
        with pytest.raises(InvalidStatus):
            await opened(here)
        assert len(here.playground.sockets.witness.refusals) == 1
        await (await opened(here)).close()

    run(scene())


def test_who_was_told_to_come_again_is_cut_off_after_a_while(here: World) -> None:
    sockets = here.playground.sockets

    async def scene() -> None:
        socket = await opened(here)
        await there(here, lambda: sockets.disconnect("warning", closes_after=0.01))
        assert json.loads(await socket.recv())["reason"] == "warning"
        with pytest.raises(ConnectionClosed):
            await socket.recv()

    run(scene())


def test_latency_is_there_and_back(here: World) -> None:
    """An acknowledgement at once comes too late when the way is longer than the patience."""
    sockets = here.playground.sockets

    async def echo(socket: ClientConnection) -> None:
        async for words in socket:
            await socket.send(json.dumps({"envelope_id": json.loads(words)["envelope_id"]}))

    async def scene() -> None:
        socket = await opened(here)
        echoing = asyncio.ensure_future(echo(socket))
        assert (await there(here, lambda: delivered(here))).acked
        sockets.latency, sockets.ack_within = 1e9, 0.01
        assert not (await there(here, lambda: delivered(here))).acked
        echoing.cancel()
        await socket.close()

    run(scene())


def test_addresses_are_asked_for_too_fast_or_not_given(here: World) -> None:
    here.playground.faults.retry_after = 7
    here.playground.faults.plan(CONNECT, Fault.RATELIMITED)
    with refused("ratelimited") as answer:
        address(here)
    assert answer["headers"]["Retry-After"] == "7"


def test_the_same_seed_strikes_alike() -> None:
    async def struck(seed: int) -> Chaos:
        chaos = Chaos(Playground(START), seed)
        for _ in range(50):
            await chaos.strike()
        return chaos

    one, same, other = (run(struck(seed)).counts for seed in (1, 1, 2))
    assert one == same != other
    assert one.total() == 50


def test_a_gap_lasts_from_the_last_to_the_next_and_is_excused_without_an_address() -> None:
    machine = Machine()
    gap = Gap(machine)
    for there_is, seconds in ((False, 1.0), (False, 2.0), (True, 5.0), (False, 1.0), (True, 0.0)):
        gap.there(there_is)
        machine.now += seconds
    assert gap.longest_s == 3.0

    witness = Witness(machine)
    witness.counts(there=1, carrying=0)
    machine.now += 2.0
    witness.refused("stale")
    machine.now += 1.0
    witness.counts(there=1, carrying=1)
    assert (witness.deaf.longest_s, witness.without.longest_s) == (1.0, 0.0)

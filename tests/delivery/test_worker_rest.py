"""The worker when there is nothing to do, and when it is told to end."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event

from bot.delivery.gateway import (
    NotSentError,
    Posted,
    RefusedError,
    ThrottledError,
)
from bot.delivery.memory import LostError, MemoryGateway
from bot.delivery.pace import Rate, Rates
from bot.delivery.worker import POLL_S
from tests.delivery.support import House, run

LOST = LostError("reset")


@contextlib.contextmanager
def counted(house: House) -> Iterator[list[str]]:
    """The transactions that begin meanwhile."""
    seen: list[str] = []

    def begins(connection: Connection) -> None:
        read_only = connection.get_execution_options().get("read_only", False)
        seen.append("read" if read_only else "write")

    event.listen(house.engine, "begin", begins)
    try:
        yield seen
    finally:
        event.remove(house.engine, "begin", begins)


def turn_counted(house: House) -> tuple[float, list[str]]:
    with counted(house) as transactions:
        wait: float = run(house.worker().turn())
    return wait, transactions


def test_an_idle_turn_is_one_read(house: House) -> None:
    house.say("a")
    house.turn()
    assert turn_counted(house) == (POLL_S, ["read"])


@pytest.mark.parametrize(
    "failure", [ThrottledError(30), NotSentError("ratelimited", 30), LOST, RefusedError("no")]
)
def test_it_rests_while_an_edit_waits_for_its_post(house: House, failure: Exception) -> None:
    house.say("a")
    house.refresh("a")
    house.gateway.failures = [failure]
    house.turn(times=2)
    wait, transactions = turn_counted(house)
    assert transactions == ["read"]
    assert wait == POLL_S


def test_it_rests_while_the_pace_says_so(house: House) -> None:
    for number in range(5):
        house.say(f"{number}")
    worker = house.worker(Rates(channel=Rate(1)))
    house.turn(worker)
    assert len(house.said) == 1
    with counted(house) as transactions:
        assert run(worker.turn()) == POLL_S
    assert transactions == ["read"]


class Held(MemoryGateway):
    """Answers when it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.let_go = asyncio.Event(), asyncio.Event()

    async def post(self, *args: Any) -> Posted:
        self.reached.set()
        await self.let_go.wait()
        return await super().post(*args)


def test_draining_lets_a_send_end(house: House) -> None:
    async def scene() -> None:
        gateway = Held()
        worker = house.worker(gateways={house.workspace_id: gateway})
        house.say("a")
        loop = asyncio.ensure_future(worker.run())
        await gateway.reached.wait()
        loop.cancel()
        draining = asyncio.ensure_future(worker.drain())
        await asyncio.sleep(0)
        assert not draining.done()
        gateway.let_go.set()
        await draining

    run(scene())
    assert house.states() == {"a": "sent"}


def test_draining_hands_back_what_was_being_claimed(house: House) -> None:
    """Stopped between the commit of a claim and the start of its send: another takes it at once."""
    committing, go_on = threading.Event(), threading.Event()
    worker = house.worker()
    take = worker.take

    def slowly(*args: object) -> object:
        taken = take(*args)  # type: ignore[arg-type]
        committing.set()
        go_on.wait(10)
        return taken

    worker.take = slowly  # type: ignore[method-assign, assignment]

    async def scene() -> None:
        house.say("a")
        loop = asyncio.ensure_future(worker.run())
        await asyncio.to_thread(committing.wait, 10)
        loop.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await loop
        go_on.set()
        await worker.drain()

    run(scene())
    assert house.states() == {"a": "queued"}
    house.turn()
    assert house.said == [("general", "a")]


def test_draining_leaves_what_is_not_answered_to_be_looked_up(house: House) -> None:
    async def scene() -> None:
        gateway = Held()
        worker = house.worker(gateways={house.workspace_id: gateway})
        house.say("a")
        await worker.turn()
        await gateway.reached.wait()
        await worker.drain(0.0)

    run(scene())
    assert house.states() == {"a": "unknown"}


def test_a_look_that_was_not_begun_is_handed_back(house: House) -> None:
    house.gateway.failures = [LOST]
    house.say("a")
    house.turn()
    house.age()
    looking = house.doubts()

    async def scene() -> None:
        worker = house.worker()
        await worker.drain()
        await worker._settle(looking[0])

    run(scene())
    assert house.doubts() == looking


def test_it_goes_on_after_a_turn_that_fails(house: House) -> None:
    async def scene() -> None:
        worker = house.worker()
        turn, failed = worker.turn, asyncio.Event()

        async def once() -> float:
            worker.turn = turn  # type: ignore[method-assign]
            failed.set()
            worker.wake()
            raise ZeroDivisionError

        worker.turn = once  # type: ignore[method-assign]
        house.say("a")
        loop = asyncio.ensure_future(worker.run())
        await failed.wait()
        async with asyncio.timeout(10):
            while house.open():  # noqa: ASYNC110 (the database has no event to wait for)
                await asyncio.sleep(0.005)
        loop.cancel()
        await worker.drain()

    run(scene())
    assert house.said == [("general", "a")]


def test_turns_come_apart_however_much_there_is(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            raise asyncio.CancelledError

    async def more_to_do() -> float:
        return 0.0

    async def scene() -> None:
        worker = house.worker()
        worker.turn = more_to_do  # type: ignore[method-assign]
        monkeypatch.setattr("bot.delivery.worker.asyncio.sleep", sleep)
        monkeypatch.setattr("bot.delivery.worker.APART_S", 60.0)
        with contextlib.suppress(asyncio.CancelledError):
            await worker.run()

    run(scene())
    assert all(0 < wait <= 60 for wait in waits)


@pytest.mark.parametrize("steps", range(4))
def test_a_stop_that_comes_with_a_wake_is_a_stop(house: House, steps: int) -> None:
    async def scene() -> None:
        worker, resting = house.worker(), asyncio.Event()

        async def nothing_to_do() -> float:
            resting.set()
            return POLL_S

        worker.turn = nothing_to_do  # type: ignore[method-assign]
        loop = asyncio.ensure_future(worker.run())
        await resting.wait()
        await asyncio.sleep(0)
        worker.wake()
        for _ in range(steps):
            await asyncio.sleep(0)
        loop.cancel()
        await asyncio.wait({loop}, timeout=5)
        assert loop.cancelled()

    run(scene())


def test_what_was_claimed_ahead_keeps_silent_too(house: House) -> None:
    """Three have their turns one after the other, and the platform turns the first away."""
    for key in ("a", "b", "c"):
        house.say(key, key)
    house.gateway.failures = [ThrottledError(30)]
    house.turn(house.worker(Rates(posts=Rate(600))))
    assert house.said == []
    assert {house.row(key).state for key in ("a", "b", "c")} == {"queued"}
    assert {house.row(key).attempts for key in ("a", "b", "c")} == {0}

"""A bad day, fault by fault: what the caller is told, and what really happened."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Callable
from http.client import RemoteDisconnected

import pytest
from slack_sdk.errors import SlackApiError

from bot.playground.faults import Fault, Faults
from bot.playground.limits import Limits

from .support import Machine, World, connected, refused, run

POST = "chat.postMessage"


def post(room: World, text: str = "x") -> None:
    room.client().chat_postMessage(channel=room.general.id, text=text)


def test_dropped_after_receipt(room: World) -> None:
    room.playground.faults.plan(POST, Fault.DROP_AFTER_RECEIPT)
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        post(room)
    assert room.said() == ["x"]
    receipts = room.playground.receipts
    assert (receipts.posts[-1].channel, receipts.drops_after_receipt) == (room.general.id, 1)
    post(room)  # the day goes on
    assert room.said() == ["x", "x"]


def test_accepted_late(room: World) -> None:
    faults, workspace = room.playground.faults, room.playground.workspace
    faults.late_by = 0.05
    faults.plan(POST, Fault.LATE)
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        post(room)
    assert room.said() == []
    run(workspace.changes.beyond(workspace.changes.number, 2))
    run(room.playground.settled())
    assert room.said() == ["x"]
    assert room.playground.receipts.late == 1


def test_429_of_a_bad_day(room: World) -> None:
    room.playground.faults.retry_after = 30
    room.playground.faults.plan(POST, Fault.RATELIMITED)
    with refused("ratelimited") as answer:
        post(room)
    assert answer["headers"]["Retry-After"] == "30"
    assert room.said() == []


@pytest.mark.parametrize(("fault", "said"), [(Fault.ERROR_BEFORE, []), (Fault.ERROR_AFTER, ["x"])])
def test_errors_before_and_after(room: World, fault: Fault, said: list[str]) -> None:
    room.playground.faults.plan(POST, fault)
    with pytest.raises(SlackApiError) as raised:
        post(room)
    assert raised.value.response.status_code == 503
    assert room.said() == said


def test_slow(room: World) -> None:
    room.playground.faults.slow_by = 0.01
    room.playground.faults.plan(POST, Fault.SLOW)
    post(room)
    assert room.said() == ["x"]


def test_a_broken_socket(room: World) -> None:
    sockets = room.playground.sockets

    async def until(condition: Callable[[], bool]) -> None:
        seen = sockets.changed.number
        while not condition():
            seen = await sockets.changed.beyond(seen, 2)

    async def scene() -> None:
        async with connected(room.bolt()):
            await until(lambda: len(sockets.connections) == 1)
            first = sockets.connections[0]
            room.playground.faults.plan(POST, Fault.DISCONNECT)
            await asyncio.to_thread(post, room)
            await until(lambda: bool(sockets.connections) and sockets.connections[0] is not first)
            # Its client looks at the connection it has once more before it is closed.
            await room.playground.post_as(room.alice, room.general, "hello")

    run(scene())


def test_an_answer_is_held_while_the_post_is_there(room: World) -> None:
    hold = room.playground.faults.hold_next(POST)

    async def scene() -> None:
        posting = asyncio.create_task(asyncio.to_thread(post, room))
        await hold.applied()
        assert room.said() == ["x"]
        assert not posting.done()
        hold.release()
        await posting

    run(scene())
    hold.wait(0)  # a drill without a loop waits like this


def test_only_a_call_that_was_applied_is_held(room: World) -> None:
    hold = room.playground.faults.hold_next(POST)
    with refused("channel_not_found"):
        room.client().chat_postMessage(channel="C0", text="x")
    with pytest.raises(TimeoutError):
        hold.wait(0)


def test_a_held_answer_is_let_go_when_the_day_ends(room: World) -> None:
    hold = room.playground.faults.hold_next(POST)

    async def scene() -> None:
        posting = asyncio.create_task(asyncio.to_thread(post, room))
        await hold.applied()
        room.playground.faults.clear()
        await posting

    run(scene())


def test_restricted_history(room: World) -> None:
    client, where = room.client(), room.general.id
    for number in range(16):
        post(room, str(number))
    room.playground.faults.restrict_reads()
    room.playground.limits.scale = 1.0
    page = client.conversations_history(channel=where, limit=100)
    assert (len(page["messages"]), page["has_more"]) == (15, True)
    with refused("ratelimited"):
        client.conversations_history(channel=where)
    room.playground.faults.clear()
    room.playground.limits.scale = math.inf
    assert len(client.conversations_history(channel=where)["messages"]) == 16


def test_a_seed_makes_the_same_day_twice() -> None:
    def day() -> list[Fault | None]:
        faults = Faults(7, Limits(Machine()))
        faults.rates = {Fault.DROP_AFTER_RECEIPT: 0.1, Fault.ERROR_AFTER: 0.2}
        drawn = [faults.draw(POST) for _ in range(1000)]
        assert faults.counts == Counter(fault for fault in drawn if fault)
        assert faults.draw("auth.test") is None
        return drawn

    first = day()
    assert day() == first
    assert 60 < first.count(Fault.DROP_AFTER_RECEIPT) < 140
    assert 150 < first.count(Fault.ERROR_AFTER) < 250

"""The hub: one read a change, whoever watches; nobody waits for anybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event as Flag
from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.types import Message
from structlog.testing import capture_logs

from bot.core.clock import SimulatedClock
from bot.db.engine import create_database_engine
from bot.db.runtime import Runtime
from bot.web.live import Live, Snapshot
from bot.web.streams import live_response
from tests.delivery.support import START, run

from .support import Board, add, slugs, take_away

NEVER = 3_600.0


@dataclass
class Reads:
    """How often the topic was read, what it is to do, and whether a read may end."""

    count: int = 0
    fails: bool = False
    began: Flag = field(default_factory=Flag)
    may_end: Flag = field(default_factory=Flag)


@dataclass(frozen=True)
class Watched:
    """The names of the events and the minute; `reads` is the test's hold on it."""

    reads: Reads = field(compare=False, default_factory=Reads)

    def load(self, session: Session, now: datetime) -> Snapshot | None:
        self.reads.count += 1
        if self.reads.fails:
            raise ZeroDivisionError
        found = slugs(session)
        self.reads.began.set()
        if "slow" in found:
            assert self.reads.may_end.wait(10)
        return None if "over" in found else Snapshot(f"{now:%H:%M} {' '.join(found)}".strip())


def live(runtime: Runtime, clock: SimulatedClock | None = None, **timing: float) -> Live:
    """A hub that reads after commits only, unless a test says otherwise."""
    timing = {"tick_s": NEVER, "pace_s": 0, "beat_s": NEVER, **timing}
    return Live(runtime, clock or SimulatedClock(START), **timing)


async def told(stream: AsyncIterator[Snapshot | None]) -> str | None:
    async with asyncio.timeout(10):
        state = await anext(stream, Snapshot("the end"))
    return state.version if state else None


def test_each_commit_is_read_once_for_all_who_watch(runtime: Runtime) -> None:
    topic = Watched()

    async def scene() -> None:
        async with live(runtime).running() as hub:
            streams = [hub.follow(topic) for _ in range(50)]
            assert {await told(each) for each in streams} == {"08:00"}
            assert topic.reads.count == 1
            for number, name in enumerate(["a", "b", "c"], start=2):
                waiting = [asyncio.ensure_future(told(each)) for each in streams]
                await asyncio.sleep(0)  # they wait
                await runtime.run(add(name))
                expected = " ".join(["08:00", *"abc"[: number - 1]])
                assert set(await asyncio.gather(*waiting)) == {expected}
                assert topic.reads.count == number
            for each in streams:
                await each.aclose()

    run(scene())


def test_who_comes_later_is_told_from_memory(runtime: Runtime) -> None:
    topic = Watched()

    async def scene() -> None:
        async with live(runtime).running() as hub, aclosing(hub.follow(topic)) as first:
            await told(first)
            async with aclosing(hub.follow(Watched())) as second:  # equal topics are one
                assert await told(second) == "08:00"
            for _ in range(100):
                assert await hub.snapshot(topic) == Snapshot("08:00")
            assert topic.reads.count == 1

    run(scene())


def test_a_topic_that_nobody_watches_costs_nothing(runtime: Runtime) -> None:
    topic = Watched()

    async def scene() -> None:
        async with live(runtime, tick_s=0.001).running() as hub:
            stream = hub.follow(topic)
            await told(stream)
            await stream.aclose()
            before = topic.reads.count
            for name in "abc":
                await runtime.run(add(name))
                await runtime.read(slugs)
            assert topic.reads.count == before

    run(scene())


def test_who_leaves_a_stream_watches_no_more(runtime: Runtime) -> None:
    topic = Watched()
    scope = {"type": "http", "headers": [(b"accept", b"text/event-stream")]}

    async def scene() -> None:
        left = asyncio.Event()

        async def receive() -> Message:
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message.get("body"):
                left.set()

        async with live(runtime).running() as hub:
            await (await live_response(hub, Request(scope), topic, "fr"))(scope, receive, send)
            before = topic.reads.count
            await runtime.run(add("a"))
            await runtime.read(slugs)
            assert topic.reads.count == before

    run(scene())


def test_commits_during_a_read_become_one_more(runtime: Runtime) -> None:
    topic = Watched()
    reads = topic.reads

    async def scene() -> None:
        async with live(runtime).running() as hub, aclosing(hub.follow(topic)) as stream:
            await told(stream)
            reads.began.clear()
            await runtime.run(add("slow"))
            assert await asyncio.to_thread(reads.began.wait, 10)
            for name in "abc":
                await runtime.run(add(name))
            reads.may_end.set()
            assert await told(stream) == "08:00 slow"
            assert await told(stream) == "08:00 a b c slow"
            assert reads.count == 3

    run(scene())


def test_what_another_process_commits_is_noticed(runtime: Runtime) -> None:
    other = Runtime(create_database_engine(runtime.engine.url.render_as_string(False)))

    async def scene() -> None:
        hub = live(runtime, tick_s=0.01)
        async with hub.running(), aclosing(hub.follow(Watched())) as stream:
            await told(stream)
            await other.run(add("a"))
            assert await told(stream) == "08:00 a"

    try:
        run(scene())
    finally:
        other.close()


def test_time_that_passes_is_noticed(runtime: Runtime) -> None:
    clock = SimulatedClock(START)

    async def scene() -> None:
        hub = live(runtime, clock, tick_s=0.01)
        async with hub.running(), aclosing(hub.follow(Watched())) as stream:
            assert await told(stream) == "08:00"
            clock.set(START.replace(minute=1))
            assert await told(stream) == "08:01"

    run(scene())


def test_what_stays_the_same_is_not_told_again(runtime: Runtime) -> None:
    async def scene() -> None:
        hub = live(runtime, tick_s=0.01, beat_s=0.05)
        async with hub.running(), aclosing(hub.follow(Watched())) as stream:
            assert [await told(stream) for _ in range(3)] == ["08:00", None, None]

    run(scene())


def test_who_is_slow_gets_the_newest_and_keeps_nobody_waiting(runtime: Runtime) -> None:
    async def scene() -> None:
        async with (
            live(runtime).running() as hub,
            aclosing(hub.follow(Watched())) as slow,
            aclosing(hub.follow(Watched())) as quick,
        ):
            await told(slow), await told(quick)
            for name, expected in [("a", "08:00 a"), ("b", "08:00 a b"), ("c", "08:00 a b c")]:
                await runtime.run(add(name))
                assert await told(quick) == expected
            assert await told(slow) == "08:00 a b c"

    run(scene())


def test_a_failing_read_keeps_the_last_state_and_is_logged_once(runtime: Runtime) -> None:
    topic = Watched()

    async def scene() -> None:
        hub = live(runtime, tick_s=0.001, beat_s=0.2)
        async with hub.running(), aclosing(hub.follow(topic)) as stream:
            assert await told(stream) == "08:00"
            topic.reads.fails = True
            await runtime.run(add("a"))
            assert await told(stream) is None  # a beat: they are told nothing of it
            assert await hub.snapshot(topic) == Snapshot("08:00")
            topic.reads.fails = False
            assert await told(stream) == "08:00 a"

    with capture_logs() as logs:
        run(scene())
    assert [(line["event"], line["topic"]) for line in logs] == [("live.load_failed", "Watched")]


def test_who_asks_first_during_a_failure_hears_of_it(runtime: Runtime) -> None:
    topic = Watched(Reads(fails=True))

    async def scene() -> None:
        hub = live(runtime)
        with pytest.raises(ZeroDivisionError):
            await hub.snapshot(topic)
        topic.reads.fails = False
        assert await hub.snapshot(topic) == Snapshot("08:00")

    with capture_logs():
        run(scene())


def test_a_question_is_answered_from_memory_while_it_is_fresh(runtime: Runtime) -> None:
    topic = Watched()

    async def scene() -> None:
        async with live(runtime).running() as hub:
            answers = await asyncio.gather(*(hub.snapshot(topic) for _ in range(20)))
            assert answers == [Snapshot("08:00")] * 20
            assert topic.reads.count == 1
            await runtime.run(add("a"))
            assert await hub.snapshot(topic) == Snapshot("08:00 a")
            assert await hub.snapshot(topic) == Snapshot("08:00 a")
            assert topic.reads.count == 2

    run(scene())


def test_a_question_after_a_tick_reads_anew(runtime: Runtime) -> None:
    topic = Watched()

    async def scene() -> None:
        hub = live(runtime, tick_s=0)
        for count in (1, 2, 3):
            await hub.snapshot(topic)
            assert topic.reads.count == count

    run(scene())


def test_streams_end_with_their_topic(runtime: Runtime) -> None:
    async def scene() -> None:
        async with live(runtime).running() as hub:
            async with aclosing(hub.follow(Watched())) as stream:
                await told(stream)
                await runtime.run(add("over"))
                assert await told(stream) == "the end"
            assert await hub.snapshot(Watched()) is None
            async with aclosing(hub.follow(Watched())) as stream:
                assert await told(stream) == "the end"
            await runtime.run(take_away("over"))
            assert await hub.snapshot(Watched()) == Snapshot("08:00")

    run(scene())


def test_streams_end_with_the_hub(runtime: Runtime) -> None:
    async def scene() -> None:
        hub = live(runtime)
        async with hub.running():
            streams = [hub.follow(Watched()) for _ in range(3)]
            waiting: list[asyncio.Future[Any]] = []
            for each in streams:
                await told(each)
                waiting.append(asyncio.ensure_future(told(each)))
        assert await asyncio.gather(*waiting) == ["the end"] * 3
        assert await told(hub.follow(Watched())) == "the end"
        assert runtime.after_commit == []

    run(scene())


def test_the_version_follows_from_the_fragments() -> None:
    one, same, other = (Snapshot.of({"fr": fr, "en": "x"}) for fr in ("a", "a", "b"))
    assert one == same
    assert one != other
    assert Board() == Board()

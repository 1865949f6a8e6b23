"""What arrives together is written together, and fails alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest
from sqlalchemy.orm import Session

from bot.core.errors import BusyError
from bot.db.batches import Batches
from bot.db.runtime import Runtime
from tests.db.test_runtime import adds, blocker, slugs
from tests.delivery.support import run

POISON = "poison"


class Written:
    """Writes an event a slug, and remembers what came together."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def __call__(self, session: Session, items: Sequence[str]) -> list[str]:
        self.batches.append(list(items))
        for slug in items:
            adds(slug)(session)
            if slug == POISON:
                raise ZeroDivisionError
        return [slug.upper() for slug in items]


def names(count: int) -> list[str]:
    return [f"e{number:02}" for number in range(count)]


def test_each_gets_its_own_result_after_the_commit(runtime: Runtime) -> None:
    written, woken = Written(), []
    runtime.after_commit.append(lambda: woken.append(len(slugs(runtime))))

    async def scene() -> list[str]:
        batches = Batches(runtime, written)
        return await asyncio.gather(*map(batches.add, names(50)))

    assert run(scene()) == [name.upper() for name in names(50)]
    assert slugs(runtime) == names(50)
    assert written.batches == [names(50)]  # one transaction for those who came in one breath
    assert woken == [50]


def test_who_arrives_while_the_writers_are_busy_forms_the_next_batch(runtime: Runtime) -> None:
    written, block = Written(), blocker(runtime)

    async def scene() -> None:
        batches = Batches(runtime, written, size=30)
        running = await block.occupy(runtime)
        adding = [asyncio.ensure_future(batches.add(name)) for name in names(50)]
        await asyncio.sleep(0)
        block.go_on.set()
        await asyncio.gather(*running, *adding)

    run(scene())
    assert written.batches == [names(50)[:30], names(50)[30:]]
    assert slugs(runtime) == names(50)


def test_one_bad_item_harms_no_other(runtime: Runtime) -> None:
    written = Written()
    items = [*names(25), POISON, *(name.replace("e", "f") for name in names(24))]

    async def scene() -> list[str | BaseException]:
        batches = Batches(runtime, written)
        return await asyncio.gather(*map(batches.add, items), return_exceptions=True)

    results = run(scene())
    assert [type(one) for one in results if not isinstance(one, str)] == [ZeroDivisionError]
    assert isinstance(results[25], ZeroDivisionError)
    assert slugs(runtime) == sorted(set(items) - {POISON})


def test_two_alike_in_one_batch_are_the_use_case_s_affair(runtime: Runtime) -> None:
    """The same event twice breaks a key: written one by one, the second alone fails."""

    async def scene() -> list[str | BaseException]:
        batches = Batches(runtime, Written())
        return await asyncio.gather(*map(batches.add, "aab"), return_exceptions=True)

    first, second, other = run(scene())
    assert (first, other) == ("A", "B")
    assert isinstance(second, Exception)
    assert slugs(runtime) == ["a", "b"]


def test_who_waited_too_long_is_told_and_never_written(runtime: Runtime) -> None:
    written, block = Written(), blocker(runtime)

    async def scene() -> None:
        batches = Batches(runtime, written, begin_within=0.02)
        running = await block.occupy(runtime)
        for name in ("late", "later"):  # the watch is wound anew for the next
            with pytest.raises(BusyError):
                await batches.add(name)
        block.go_on.set()
        await asyncio.gather(*running)
        await batches.add("next")

    run(scene())
    assert slugs(runtime) == ["next"]
    assert [batch for batch in written.batches if batch] == [["next"]]


def test_what_has_begun_is_awaited_however_long_it_takes(runtime: Runtime) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly(session: Session, items: Sequence[str]) -> list[str]:
        begun.set()
        assert go_on.wait(10)
        return Written()(session, items)

    async def scene() -> str:
        batches = Batches(runtime, slowly, begin_within=0.3)
        adding = asyncio.ensure_future(batches.add("a"))
        assert await asyncio.to_thread(begun.wait, 10)
        await asyncio.sleep(0.35)
        assert not adding.done()
        go_on.set()
        return await adding

    assert run(scene()) == "A"


def test_who_stopped_waiting_before_the_turn_is_not_written(runtime: Runtime) -> None:
    written, block = Written(), blocker(runtime)

    async def scene() -> None:
        batches = Batches(runtime, written)
        running = await block.occupy(runtime)
        gone, there = (asyncio.ensure_future(batches.add(name)) for name in ("gone", "there"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        block.go_on.set()
        await asyncio.gather(*running, there)

    run(scene())
    assert slugs(runtime) == ["there"]


def test_settled_means_that_all_is_written(runtime: Runtime) -> None:
    async def scene() -> None:
        batches = Batches(runtime, Written(), size=10)
        await batches.settled()
        adding = [asyncio.ensure_future(batches.add(name)) for name in names(25)]
        await asyncio.sleep(0)
        await batches.settled()
        assert all(one.done() for one in adding)
        assert slugs(runtime) == names(25)

    run(scene())


def test_without_a_database_everybody_is_told(runtime: Runtime) -> None:
    async def scene() -> list[str | BaseException]:
        batches = Batches(runtime, Written())
        runtime.close()
        return await asyncio.gather(*map(batches.add, names(3)), return_exceptions=True)

    assert [type(one) for one in run(scene())] == [RuntimeError] * 3

"""Several processes on one PostgreSQL."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from bot.delivery.gateway import Posted
from bot.delivery.memory import MemoryGateway
from bot.delivery.pace import Paces, Rate, Rates
from tests.delivery.support import House

pytestmark = pytest.mark.postgresql
REPLICAS = 4
ROWS = 200


def test_each_row_is_claimed_once(postgresql_house: House) -> None:
    house = postgresql_house
    house.say_in_channels(ROWS)
    start = Barrier(REPLICAS)

    def claims(_: int) -> list[str]:
        start.wait()
        mine: list[str] = []
        while taken := house.claim():
            mine += [claim.delivery_id for claim in taken]
        return mine

    with ThreadPoolExecutor(REPLICAS) as pool:
        shares = list(pool.map(claims, range(REPLICAS)))
    counts = Counter(delivery_id for share in shares for delivery_id in share)
    assert (len(counts), set(counts.values())) == (ROWS, {1})


def test_the_pace_of_a_new_scope_is_shared_from_the_first_claim(postgresql_house: House) -> None:
    """Its row does not exist yet when all of them look."""
    house, scope = postgresql_house, {"w:post": Rate(1, burst=2)}
    start = Barrier(REPLICAS)

    def takes(_: int) -> bool:
        start.wait()
        with house.session() as session, session.begin():
            paces = Paces(session, house.event_id)
            taken = paces.take(scope) is None
            paces.store()
            return taken

    with ThreadPoolExecutor(REPLICAS) as pool:
        assert sorted(pool.map(takes, range(REPLICAS))) == [False, False, True, True]


def test_nobody_waits_for_another_process_that_claims(postgresql_house: House) -> None:
    house = postgresql_house
    house.say("a")
    house.turn()
    house.say("b")
    with house.session() as other, other.begin():
        Paces(other, house.event_id)
        house.turn()  # it comes back, and has taken nothing
        assert house.states() == {"a": "sent", "b": "queued"}
    house.turn()
    assert house.states() == {"a": "sent", "b": "sent"}


def test_an_unknown_post_is_looked_up_by_one(postgresql_house: House) -> None:
    house = postgresql_house
    house.say("a")
    house.claim()
    house.age(40)
    house.doubts()
    start = Barrier(REPLICAS)

    def looks(_: int) -> int:
        start.wait()
        return len(house.doubts())

    house.age(40)
    with ThreadPoolExecutor(REPLICAS) as pool:
        assert sum(pool.map(looks, range(REPLICAS))) == 1


def test_two_workers_say_everything_once(postgresql_house: House) -> None:
    house = postgresql_house
    house.say_in_channels(30)
    for number in range(1, 30, 2):
        house.refresh(f"{number}", f"{number} moved")

    async def scene() -> None:
        workers = [house.worker(), house.worker()]
        for _ in range(8):
            await asyncio.gather(*(worker.turn() for worker in workers))
            await asyncio.gather(*(worker.settled() for worker in workers))

    asyncio.run(scene())
    assert sorted(house.said) == sorted(
        (f"channel-{number}", f"{number} moved" if number % 2 else f"{number}")
        for number in range(30)
    )
    assert set(house.states().values()) == {"sent"}


class Counting(MemoryGateway):
    """Counts what Slack would count."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: Counter[str] = Counter()

    async def post(self, *given: Any) -> Posted:
        self.calls["post"] += 1
        return await super().post(*given)

    async def edit(self, *given: Any) -> None:
        self.calls["edit"] += 1
        await super().edit(*given)

    async def find(self, *given: Any) -> Mapping[str, Posted]:
        self.calls["look"] += 1
        return await super().find(*given)


def test_two_workers_together_keep_within_the_limits(postgresql_house: House) -> None:
    """As many as one alone may, although there is more of everything to do."""
    house = postgresql_house
    house.gateway = counting = Counting()
    house.say_in_channels(10)
    house.turn()
    for number in range(10):
        house.say(f"doubted {number}", f"place-{number}")
    house.claim()  # by a process that is gone
    house.age(40)
    house.doubts()
    house.age(40)
    for key in map(str, range(10)):
        house.refresh(key, f"{key} moved")
    for number in range(10):
        house.say(f"new {number}", f"elsewhere-{number}")
    counting.calls.clear()
    rate = Rate(1)
    limits = Rates(Rate(1, burst=4), rate, Rate(1, burst=2), Rate(60), rate, rate)

    async def scene() -> None:
        workers = [house.worker(limits), house.worker(limits)]
        for _ in range(6):
            await asyncio.gather(*(worker.turn() for worker in workers))
            await asyncio.gather(*(worker.settled() for worker in workers))

    asyncio.run(scene())
    assert counting.calls == {"post": 4, "edit": 1, "look": 2}

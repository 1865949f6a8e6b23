"""A large workspace under Slack's limits."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterator

import aiohttp
import pytest

from bot.delivery.gateway import OutcomeUnknownError
from bot.platforms.slack.app import web_client
from bot.platforms.slack.members import PAGE, Members
from bot.playground.faults import Fault
from bot.playground.server import Playground
from tests.playground.support import START, Machine

AT_ONCE = 20 * PAGE
"""What Slack tells in a minute."""


class Large:
    """A workspace with a page of people too many, and a bot that learns who they are."""

    def __init__(self, playground: Playground, machine: Machine) -> None:
        self.playground, self.machine = playground, machine
        self.ids = [
            playground.workspace.add_user(f"p{n}", f"p{n}@example.org").id
            for n in range(AT_ONCE + PAGE)
        ]
        self.waited: list[float] = []

    def known(self, members: Members) -> int:
        return sum(map(members.knows, self.ids))

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.machine.now += seconds

    def play(self, scene: Callable[[Members], Awaitable[None]]) -> None:
        async def with_client() -> None:
            async with aiohttp.ClientSession() as http:
                token, url = self.playground.installed.bot_token, f"{self.playground.url}/api/"
                await scene(Members(web_client(token, url, http), self.sleep))

        asyncio.run(with_client())


@pytest.fixture
def large() -> Iterator[Large]:
    machine = Machine()
    with Playground(START, monotonic=machine).serve() as playground:
        yield Large(playground, machine)


def test_a_start_does_not_wait_for_the_last_page(large: Large) -> None:
    async def scene(members: Members) -> None:
        await members.load()
        known = large.known(members)
        assert AT_ONCE - PAGE <= known < len(large.ids)
        assert members.rest is not None
        assert large.waited == []
        await members.rest
        assert large.known(members) == len(large.ids)
        assert large.waited == [60.0]

    large.play(scene)


def test_a_page_that_does_not_come_is_asked_for_again(large: Large) -> None:
    async def scene(members: Members) -> None:
        await members.load()
        large.playground.faults.plan("users.list", Fault.ERROR_BEFORE)
        assert members.rest is not None
        await members.rest
        assert large.known(members) == len(large.ids)
        assert large.waited == [60.0, 10.0]

    large.play(scene)


def test_a_bot_that_stops_does_not_read_on(large: Large) -> None:
    async def scene(members: Members) -> None:
        await members.load()
        known = large.known(members)
        await members.close()
        assert members.rest is not None
        assert members.rest.cancelled()
        assert large.known(members) == known

    large.play(scene)


def test_a_small_workspace_is_known_at_once_or_the_start_fails(large: Large) -> None:
    large.playground.limits.scale = math.inf

    async def scene(members: Members) -> None:
        large.playground.faults.plan("users.list", Fault.ERROR_BEFORE)
        with pytest.raises(OutcomeUnknownError):
            await members.load()
        await members.load()
        assert large.known(members) == len(large.ids)
        assert members.rest is None

    large.play(scene)


def test_processes_that_start_together_share_the_limit_and_learn_everybody(large: Large) -> None:
    async def scene(one: Members) -> None:
        several = [one, *(Members(one._client, large.sleep) for _ in range(2))]
        await asyncio.gather(*(members.load() for members in several))
        await asyncio.gather(*(members.rest for members in several if members.rest))
        assert [large.known(members) for members in several] == [len(large.ids)] * 3

    large.play(scene)
    assert large.waited, "three times as many pages as a minute has"

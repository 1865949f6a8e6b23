"""The connections of Socket Mode, against a workspace that treats them badly."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from random import Random

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.gateway import NotSentError, ThrottledError
from bot.platforms.slack.errors import attempt
from bot.platforms.slack.link import Times
from bot.platforms.slack.sockets import Sockets
from bot.playground import sockets as playground_sockets
from bot.playground.api import CONNECT
from bot.playground.faults import Fault
from bot.playground.sockets import Reason
from tests.playground.support import World, run, world

from .connections import Longest, Pauses, connected, held, listening, measured, renewed, said


@pytest.fixture
def here() -> Iterator[World]:
    with world(retry_after=(0.0, 0.1, 0.1)) as made:
        yield made


def test_two_connections_share_what_comes(here: World) -> None:
    heard: list[str] = []

    async def scene() -> None:
        async with connected(here, listening(here, heard.append)) as sockets:
            assert sockets.connected == 2
            assert (measured("connections"), measured("connections_wanted")) == (2, 2)
            assert 0 <= measured("unheard_seconds") < 60
            await said(here, *"1234")
            await here.playground.settled()
        assert (measured("connections"), measured("connections_wanted")) == (0, 0)
        assert measured("unheard_seconds") == 0

    run(scene())
    assert sorted(heard) == list("1234")


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_the_next_connection_is_open_before_the_last_is_left(here: World, reason: Reason) -> None:
    """Shown with a single one: between two, nobody would see the gap."""
    heard: list[str] = []

    async def scene() -> None:
        async with connected(here, listening(here, heard.append), count=1):
            await renewed(here, lambda: here.playground.sockets.disconnect(reason))
            await said(here, "still there")
            await here.playground.settled()
            assert here.playground.sockets.witness.without.longest_s == 0

    run(scene())
    assert heard == ["still there"]


def test_a_refused_address_is_given_up_and_another_one_asked_for(here: World) -> None:
    playground, before = here.playground.sockets, measured("reconnects_total", reason="refused")

    async def scene() -> None:
        async with connected(here):
            playground.refusing = 3
            await renewed(here, playground.break_one)

    run(scene())
    assert len(set(playground.witness.refusals)) == len(playground.witness.refusals) == 3
    assert measured("reconnects_total", reason="refused") == before + 3


def test_a_silent_connection_is_noticed(here: World) -> None:
    playground, before = here.playground.sockets, measured("reconnects_total", reason="silent")
    playground.believed_for = 0.0
    quick = Times(ping=0.05, silent=0.5)

    async def scene() -> None:
        async with connected(here, times=quick):
            await renewed(here, playground.swallow_one)

    run(scene())
    assert playground.witness.unnoticed == 0
    assert measured("reconnects_total", reason="silent") >= before + 1


def test_the_usual_times_notice_silence_in_fifteen_seconds_and_not_at_the_first_lost_ping() -> None:
    times = Times()
    assert 2 * times.ping < times.silent
    assert times.silent + times.closing <= 15


@pytest.mark.parametrize(
    ("count", "expected"), [(1, [1, 2, 4, 8, 8, 8, 8, 8]), (2, [1, 2, 4, 8, 16, 30, 30, 30])]
)
def test_each_failure_doubles_the_pause_and_whom_nobody_else_hears_for_is_soon_back(
    here: World, count: int, expected: list[float]
) -> None:
    playground, pauses = here.playground.sockets, Pauses()

    async def scene() -> None:
        async with connected(here, count=count, sleep=pauses, random=Longest()):
            pauses.clear()
            playground.refusing = 7
            await renewed(here, playground.break_one)

    run(scene())
    assert pauses == expected


def test_the_first_pause_after_a_steady_life_is_short(here: World) -> None:
    pauses, steady = Pauses(), Times(steady=0.0)

    async def scene() -> None:
        async with connected(here, count=1, sleep=pauses, random=Longest(), times=steady):
            await renewed(here, here.playground.sockets.break_one)

    run(scene())
    assert pauses == [0.5]


def test_pauses_are_spread(here: World) -> None:
    sockets = held(here, random=Random(1))
    pauses = [sockets._pause(3) for _ in range(200)]
    assert len(set(pauses)) == 200
    assert min(pauses) < 0.5
    assert 3.5 < max(pauses) <= 4


def test_both_places_wait_as_long_as_slack_says(here: World) -> None:
    pauses = Pauses()

    async def scene() -> None:
        async with connected(here, sleep=pauses) as sockets:
            pauses.clear()
            here.playground.faults.retry_after = 100
            here.playground.faults.plan(CONNECT, Fault.RATELIMITED)
            await renewed(here, here.playground.sockets.break_one)
            assert 90 < max(pauses) <= 100
            assert 90 < sockets._pause(0) <= 100

    run(scene())
    assert measured("reconnects_total", reason="throttled") >= 1


def test_what_a_person_must_mend_is_asked_for_as_rarely_as_can_be(here: World) -> None:
    pauses = Pauses()

    async def scene() -> None:
        async with connected(here, count=1, sleep=pauses, random=Longest()):
            await renewed(here, lambda: here.playground.sockets.disconnect("link_disabled"))

    run(scene())
    assert pauses == [30]
    assert measured("reconnects_total", reason="link_disabled") >= 1


def test_one_too_many_is_sent_away_and_the_other_stays(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playground_sockets, "MOST", 1)
    sent_away = asyncio.Event()

    async def sleep(seconds: float) -> None:
        if seconds == 30:
            sent_away.set()
            await asyncio.Event().wait()

    async def scene() -> None:
        sockets = held(here, sleep=sleep, random=Longest())
        await sockets.start()
        async with asyncio.timeout(20):
            await sent_away.wait()
        assert sockets.connected == 1
        await sockets.close()

    run(scene())


def test_a_token_that_slack_does_not_know_is_said_at_once(here: World) -> None:
    client = AsyncWebClient(base_url=f"{here.playground.url}/api/", retry_handlers=[])

    async def ask() -> str:
        await attempt(client.apps_connections_open(app_token="xapp-wrong"))
        raise AssertionError

    with pytest.raises(NotSentError, match="invalid_auth"):
        run(Sockets(ask, here.bolt()).start())


def test_who_starts_too_fast_is_told_for_how_long(here: World) -> None:
    here.playground.faults.retry_after = 7
    here.playground.faults.plan(CONNECT, Fault.RATELIMITED)
    with pytest.raises(ThrottledError) as raised:
        run(held(here).start())
    assert raised.value.retry_after == 7

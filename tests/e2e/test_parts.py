"""The work split among processes, and shared by equal ones behind a PgBouncer."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from bot.core.errors import MaillonError
from bot.parts import Part, UnknownPartError, parts_named
from tests.e2e.test_questions import GUEST, Q13, asks, team
from tests.support.congress import Congress, at, prepared, said
from tests.support.pgbouncer import pgbouncer

ROUND_TABLE = at("13:44")
OPENING = "13:45"
EVENTS, DELIVERIES, CLOCK, WEB = ({part} for part in Part)


@pytest.mark.postgresql
def test_what_comes_in_here_is_said_there(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody looks by himself: each is woken by the process that leaves work to it."""
    monkeypatch.setattr("bot.schedule.SAFETY_NET_S", 3600)
    monkeypatch.setattr("bot.delivery.worker.POLL_S", 3600)

    async def scene() -> None:
        with prepared(postgresql_url, ROUND_TABLE) as one:
            async with (
                one.bot(DELIVERIES, maillon_settle_after=600) as deliveries,
                one.bot(CLOCK),
                one.bot(WEB, slack_bot_token=None, slack_app_token=None) as web,
                one.bot(EVENTS) as events,
            ):
                await _asked_and_said(one)
                assert await _health(events.http_url) == (200, {"socket": True})
                assert await _health(deliveries.http_url) == (200, {})
                assert await _health(web.http_url) == (200, {})
                pages = [one.http_url for one in (events, deliveries, web)]
                assert [await _status(f"{url}/health/pages") for url in pages] == [404, 404, 200]
                assert [await _status(f"{url}/metrics") for url in pages] == [200, 200, 200]

    asyncio.run(scene())


@pytest.mark.pgbouncer
def test_two_processes_behind_a_pooler_say_everything_once(postgresql_url: str) -> None:
    """One listens at the server itself, one has nothing but its look each second."""

    async def scene() -> None:
        with pgbouncer(postgresql_url) as through, prepared(through, ROUND_TABLE) as one:
            async with one.bot(maillon_listen_url=postgresql_url), one.bot():
                await _asked_and_said(one)

    asyncio.run(scene())


async def _asked_and_said(one: Congress) -> None:
    await one.idle()
    await asks(one, GUEST, Q13)
    assert Q13 in said(team(one))
    await one.until(at(OPENING))
    told = one.told()
    assert len(told) == len(set(told))
    assert [(moment, place) for moment, place, _ in told if place == "programme"] != []


async def _health(url: str) -> tuple[int, dict[str, bool]]:
    """Without what every process says."""
    async with aiohttp.ClientSession() as http, http.get(f"{url}/health") as answer:
        state = await answer.json()
        assert (state.pop("database"), state.pop("healthy")) == (True, True)
        return answer.status, state


async def _status(url: str) -> int:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status


def test_the_parts_of_a_process() -> None:
    assert parts_named("clock, web") == CLOCK | WEB
    with pytest.raises(UnknownPartError, match="no part “cloc”"):
        parts_named("cloc,web")


def test_a_file_has_one_process_for_everything(sqlite_url: str) -> None:
    async def scene() -> None:
        with prepared(sqlite_url) as one:
            async with one.bot(CLOCK):
                pytest.fail("it runs")

    with pytest.raises(MaillonError, match="need PostgreSQL"):
        asyncio.run(scene())

"""Publishing the Home tab: the newest state, once, as fast as Slack lets us."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.platforms.slack import people, programme
from bot.platforms.slack.handlers import merged
from bot.platforms.slack.home import Homes
from bot.playground.faults import Fault
from tests.platforms.slack.support import Bot, bot, said

KNOWN = merged(programme.HANDLERS, people.HANDLERS)
PUBLISH = "views.publish"


def play(url: str, scene: Callable[[Bot], Awaitable[None]]) -> None:
    async def played() -> None:
        async with bot(url, KNOWN) as one:
            await one.press(await one.button("people.settings"), one.value("people.settings"))
            await scene(one)

    asyncio.run(played())


def tab(one: Bot) -> list[str]:
    view = one.here.playground.workspace.home(one.here.alice.id)
    return said(view) if view else []


def test_what_slack_holds_back_comes_later_and_only_the_newest(sqlite_url: str) -> None:
    waits: list[float] = []

    async def scene(one: Bot) -> None:
        async def pressed_meanwhile(seconds: float) -> None:
            waits.append(seconds)
            homes.show(one.here.alice.id, "La deuxième.")

        homes = Homes(one.slack.gestures, one.slack._client, pressed_meanwhile)
        one.here.playground.faults.plan(PUBLISH, Fault.RATELIMITED)
        homes.show(one.here.alice.id, "La première.")
        await homes.settled()
        assert "La deuxième." in tab(one)
        assert "La première." not in tab(one)

    play(sqlite_url, scene)
    assert len(waits) == 1
    assert waits[0] > 0


def test_a_failure_stops_nobody_elses(sqlite_url: str) -> None:
    async def scene(one: Bot) -> None:
        homes = one.slack.homes
        one.here.playground.faults.plan(PUBLISH, Fault.ERROR_BEFORE)
        homes.show(one.here.alice.id)
        await homes.settled()
        assert tab(one) == []
        homes.show("U0STRANGER")  # who was never met has no day yet
        homes.show(one.here.alice.id)
        await homes.settled()
        assert tab(one)

    play(sqlite_url, scene)


def test_only_who_opened_the_tab_is_kept_up_to_date(sqlite_url: str) -> None:
    async def scene(one: Bot) -> None:
        homes = one.slack.homes
        homes.touched(one.here.alice.id)
        await homes.settled()
        assert tab(one) == []
        homes.opened(one.here.alice.id)
        await homes.settled()
        before = one.here.playground.workspace.home(one.here.alice.id)
        assert before is not None
        stood = before.hash
        homes.touched(one.here.alice.id)
        await homes.settled()
        assert before.hash != stood

    play(sqlite_url, scene)


def test_what_cannot_open_over_the_tab_is_told_in_it(sqlite_url: str) -> None:
    async def scene(one: Bot) -> None:
        one.slack.homes.opened(one.here.alice.id)
        await one.slack.homes.settled()
        view = one.here.playground.workspace.home(one.here.alice.id)
        assert view is not None
        one.here.playground.faults.plan("views.open", Fault.ERROR_BEFORE)
        assert (await one.press(view, one.value("people.quiet_hours"))).acked
        await one.slack.homes.settled()
        assert one.closed
        assert "Le formulaire n'a pas pu s'ouvrir à temps." in tab(one)[1]

    play(sqlite_url, scene)

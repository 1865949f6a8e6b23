"""The Home tab as people use it: the real bot, a playground, and presses in the tab."""

from __future__ import annotations

import asyncio

from bot.playground.workspace import View
from tests.support.congress import Congress, at, congress, said

ADA = "valerie.guillou@example.org"


async def home(one: Congress, email: str) -> View:
    await one.playground.open_home(one.user(email))
    await one.idle()
    await one.maillon.slack.homes.settled()
    view = one.playground.workspace.home(one.user(email).id)
    assert view is not None
    return view


def test_my_day(sqlite_url: str) -> None:
    asyncio.run(_my_day(sqlite_url))


async def _my_day(database_url: str) -> None:
    async with congress(database_url, at("09:40")) as one:
        email = one.playground.workspace.users
        who = next(u.email for u in email.values() if u.locale == "fr-FR" and not u.is_bot)
        view = await home(one, who)
        print(said(view))
        print(len(view.blocks))
        await one.press(who, view, "Ajouter à mon programme")
        await one.maillon.slack.homes.settled()
        print(said(one.playground.workspace.home(one.user(who).id)))
        await one.press(who, view, "Heures calmes")
        print(said(one.modal(who)))

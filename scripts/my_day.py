"""The pictures of docs/my-day.md: the Home tab of somebody who chose sessions that overlap, and the
message of the morning.

    .venv/bin/python -m scripts.my_day
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import urlencode

from playwright.async_api import Browser, Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Maillon
from bot.demo import (
    PARIS,
    sample_event,
    sample_guests,
)
from bot.features.events.queries import find_event
from bot.features.people.queries import participant_by_email
from bot.features.programme.actions import add_star
from bot.features.programme.tables import SessionRow
from bot.playground.server import Playground
from scripts.congress import congress, until
from scripts.pictures import keep
from scripts.rooms import PUBLIC_URL
from scripts.screenshots import at

READER = next(one.email for one in sample_guests() if one.locale == "fr-FR")
CHOSEN = ("S005", "S006", "S010")
"""Two of them begin together."""
START, MORNING, LATER = at(7, 30), at(7, 50), at(10, 46)
SIZE = {"width": 1280, "height": 900}


async def choose(playground: Playground, maillon: Maillon) -> None:
    await playground.open_home(playground.workspace.user_by_email(READER) or "")

    async def stands() -> bool:
        return playground.workspace.home(person(playground)) is not None

    await until(stands)

    def use_case(session: Session) -> None:
        event_id = find_event(session)
        who = participant_by_email(session, event_id, READER)
        assert who is not None
        rows = session.scalars(select(SessionRow).where(SessionRow.code.in_(CHOSEN)))
        for row in rows:
            add_star(session, event_id, who.participant_id, row.session_id, maillon.clock.now())

    await maillon.runtime.run(use_case)


def person(playground: Playground) -> str:
    user = playground.workspace.user_by_email(READER)
    assert user is not None
    return user.id


async def take(browser: Browser, name: str, show: Callable[[Page], Awaitable[None]]) -> None:
    tab = await browser.new_page(viewport=SIZE, locale="fr-FR", timezone_id=PARIS.key)  # type: ignore[arg-type]
    await show(tab)
    keep(name, [await tab.screenshot()])
    await tab.close()


def address(playground: Playground, channel: str) -> str:
    fields = {"as": person(playground), "in": channel, "lang": "fr"}
    return f"{playground.url}/?{urlencode(fields)}"


async def home(tab: Page, playground: Playground) -> None:
    before = playground.workspace.home(person(playground))
    stood = before.hash if before else None
    await tab.goto(address(playground, playground.workspace.bot.id), wait_until="load")
    await tab.get_by_role("button", name="Accueil", exact=True).click()

    async def newer() -> bool:
        view = playground.workspace.home(person(playground))
        return view is not None and view.hash != stood

    await until(newer)
    await tab.get_by_text("Page à jour à").wait_for()


async def morning(tab: Page, playground: Playground) -> None:
    channel = playground.workspace.channel_named(sample_event().channels.general)
    assert channel is not None
    await tab.goto(address(playground, channel.id), wait_until="load")
    await tab.get_by_text("Le programme du jour").last.scroll_into_view_if_needed()


async def main() -> None:
    async with congress(START, maillon_public_url=PUBLIC_URL) as here:
        await here.until(MORNING)
        await take(here.browser, "morning", partial(morning, playground=here.playground))
        await choose(here.playground, here.maillon)
        await here.until(LATER)
        await take(here.browser, "my-day", partial(home, playground=here.playground))


if __name__ == "__main__":
    asyncio.run(main())

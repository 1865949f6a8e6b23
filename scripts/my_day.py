"""The pictures of docs/my-day.md: the Home tab of somebody who chose sessions that overlap, and the
message of the morning.

    .venv/bin/python -m scripts.my_day

Needs Debian's Chromium (apt install chromium).
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from playwright.async_api import Browser, Page, async_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Maillon, running
from bot.demo import (
    PARIS,
    fill_database,
    playground_settings,
    sample_event,
    sample_guests,
    sample_playground,
)
from bot.features.events.queries import find_event
from bot.features.people.queries import participant_by_email
from bot.features.programme.actions import add_star
from bot.features.programme.tables import SessionRow
from bot.log import configure_logging
from bot.playground.page import page
from bot.playground.server import Playground
from scripts.pictures import IMAGES
from scripts.rooms import PUBLIC_URL
from scripts.screenshots import FASTER, at, live_until

READER = next(one.email for one in sample_guests() if one.locale == "fr-FR")
CHOSEN = ("S005", "S006", "S010")
"""Two of them begin together."""
START, MORNING, LATER = at(7, 30), at(7, 50), at(10, 46)
SIZE = {"width": 1280, "height": 900}


async def choose(playground: Playground, maillon: Maillon) -> None:
    await playground.open_home(playground.workspace.user_by_email(READER) or "")
    await until(lambda: playground.workspace.home(person(playground)) is not None)

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


async def until(true: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if true():
            return
        await asyncio.sleep(0.05)
    sys.exit("The tab was not published.")


async def take(browser: Browser, name: str, show: Callable[[Page], Awaitable[None]]) -> None:
    tab = await browser.new_page(viewport=SIZE, locale="fr-FR", timezone_id=PARIS.key)  # type: ignore[arg-type]
    await show(tab)
    await tab.screenshot(path=IMAGES / f"{name}.png")
    await tab.close()


def address(playground: Playground, channel: str) -> str:
    fields = {"as": person(playground), "in": channel, "lang": "fr"}
    return f"{playground.url}/?{urlencode(fields)}"


async def home(tab: Page, playground: Playground) -> None:
    before = playground.workspace.home(person(playground))
    stood = before.hash if before else None
    await tab.goto(address(playground, playground.workspace.bot.id), wait_until="load")
    await tab.get_by_role("button", name="Accueil", exact=True).click()

    def newer() -> bool:
        view = playground.workspace.home(person(playground))
        return view is not None and view.hash != stood

    await until(newer)
    await tab.get_by_text("Page à jour à").wait_for()


async def morning(tab: Page, playground: Playground) -> None:
    channel = playground.workspace.channel_named(sample_event().channels.general)
    assert channel is not None
    await tab.goto(address(playground, channel.id), wait_until="load")
    await tab.get_by_text("Le programme du jour").last.scroll_into_view_if_needed()


async def congress(chromium: str, playground: Playground, url: str) -> None:
    playground.limits.scale = FASTER
    settings = playground_settings(
        playground, url, maillon_pace_scale=FASTER, maillon_public_url=PUBLIC_URL
    )
    async with running(settings) as maillon, async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        await live_until(MORNING, playground, maillon)
        await take(browser, "morning", partial(morning, playground=playground))
        await choose(playground, maillon)
        await live_until(LATER, playground, maillon)
        await take(browser, "my-day", partial(home, playground=playground))
        await browser.close()


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("No Chromium here: apt install chromium")
    configure_logging("warning", "console")
    event = sample_event()
    pages = page(zone=event.zone, language=event.language)
    with (
        tempfile.TemporaryDirectory(prefix="maillon-picture-") as folder,
        sample_playground(START, pages=pages) as playground,
    ):
        url = f"sqlite:///{Path(folder) / 'maillon.db'}"
        fill_database(url, START)
        asyncio.run(congress(chromium, playground, url))


if __name__ == "__main__":
    main()

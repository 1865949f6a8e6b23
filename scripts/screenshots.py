"""The pictures of the documentation: the sample congress at 10:46, as a participant sees it, and
the rooms while people ask.

    .venv/bin/python -m scripts.screenshots

Needs Debian's Chromium (apt install chromium). The congress is the one of `maillon demo`, with
event time that jumps from one due moment to the next.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from playwright.async_api import async_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import JOBS, Maillon, running
from bot.delivery.tables import OPEN_STATES, Delivery
from bot.demo import (
    DEMO_START,
    PARIS,
    ask_sample_questions,
    fill_database,
    playground_settings,
    sample_event,
    sample_guests,
    sample_playground,
)
from bot.features.events.queries import find_event
from bot.log import configure_logging
from bot.playground.page import page
from bot.playground.server import Playground
from scripts.bulletins import take_bulletins
from scripts.rooms import PUBLIC_URL, take_rooms

IMAGES = Path(__file__).parent.parent / "docs" / "images"
READER, TEAM = sample_guests()[0].email, "martin.becker@example.org"


@dataclass(frozen=True)
class Picture:
    """What somebody sees of a channel; `shows` is what the message in the picture says."""

    name: str
    moment: datetime
    who: str
    channel: str
    shows: str


def at(hour: int, minute: int) -> datetime:
    return datetime(2019, 12, 12, hour, minute, tzinfo=PARIS)


CHANNELS = sample_event().channels
PICTURES = (
    Picture("questions-board", at(9, 31), READER, CHANNELS.general, "Questions ·"),
    Picture("questions-team", at(9, 31), TEAM, str(CHANNELS.questions), "En relecture"),
    Picture("demo", at(10, 46), READER, CHANNELS.general, "À 11"),
)
ASKING = at(14, 20)
WIDTH, HEIGHT = 1280, 800
FASTER = 60.0
LOOK_AGAIN_S = 0.05
GIVE_UP_AFTER = 1_000  # looks


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(GIVE_UP_AFTER):
        if await true():
            return
        await asyncio.sleep(LOOK_AGAIN_S)
    sys.exit("The congress did not come to rest.")


async def live_until(moment: datetime, playground: Playground, maillon: Maillon) -> None:
    """Jump from one due moment to the next, each once everything has been said."""
    clock = playground.clock

    def coming(session: Session) -> datetime | None:
        event_id = find_event(session)
        moments = [job.next_due(session, event_id) for job in JOBS if job.seen]
        return min((moment for moment in moments if moment), default=None)

    def all_said(session: Session) -> bool:
        due = coming(session)
        waiting = select(Delivery.delivery_id).where(Delivery.state.in_(OPEN_STATES)).limit(1)
        return (due is None or due > clock.now()) and session.scalar(waiting) is None

    async def rests() -> bool:
        return maillon.clock.now() >= clock.now() and await maillon.runtime.read(all_said)

    await until(rests)
    while (ahead := await maillon.runtime.read(coming)) is not None and ahead <= moment:
        clock.set(ahead)
        await until(rests)
    clock.set(moment)


async def take(chromium: str, playground: Playground, picture: Picture) -> None:
    reader = playground.workspace.user_by_email(picture.who)
    channel = playground.workspace.channel_named(picture.channel)
    assert reader is not None
    assert channel is not None
    address = f"{playground.url}/?{urlencode({'as': reader.id, 'in': channel.id, 'lang': 'fr'})}"
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = await browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, locale="fr-FR", timezone_id=PARIS.key
        )
        # Not "networkidle": the page keeps a stream open to hear of changes.
        await tab.goto(address, wait_until="load")
        await tab.get_by_text(picture.shows).last.scroll_into_view_if_needed()
        IMAGES.mkdir(parents=True, exist_ok=True)
        await tab.screenshot(path=IMAGES / f"{picture.name}.png")
        await browser.close()


async def take_pages(chromium: str, playground: Playground, maillon: Maillon) -> None:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        await take_rooms(browser, maillon, IMAGES)
        await take_bulletins(browser, playground, maillon, IMAGES)
        await browser.close()


async def congress(chromium: str, playground: Playground, url: str) -> None:
    playground.limits.scale = FASTER
    settings = playground_settings(
        playground, url, maillon_pace_scale=FASTER, maillon_public_url=PUBLIC_URL
    )
    async with running(settings) as maillon:
        await maillon.runtime.run(partial(ask_sample_questions, now=DEMO_START))
        for picture in PICTURES:
            await live_until(picture.moment, playground, maillon)
            await take(chromium, playground, picture)
        await live_until(ASKING, playground, maillon)
        await take_pages(chromium, playground, maillon)


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("No Chromium here: apt install chromium")
    configure_logging("warning", "console")
    event = sample_event()
    pages = page(zone=event.zone, language=event.language)
    with (
        tempfile.TemporaryDirectory(prefix="maillon-picture-") as folder,
        sample_playground(DEMO_START, pages=pages) as playground,
    ):
        url = f"sqlite:///{Path(folder) / 'maillon.db'}"
        fill_database(url, DEMO_START)
        asyncio.run(congress(chromium, playground, url))


if __name__ == "__main__":
    main()

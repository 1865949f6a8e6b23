"""The congress that is photographed: that of `maillon demo`, with its bot and a browser.

Needs Debian's Chromium (apt install chromium). Event time jumps from one due moment to the next.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Maillon, running
from bot.delivery.tables import OPEN_STATES, Delivery
from bot.demo import (
    DEMO_START,
    Guest,
    fill_database,
    playground_settings,
    sample_event,
    sample_playground,
)
from bot.features.events.queries import find_event
from bot.log import configure_logging
from bot.playground.page import Surroundings, page
from bot.playground.server import Playground
from bot.registry import JOBS

FASTER = 60.0
LOOK_AGAIN_S = 0.05
GIVE_UP_AFTER = 1_000  # looks


@dataclass(frozen=True)
class Congress:
    browser: Browser
    playground: Playground
    maillon: Maillon

    async def until(self, moment: datetime) -> None:
        await live_until(moment, self.playground, self.maillon)


@asynccontextmanager
async def congress(
    start: datetime = DEMO_START,
    *,
    guests: list[Guest] | None = None,
    around: Surroundings | None = None,
    **settings: Any,
) -> AsyncIterator[Congress]:
    """`guests` have joined, if not everybody; `around` is what the playground shows besides."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("No Chromium here: apt install chromium")
    configure_logging("warning", "console")
    event = sample_event()
    pages = page(zone=event.zone, language=event.language, around=around)
    with (
        tempfile.TemporaryDirectory(prefix="maillon-picture-") as folder,
        sample_playground(start, pages=pages, guests=guests) as playground,
    ):
        playground.limits.scale = FASTER
        url = f"sqlite:///{Path(folder) / 'maillon.db'}"
        fill_database(url, start)
        fast = playground_settings(playground, url, maillon_pace_scale=FASTER, **settings)
        async with running(fast) as maillon, async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            yield Congress(browser, playground, maillon)
            await browser.close()


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
        # What waits for the pause between two messages to a person is due later, too.
        open_now = (Delivery.state.in_(OPEN_STATES), Delivery.due_at <= clock.now())
        waiting = select(Delivery.delivery_id).where(*open_now).limit(1)
        return (due is None or due > clock.now()) and session.scalar(waiting) is None

    async def rests() -> bool:
        return maillon.clock.now() >= clock.now() and await maillon.runtime.read(all_said)

    await until(rests)
    while (ahead := await maillon.runtime.read(coming)) is not None and ahead <= moment:
        clock.set(ahead)
        await until(rests)
    clock.set(moment)

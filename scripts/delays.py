"""The picture of running late: the pupitre at 09:45, and what ten more minutes would move.

.venv/bin/python -m scripts.delays
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from playwright.async_api import Browser, async_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Maillon, running
from bot.demo import DEMO_START, PARIS, fill_database, playground_settings, sample_playground
from bot.features.events.queries import find_event
from bot.features.people.queries import participant_by_email
from bot.features.people.tables import Participant
from bot.features.programme.actions import add_star
from bot.features.programme.tables import SessionRow
from bot.features.questions.access import personal_link
from bot.log import configure_logging
from bot.playground.server import Playground
from scripts.moderators import PHONE
from scripts.pictures import IMAGES
from scripts.screenshots import FASTER, live_until

MOMENT = datetime(2019, 12, 12, 9, 45, tzinfo=PARIS)
SESSION, BREAK, HOST = "S003", "S004", "oceane.pineau@example.org"
CHOSE = 38


def _chosen(session: Session) -> str:
    """A link for the host; so many people chose the break that is about to begin later."""
    event_id = find_event(session)
    ids = {
        row.code: row.session_id
        for row in session.scalars(select(SessionRow).where(SessionRow.code.in_((SESSION, BREAK))))
    }
    for person in session.scalars(select(Participant).order_by(Participant.email).limit(CHOSE)):
        add_star(session, event_id, person.participant_id, ids[BREAK], MOMENT)
    host = participant_by_email(session, event_id, HOST)
    assert host is not None
    return personal_link(session, host, f"/stage/{ids[SESSION]}")


async def take_late(browser: Browser, maillon: Maillon) -> None:
    link = await maillon.runtime.run(_chosen)
    phone = await browser.new_page(viewport=PHONE, locale="fr-FR", device_scale_factor=2)
    await phone.goto(maillon.http_url + link)
    await phone.get_by_role("button").click()
    await phone.get_by_role("button", name="+10").click()
    await phone.get_by_role("button", name="Confirmer").wait_for()
    await phone.screenshot(path=IMAGES / "late.png")


async def congress(chromium: str, playground: Playground, url: str) -> None:
    playground.limits.scale = FASTER
    settings = playground_settings(playground, url, maillon_pace_scale=FASTER)
    async with running(settings) as maillon:
        await live_until(MOMENT, playground, maillon)
        async with async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            await take_late(browser, maillon)
            await browser.close()


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("No Chromium here: apt install chromium")
    configure_logging("warning", "json")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'maillon.db'}"
        fill_database(url, DEMO_START)
        with sample_playground(DEMO_START) as playground:
            asyncio.run(congress(chromium, playground, url))


if __name__ == "__main__":
    main()

"""The picture of running late: the pupitre at 09:45, and what ten more minutes would move.

.venv/bin/python -m scripts.delays
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from playwright.async_api import Browser
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Maillon
from bot.demo import PARIS
from bot.features.events.queries import find_event
from bot.features.people.queries import participant_by_email
from bot.features.people.tables import Participant
from bot.features.programme.actions import add_star
from bot.features.programme.tables import SessionRow
from bot.features.questions.access import personal_link
from scripts.congress import congress
from scripts.moderators import PHONE
from scripts.pictures import keep

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
    keep("late", [await phone.screenshot()])


async def main() -> None:
    async with congress() as here:
        await here.until(MOMENT)
        await take_late(here.browser, here.maillon)


if __name__ == "__main__":
    asyncio.run(main())

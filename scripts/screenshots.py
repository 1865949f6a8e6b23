"""The pictures of questions: their boards in the workspace, and the rooms while people ask.

.venv/bin/python -m scripts.screenshots
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from bot.demo import DEMO_START, PARIS, ask_sample_questions, sample_event, sample_guests
from scripts.bulletins import take_bulletins
from scripts.congress import Congress, congress
from scripts.pictures import keep
from scripts.rooms import PUBLIC_URL, take_rooms

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
)
ASKING = at(14, 20)
WIDTH, HEIGHT = 1280, 800


async def take(here: Congress, picture: Picture) -> None:
    reader = here.playground.workspace.user_by_email(picture.who)
    channel = here.playground.workspace.channel_named(picture.channel)
    assert reader is not None
    assert channel is not None
    query = urlencode({"as": reader.id, "in": channel.id, "lang": "fr"})
    tab = await here.browser.new_page(
        viewport={"width": WIDTH, "height": HEIGHT}, locale="fr-FR", timezone_id=PARIS.key
    )
    # Not "networkidle": the page keeps a stream open to hear of changes.
    await tab.goto(f"{here.playground.url}/?{query}", wait_until="load")
    await tab.get_by_role("button", name="J'ai compris").click()
    await tab.get_by_text(picture.shows).last.scroll_into_view_if_needed()
    keep(picture.name, [await tab.screenshot()])
    await tab.close()


async def main() -> None:
    async with congress(maillon_public_url=PUBLIC_URL) as here:
        await here.maillon.runtime.run(partial(ask_sample_questions, now=DEMO_START))
        for picture in PICTURES:
            await here.until(picture.moment)
            await take(here, picture)
        await here.until(ASKING)
        await take_rooms(here.browser, here.maillon)
        await take_bulletins(here.browser, here.playground, here.maillon)


if __name__ == "__main__":
    asyncio.run(main())

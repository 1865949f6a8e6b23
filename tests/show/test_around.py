"""What the demo tells the page of the event; and the bot's own pages stand in its frames."""

from __future__ import annotations

import asyncio
from datetime import datetime
from urllib.request import urlopen

from bot.playground.page import Surroundings
from bot.show.around import CAST, FIRST, kept_up
from tests.support.congress import at, congress


def times(around: Surroundings) -> set[tuple[str, datetime]]:
    return {(session.title, session.starts) for session in around.sessions}


def test_the_days_the_screens_and_the_parts(sqlite_url: str) -> None:
    async def scene() -> None:
        around, changed = Surroundings(cast=CAST), asyncio.Event()
        async with (
            congress(sqlite_url, start=at("09:31")) as one,
            kept_up(one.maillon, around, changed.set),
        ):
            assert all(one.user(email) for _, email, _ in CAST)
            before = times(around)
            assert len(before) == 29
            assert any(session.pause for session in around.sessions)
            assert at("10:45") in around.moments
            screen = around.screens[0]
            assert screen.room == FIRST
            for address in (screen.wall, screen.door):
                answer = await asyncio.to_thread(urlopen, address, timeout=10)
                policy = answer.headers["Content-Security-Policy"]
                assert one.playground.url in policy.partition("frame-ancestors ")[2].split(" ")
            await one.import_programme("schedule-v2.json")
            async with asyncio.timeout(10):
                while times(around) == before:  # what is due moves on by itself meanwhile
                    changed.clear()
                    await changed.wait()
            assert times(around) != before

    asyncio.run(scene())

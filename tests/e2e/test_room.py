"""A walk-in asks from the door of a room, and the équipe Questions reads it in the chat."""

from __future__ import annotations

import asyncio

from bot.features.events.queries import find_event
from bot.features.questions.rooms import room_page
from tests.delivery.support import run
from tests.support.congress import at, congress, said
from tests.support.rooms import DESCARTES, Phone


def test_from_the_door_of_the_room_to_the_team(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, at("14:04")) as one:
            page = await one.maillon.runtime.run(
                lambda session: room_page(session, find_event(session), DESCARTES)
            )
            phone = Phone(one.maillon.http_url)
            await asyncio.to_thread(phone.get, f"/r/{page.page_id}")
            await asyncio.to_thread(phone.send, page.page_id, question="Et les enfants ?")
            assert phone.said == "Reçue. Elle sera relue avant publication."
            await one.idle()
            [post] = [
                told for told in one.posts("equipe-questions") if "Et les enfants" in said(told)
            ]
            assert "En relecture" in said(post)
            wall = await asyncio.to_thread(phone.get, f"/wall/{page.wall_id}")
            assert "Et les enfants" not in wall

    run(scene())

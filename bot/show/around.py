"""The event as the page of the workspace shows it, read from the bot that runs beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Maillon
from bot.features.events.queries import find_event
from bot.features.introductions.tables import Round
from bot.features.programme.queries import rooms
from bot.features.programme.tables import SessionRow
from bot.features.questions.rooms import room_page
from bot.playground.page.surroundings import Screen, Surroundings
from bot.playground.page.surroundings import Session as Shown

CAST = (
    ("Participant", "laetitia.charpentier@example.org", ""),
    ("Host", "oceane.pineau@example.org", "programme"),
    ("Organiser", "susan.aubert@example.org", "equipe-questions"),
)
"""One who may meet and ask, one who hosts a round table, one of the team; where most is to see."""
FIRST = "Auditorium Descartes"
LOOK_AGAIN_S = 1.0


@asynccontextmanager
async def kept_up(
    maillon: Maillon, around: Surroundings, changed: Callable[[], None]
) -> AsyncIterator[None]:
    """Programmes move: the band is as the database is, within a second."""
    around.screens = await maillon.runtime.run(partial(_screens, url=maillon.http_url))

    async def look() -> None:
        days = await maillon.runtime.read(_days)
        if days != (around.sessions, around.moments):
            around.sessions, around.moments = days
            changed()

    async def follow() -> None:
        while True:
            await asyncio.sleep(LOOK_AGAIN_S)
            await look()

    await look()
    task = asyncio.ensure_future(follow())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _screens(session: Session, url: str) -> list[Screen]:
    event_id = find_event(session)
    pages = [room_page(session, event_id, room) for room in rooms(session, event_id)]
    screens = [
        Screen(one.room, f"{url}/wall/{one.wall_id}", f"{url}/r/{one.page_id}") for one in pages
    ]
    return sorted(screens, key=lambda one: one.room != FIRST)


def _days(session: Session) -> tuple[list[Shown], list[datetime]]:
    event_id = find_event(session)
    held = (SessionRow.event_id == event_id, SessionRow.cancelled.is_(False))
    rows = session.scalars(select(SessionRow).where(*held).order_by(SessionRow.starts_at)).all()
    sessions = [
        Shown(row.title, row.room, row.starts_at, row.ends_at, row.kind == "networking")
        for row in rows
    ]
    of_rounds = session.scalars(select(Round).where(Round.event_id == event_id)).all()
    moments = {row.next_announce_at for row in rows}
    moments |= {at for one in of_rounds for at in (one.calls_at, one.closes_at, one.opens_at)}
    return sessions, sorted(moment for moment in moments if moment)

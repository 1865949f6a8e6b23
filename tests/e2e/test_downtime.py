"""The bot is away for twenty minutes: what is still worth saying is said late, the rest is not."""

from __future__ import annotations

import asyncio

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.engine import create_database_engine
from bot.delivery.tables import SKIPPED, Delivery
from tests.support.congress import Congress, at, prepared

GUEST = "ines.millet@example.org"


def test_twenty_minutes_away(sqlite_url: str) -> None:
    asyncio.run(_twice_away(sqlite_url))


async def _twice_away(database_url: str) -> None:
    with prepared(database_url) as one:
        async with one.bot():
            await _choose(one, "pitchs", "aphérèse")
            await one.until(at("11:26"))
        told = len(one.told())

        # Away from 11:26 to 11:46: the announcement of 11:30 and the reminder of 11:40 are past.
        one.playground.clock.set(at("11:46"))
        async with one.bot():
            await one.until(at("13:35"))
            assert one.told(since=told) == [
                (
                    "12 12:15",
                    "village-innovation",
                    "À 12 h 30 · Déjeuner et rencontres, Village de l'innovation",
                )
            ]
            assert _skipped(database_url) == [
                ("programme.announced", "programme", "no longer worth saying"),
                ("programme.reminder", None, "no longer worth saying"),
            ]
        told = len(one.told())

        # Away from 13:35 to 13:55: the announcement of 13:45 is said late, the reminder in time.
        one.playground.clock.set(at("13:55"))
        async with one.bot():
            await one.until(at("14:00"))
            late, reminder = sorted(one.told(since=told), key=lambda post: post[1], reverse=True)
            assert late[:2] == ("12 13:55", "programme")
            assert late[2].startswith("À 14 h 00 · Table ronde : la parole aux associations")
            assert reminder == (
                "12 13:55",
                GUEST,
                "À 14 h 00, Table ronde : de la poche d'aphérèse au lit du patient, Salle Rabelais",
            )
            assert len(_skipped(database_url)) == 2


async def _choose(one: Congress, *titles: str) -> None:
    for title in titles:
        found = await one.command(GUEST, f"programme {title}")
        assert found is not None
        await one.press(GUEST, found, "Ajouter à mon programme")


def _skipped(database_url: str) -> list[tuple[str, str | None, str | None]]:
    engine = create_database_engine(database_url)
    with Session(engine) as session:
        rows = session.execute(
            select(Delivery.message, Delivery.channel, Delivery.error)
            .where(Delivery.state == SKIPPED)
            .order_by(Delivery.message)
        )
        skipped = [(row.message, row.channel, row.error) for row in rows]
    engine.dispose()
    return skipped

"""Two bots on one PostgreSQL: everything is said once."""

from __future__ import annotations

import asyncio

import pytest

from tests.e2e.test_congress import THURSDAY
from tests.support.congress import at, prepared

UNTIL_NOON = [post for post in THURSDAY if post[0] <= "12 12:00"]
GUESTS = ("ines.millet@example.org", "martin.becker@example.org", "sophie.weber@example.org")

REMINDED = [
    (
        "12 09:25",
        guest,
        "À 9 h 30, Table ronde : l'innovation de rupture en bioproduction, Auditorium Descartes",
    )
    for guest in GUESTS
]
WORKSHOP = "Atelier : réduire les pertes au remplissage aseptique, Salle Rabelais, 24 places"
ON_STAGE = [
    (
        "12 07:30",
        "martin.becker@example.org",
        "Vous intervenez jeudi 12 décembre · Table ronde : de la poche d'aphérèse au lit du "
        "patient, Salle Rabelais",
    ),
    (
        "12 07:30",
        "sophie.weber@example.org",
        f"Vous intervenez jeudi 12 décembre · {WORKSHOP} ; Présentations d'entreprises "
        "innovantes, Salle Rabelais",
    ),
    ("12 10:00", "sophie.weber@example.org", f"Vous intervenez à 11 h 00 · {WORKSHOP}"),
]
"""Two of them have a part in sessions."""


@pytest.mark.postgresql
def test_two_replicas_say_everything_once(postgresql_url: str) -> None:
    asyncio.run(_two(postgresql_url))


async def _two(database_url: str) -> None:
    with prepared(database_url, at("07:30")) as one:
        async with one.bot(), one.bot():
            for guest in GUESTS:
                found = await one.command(guest, "programme rupture")
                assert found is not None
                await one.press(guest, found, "Ajouter à mon programme")
            await one.until(at("12:00"))
            in_channels = [post for post in one.told() if "@" not in post[1]]
            assert in_channels == UNTIL_NOON
            assert sorted(post for post in one.told() if "@" in post[1]) == sorted(
                [*ON_STAGE, *REMINDED]
            )

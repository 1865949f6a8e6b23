"""The Home tab as people use it: the real bot, a playground, and presses in the tab."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

import aiohttp
import pytest
from ical.calendar_stream import IcsCalendarStream
from structlog.testing import capture_logs

from bot.playground.workspace import Message, View
from tests.support.congress import Congress, at, congress, legible, said

OLIVIER = "olivier.da-silva@example.org"
TABLE = "Table ronde : l'innovation de rupture en bioproduction"


def tab(one: Congress) -> View:
    view = one.playground.workspace.home(one.user(OLIVIER).id)
    assert view is not None, "the tab was never opened"
    return view


async def pressed(one: Congress, source: Message | View, label: str) -> str:
    await one.press(OLIVIER, source, label)
    return said(tab(one))


def test_my_day(sqlite_url: str) -> None:
    asyncio.run(_my_day(sqlite_url))


async def _my_day(database_url: str) -> None:
    async with congress(database_url, at("09:40")) as one:
        await one.idle()
        assert said(await one.home(OLIVIER)) == HOME
        shown = await pressed(one, tab(one), "Ajouter à mon programme")
        assert shown.startswith(
            "4e Congrès Bioproduction\n"
            f"C'est dans votre programme. {TABLE}\n"
            "*En ce moment*\n"
            f"*9 h 30 – 10 h 30 · {TABLE}*\n"
            "Table ronde · Auditorium Descartes · en français\n"
            "[Retirer de mon programme] [Poser une question]\n"
        )
        # What needs more room than the tab comes as a modal over it, and the tab follows.
        await pressed(one, tab(one), "Heures calmes")
        modal = one.modal(OLIVIER)
        assert modal is not None
        assert said(modal) == (
            "Heures calmes\n"
            "Heures calmes : 20 h 00 – 7 h 30. Seuls les changements urgents passent.\n"
            "[19 h 00 – 8 h 00] [21 h 00 – 7 h 00] [22 h 00 – 6 h 30]"
        )
        shown = await pressed(one, modal, "21 h 00 – 7 h 00")
        assert "Heures calmes : 21 h 00 – 7 h 00." in shown
        shown = await pressed(one, tab(one), "J'y serai")
        assert "profil" in shown.splitlines()[1]  # a sentence above the tab says what is missing
        shown = await pressed(one, tab(one), "English")
        assert "Maillon now writes to you in English." in shown
        assert "[Remove from my programme] [Ask a question]" in shown


HOME = f"""4e Congrès Bioproduction
*En ce moment*
*9 h 30 – 10 h 30 · {TABLE}*
Table ronde · Auditorium Descartes · en français
[Ajouter à mon programme] [Poser une question]
*À suivre · 10 h 30*
*10 h 30 – 11 h 00 · Pause et rencontres au village*
Échanges · Village de l'innovation · en français
[Ajouter à mon programme]
*Mon programme*
Votre programme est vide. Chaque session porte un bouton pour l'ajouter.
[Programme] [Mon programme] [Mon agenda]
*Mes rencontres*
*Rencontres de 10 h 30*
Inscription jusqu'à 10 h 08
[J'y serai]
*Rencontres de 12 h 30*
Inscription jusqu'à 12 h 08
[J'y serai]
[Faire des rencontres]
*Mes questions*
[Poser une question]
*Réglages*
Les rappels et les changements de vos sessions vous parviennent par message direct.
Heures calmes : 20 h 00 – 7 h 30. Seuls les changements urgents passent.
[Moins de messages] [Heures calmes] [English] [Mon profil]
*Infos pratiques*
*Urgences*
Appelez le 15 ou le 112, puis l'accueil au 02 47 00 00 15. \
Un défibrillateur est à l'entrée de l'Auditorium Descartes.
*Wi-Fi*
Réseau : Bioproduction. Mot de passe : bioproduction2019.
*Accueil et badges*
Au rez-de-chaussée, de 8 h à 18 h 30 jeudi, de 8 h à 16 h vendredi.
*Vestiaire*
À gauche de l'accueil, bagages compris. Fermeture 30 minutes après la dernière séance.
*Déjeuner*
Servi de 12 h 30 à 14 h dans l'espace exposition. \
Plats végétariens et sans gluten au buffet du fond.
*Accessibilité*
Entrée de plain-pied rue Nationale, ascenseur à droite de l'accueil, boucle magnétique dans \
l'Auditorium Descartes. Salle de repos : demandez à l'accueil.
*Transports*
Gare de Tours à 3 minutes à pied. Tramway A, arrêt Gare de Tours. Taxis : demandez à l'accueil.
*Contacts*
Équipe d'organisation : 02 47 00 00 15, ou au comptoir d'accueil.
Page à jour à 9 h 40."""


def test_the_calendar_by_its_address(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    with capture_logs() as logs, caplog.at_level(logging.INFO):
        addresses = asyncio.run(_calendar(sqlite_url))
    for address in addresses:
        secret = address.rsplit("/", 1)[1].removesuffix(".ics")
        assert len(secret) == 43
        assert secret not in f"{logs} {caplog.text}"


async def _calendar(database_url: str) -> tuple[str, str]:
    async with congress(database_url, at("09:40")) as one, aiohttp.ClientSession() as http:
        await one.home(OLIVIER)
        await pressed(one, tab(one), "Ajouter à mon programme")
        first = _address(await one.command(OLIVIER, "agenda"))

        async def fetch(url: str, **headers: str) -> tuple[int, Mapping[str, str], str]:
            asked = {name.replace("_", "-"): value for name, value in headers.items()}
            async with http.get(url, headers=asked) as answer:
                return answer.status, answer.headers, await answer.text()

        status, headers, body = await fetch(first)
        assert (status, headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        assert headers["Cache-Control"] == "private, no-cache"
        assert headers["Last-Modified"] == "Thu, 12 Dec 2019 08:40:00 GMT"
        event = IcsCalendarStream.calendar_from_ics(body).events[0]
        assert (legible(event.summary or ""), event.location) == (TABLE, "Auditorium Descartes")

        assert (await fetch(first, If_None_Match=headers["ETag"]))[0] == 304
        assert (await fetch(first, If_Modified_Since=headers["Last-Modified"]))[0] == 304
        await one.until(at("09:45"))
        await pressed(one, tab(one), "Retirer de mon programme")
        status, newer, body = await fetch(
            first, If_None_Match=headers["ETag"], If_Modified_Since=headers["Last-Modified"]
        )
        assert (status, newer["Last-Modified"]) == (200, "Thu, 12 Dec 2019 08:45:00 GMT")
        assert "VEVENT" not in body

        card = (await one.private(OLIVIER, one.channel("programme")))[-1]
        await one.press(OLIVIER, card, "Changer d'adresse")
        second = _address((await one.private(OLIVIER, one.channel("programme")))[-1])
        assert (await fetch(first))[0] == (await fetch(first.replace(".ics", "x.ics")))[0] == 410
        assert (await fetch(second))[0] == 200
        return first, second


def _address(card: Message | None) -> str:
    assert card is not None, "no answer"
    return next(word for word in said(card).split() if word.startswith("http"))

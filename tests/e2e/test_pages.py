"""From the chat to the pages: who is offered what, by which link, and for how long."""

from __future__ import annotations

import asyncio
import re

import aiohttp

from bot.playground.workspace import Message
from tests.support.congress import Congress, at, buttons_of, congress, legible, said

HOST, TEAM = "david.raymond@example.org", "martin.becker@example.org"
GUEST = "lea@example.org"
"""The host of the round table of 14:00, one of the équipe Questions, and somebody who joined."""


def link_of(message: Message) -> str:
    [url] = [button["url"] for button in buttons_of(message) if "url" in button]
    return str(url)


async def write(one: Congress, email: str, text: str) -> Message:
    """A direct message to Maillon, and its answer."""
    channel = await one.direct(email)
    await one.playground.post_as(one.user(email), channel, text)
    await one.playground.settled()
    await one.idle()
    return (await one.letters_asked_for(email))[-1]


def test_who_has_the_stage_is_offered_the_pupitre(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("12:55")) as one:
            await one.playground.open_messages(one.user(HOST))
            await one.playground.settled()
            await one.until(at("13:44"))
            before = len(await one.letters(HOST))
            await one.until(at("14:25"))
            [offered] = [m for m in (await one.letters(HOST))[before:] if "animez" in m.text]
            assert offered.moment == at("13:45")
            assert said(offered) == (
                "Vous animez à 14 h 00\n"
                "*Table ronde : la parole aux associations de patients*\n"
                "Auditorium Descartes\n"
                "[Ouvrir le pupitre] [Moins de messages]"
            )
            await one.press(HOST, offered, "Ouvrir le pupitre")
            reply = (await one.private(HOST, await one.direct(HOST)))[-1]
            assert said(reply) == (
                "Ce lien est personnel. Il s'ouvre une seule fois, dans les 15 minutes.\n"
                "[Ouvrir le pupitre]\n"
                "[Fermer mes pages]"
            )
            await _pupitre_is_open(one, link_of(reply), reply)

    asyncio.run(scene())


async def _pupitre_is_open(one: Congress, link: str, reply: Message) -> None:
    assert link.startswith(f"{one.maillon.http_url}/go/")
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        async with browser.post(link) as answer:
            page = legible(await answer.text())
            assert "35 min" in page
            assert "Parole des patients : 0 posée, 0 réponse apportée" in page
            address = answer.url
        await one.press(HOST, reply, "Fermer mes pages")
        closed = (await one.private(HOST, await one.direct(HOST)))[-1]
        assert said(closed) == "Vos pages sont fermées dans tous les navigateurs."
        async with browser.get(address) as answer:
            assert answer.status == 403


def test_words_and_the_menu_open_the_pages(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("13:50")) as one:
            for word in ("pupitre", "Stage"):
                reply = await one.command(HOST, word)
                assert reply is not None
                assert re.search("/go/[^/]{43}$", link_of(reply))
            menu = await one.command(TEAM, "")
            assert menu is not None
            await one.press(TEAM, menu, "Questions")
            [*_, overview] = await one.private(TEAM, one.channel("programme"))
            assert "[Ouvrir la page de l'équipe Questions] [Ouvrir le pupitre]" in said(overview)
            await one.press(TEAM, overview, "Ouvrir la page de l'équipe Questions")
            reply = (await one.private(TEAM, one.channel("programme")))[-1]
            assert "[Ouvrir la page de l'équipe Questions]\n[Fermer mes pages]" in said(reply)
            async with (
                aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser,
                browser.post(link_of(reply)) as answer,
            ):
                assert answer.url.path == "/team"
            choice = await one.command(TEAM, "pupitre")
            assert choice is not None
            assert said(choice).count("[Ouvrir le pupitre]") == 3, "those of the next two hours"

    asyncio.run(scene())


def test_a_direct_message_is_answered_with_buttons_and_no_link(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("13:50")) as one:
            answer = await write(one, TEAM, "questions")
            assert said(answer) == (
                "Vos pages\n*4e Congrès Bioproduction*\n[Ouvrir la page de l'équipe Questions]"
            )
            assert "/go/" not in str(answer.blocks)
            await one.press(TEAM, answer, "Ouvrir la page de l'équipe Questions")
            reply = (await one.private(TEAM, await one.direct(TEAM)))[-1]
            assert "/go/" in link_of(reply)
            # For everybody else the word is one to look for in the programme.
            await one.playground.join("Léa Novatrice", GUEST, locale="fr-FR")
            await one.playground.settled()
            assert "Vos pages" not in said(await write(one, GUEST, "questions"))

    asyncio.run(scene())


def test_without_an_address_the_chat_says_what_is_missing(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("13:50")) as one:
            one.maillon.site.address.url = None
            reply = await one.command(HOST, "pupitre")
            assert reply is not None
            assert said(reply).startswith(
                "Les pages ne peuvent pas encore s'ouvrir : MAILLON_PUBLIC_URL"
            )

    asyncio.run(scene())

"""Organisers speak: from `/maillon annonce` to the posts, and an alert on every page and screen."""

from __future__ import annotations

import asyncio
from importlib.resources import files
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.features.events.queries import find_event
from bot.features.programme.queries import rooms
from bot.features.programme.views import room_ref
from bot.features.questions.rooms import room_page
from tests.support.browser import ARGUMENTS, NARROW, PHONE, WCAG
from tests.support.congress import Congress, at, buttons_of, congress, legible, said
from tests.support.machine import CHROMIUM
from tests.support.rooms import DESCARTES

SUSAN, GEORGES = "susan.aubert@example.org", "georges.rousset@example.org"
ELODIE, HOST = "elodie.thierry@example.org", "david.raymond@example.org"
LUNCH = "Le déjeuner est servi dans l'espace exposition."
PINGED = "<!channel>"


async def compose(one: Congress, email: str, **values: Any) -> Any:
    """The preview of a new announcement."""
    overview = await one.command(email, "annonce")
    assert overview is not None
    await one.press(email, overview, "Nouvelle annonce")
    return await one.submit(email, **values)


def test_an_announcement_from_the_draft_to_its_withdrawal(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("11:40")) as one:
            preview = await compose(one, SUSAN, fr=LUNCH, day="2019-12-12", time="12 h 30")
            assert said(preview) == (
                f"*L'équipe d'organisation*\n{LUNCH}\n"
                "#programme · jeudi 12 décembre, 12 h 30\n"
                "[Programmer] [Modifier] [Abandonner]"
            )
            await one.press(SUSAN, preview, "Modifier")
            english = "Lunch is served in the exhibition area."
            preview = await one.submit(SUSAN, en=english)
            assert preview is not None
            assert f"*The organisers*\n{english}\n#programme" in said(preview)
            await one.press(SUSAN, preview, "Programmer")
            done = one.modal(SUSAN)
            assert done is not None
            assert said(done) == ("L'annonce est prévue le jeudi 12 décembre, 12 h 30.\n[Annonces]")
            before = len(one.playground.receipts.posts)
            await one.until(at("12:29"))
            assert LUNCH not in str(one.told(before))
            await one.until(at("12:30"))
            written = [post for post in one.told(before) if LUNCH in post[2]]
            assert written == [("12 12:30", "programme", f"L'équipe d'organisation · {LUNCH}")]
            await _edited_and_withdrawn(one)

    asyncio.run(scene())


async def _edited_and_withdrawn(one: Congress) -> None:
    """By another organiser, who finds it in the list."""
    told = len(one.playground.receipts.posts)
    overview = await one.command(GEORGES, "announce")
    assert overview is not None
    assert (
        f"*{LUNCH}*\nPubliée le jeudi 12 décembre, 12 h 30 · #programme\n[Modifier] [Retirer]"
    ) in said(overview)
    await one.press(GEORGES, overview, "Modifier")
    preview = await one.submit(GEORGES, fr="Le déjeuner attend dans le foyer.")
    assert preview is not None
    assert "[Publier la modification] [Modifier] [Abandonner]" in said(preview)
    await one.press(GEORGES, preview, "Publier la modification")
    await one.idle()
    post = one.posts("programme")[-1]
    assert said(post) == "*L'équipe d'organisation*\nLe déjeuner attend dans le foyer."
    overview = await one.command(SUSAN, "annonces")
    assert overview is not None
    await one.press(SUSAN, overview, "Retirer")
    await one.idle()
    post = one.posts("programme")[-1]
    assert said(post) == "Cette annonce a été retirée par l'équipe d'organisation."
    assert len(one.playground.receipts.posts) == told, "edits notify nobody"


def test_to_who_chose_a_session_and_who_may_not_speak(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("09:40")) as one:
            await one.playground.open_messages(one.user(ELODIE))
            await one.playground.settled()
            await one.idle()
            found = await one.command(ELODIE, "allogeneic")
            assert found is not None
            await one.press(ELODIE, found, "Ajouter à mon programme")
            overview = await one.command(SUSAN, "annonce")
            assert overview is not None
            await one.press(SUSAN, overview, "Nouvelle annonce")
            modal = one.modal(SUSAN)
            assert modal is not None
            audience = next(each for each in modal.blocks if each.get("block_id") == "audience")[
                "element"
            ]["options"]
            [chosen] = [each for each in audience if each["value"].startswith("session:")]
            assert legible(chosen["text"]["text"]).startswith("Programme de 1 : Allogeneic")
            refused = await one.submit(
                SUSAN, fr="x", audience=chosen["value"], day="2019-12-12", time="bientôt"
            )
            assert refused is modal, "what was typed stays"
            preview = await one.submit(
                SUSAN,
                fr="Les casques sont à l'entrée.",
                en="Headsets are at the door.",
                audience=chosen["value"],
                day="now",
            )
            assert preview is not None
            before = len(one.playground.receipts.posts)
            await one.press(SUSAN, preview, "Publier")
            await one.idle()
            told = [post for post in one.told(before) if "casques" in post[2]]
            [(when, reader, text)] = told
            assert (when, reader) == ("12 09:40", ELODIE)
            assert text.endswith("11 h 00 · Les casques sont à l'entrée.")
            for word in ("annonce", "alerte"):
                refusal = await one.command(ELODIE, word)
                assert refusal is not None
                assert said(refusal) == (
                    "Seule l'équipe d'organisation publie des annonces : "
                    "Alexandre Rémy, Georges Rousset, Susan Aubert."
                )
            await _practical_information(one)

    asyncio.run(scene())


async def _practical_information(one: Congress) -> None:
    answer = await one.command(ELODIE, "infos")
    assert answer is not None
    assert said(answer).startswith("Infos pratiques\n*Urgences*\nAppelez le 15 ou le 112")
    assert "*Wi-Fi*\nRéseau : Bioproduction." in said(answer)
    channel = await one.direct(ELODIE)
    for words in ("infos pratiques", "Practical information ?"):
        await one.playground.post_as(one.user(ELODIE), channel, words)
        await one.playground.settled()
        await one.idle()
        assert said((await one.letters(ELODIE))[-1]) == said(answer)


@pytest.mark.browser
def test_an_alert_on_pages_and_screens_until_it_is_lifted(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("14:10")) as one, async_playwright() as started:
            browser = await started.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
            here = await one.maillon.runtime.run(
                lambda session: room_page(session, find_event(session), DESCARTES)
            )
            url = one.maillon.http_url
            phone = await browser.new_page(viewport=PHONE, locale="fr-FR")
            await phone.goto(f"{url}/r/{here.page_id}")
            english = await browser.new_page(viewport=NARROW, locale="en-GB")
            await english.goto(f"{url}/r/{here.page_id}")
            wall = await browser.new_page(viewport={"width": 1280, "height": 720})
            await wall.goto(f"{url}/wall/{here.wall_id}")
            stage = await _pupitre(one, await browser.new_page(viewport=PHONE, locale="fr-FR"))
            pages = (phone, english, wall, stage)
            for page in pages:
                await expect(page.get_by_role("alert")).to_be_empty()
            await _told_to_the_room(one, phone, english, wall)
            await _alarm(one)
            french, translated = (
                "Alerte Sortez par la porte nord.",
                "Alert Leave by the north door.",
            )
            await expect(phone.get_by_role("alert")).to_have_text(french)
            await expect(english.get_by_role("alert")).to_have_text(translated)
            await expect(stage.get_by_role("alert")).to_have_text(french)
            await expect(wall.get_by_role("alert")).to_have_text(f"{french} {translated}")
            await expect(wall.locator("[lang=en]", has_text="north door").last).to_be_visible()
            await _fits(wall)
            for page in pages:
                await _accessible(page)
            # Somebody who comes only now sees it too, without a script.
            late = await browser.new_page(java_script_enabled=False, locale="fr-FR")
            await late.goto(f"{url}/r/{here.page_id}")
            await expect(late.get_by_role("alert")).to_have_text(french)
            await _lift(one)
            for page in pages:
                await expect(page.get_by_role("alert")).to_be_empty()
            await browser.close()

    asyncio.run(scene())


async def _told_to_the_room(one: Congress, phone: Page, english: Page, wall: Page) -> None:
    """In its channel, on its page and on its screen; read in turn, unlike an alert."""
    room = f"room:{room_ref(DESCARTES)}"
    preview = await compose(one, SUSAN, fr="Les casques sont à l'entrée.", audience=room)
    assert preview is not None
    await one.press(SUSAN, preview, "Publier")
    await one.idle()
    said_there = "Les casques sont à l'entrée."
    post = one.posts("programme")[-1]
    assert said(post) == f"*L'équipe d'organisation · {DESCARTES}*\n{said_there}"
    for page in (phone, english, wall):  # there is no English, and it says which language it is
        banner = page.locator("[data-banner=room]")
        await expect(banner).to_have_attribute("role", "status")
        await expect(banner).to_have_text(f"L'équipe d'organisation {said_there}")
        await expect(banner.locator("p")).to_have_attribute("lang", "fr")


async def _alarm(one: Congress) -> None:
    """Two presses; the second says how far it goes."""
    before = len(one.playground.receipts.posts)
    await one.command(SUSAN, "alerte")
    preview = await one.submit(SUSAN, fr="Sortez par la porte nord.", en="Leave by the north door.")
    assert preview is not None
    await one.press(SUSAN, preview, "Lancer l'alerte")
    confirmation = one.modal(SUSAN)
    assert confirmation is not None
    places = await one.maillon.runtime.read(lambda s: len(rooms(s, find_event(s))))
    [confirm] = [line for line in said(confirmation).split("\n") if "Confirmer" in line]
    assert confirm.startswith(f"[Confirmer : 4 canaux, {places} pages, {places} écrans, ")
    assert len(one.playground.receipts.posts) == before
    await one.press(SUSAN, confirmation, buttons_of(confirmation)[0]["text"]["text"])
    await one.idle()
    told = one.told(before)
    assert {place for _, place, _ in told} == {
        "programme", "organisation", "equipe-questions", "village-innovation"
    }  # fmt: skip
    assert len(told) == 4
    for name in ("programme", "organisation"):
        post = one.posts(name)[-1]
        assert post.text.startswith(f"{PINGED} Alerte · Sortez")
        assert said(post) == (
            f"{PINGED}\n*Alerte*\nSortez par la porte nord.\n*Alert*\nLeave by the north door."
        )


async def _lift(one: Congress) -> None:
    overview = await one.command(GEORGES, "annonces")
    assert overview is not None
    await one.press(GEORGES, overview, "Lever l'alerte")
    await one.idle()
    for name in ("programme", "organisation", "equipe-questions", "village-innovation"):
        assert said(one.posts(name)[-1]) == (
            "L'alerte de 14 h 10 est levée.\nThe alert of 14:10 is lifted."
        )


async def _pupitre(one: Congress, page: Page) -> Page:
    reply = await one.command(HOST, "pupitre")
    assert reply is not None
    [link] = [
        block["accessory"]["url"] for block in reply.blocks if "url" in block.get("accessory", {})
    ]
    await page.goto(link)
    await page.get_by_role("button").click()
    await page.wait_for_url("**/stage/**")
    return page


async def _fits(wall: Page) -> None:
    """The screen keeps its programme under the banner, and nothing is cut off."""
    box = await wall.locator(".scene").bounding_box()
    assert box is not None
    assert box["y"] > 0
    assert box["y"] + box["height"] <= 720.5


async def _accessible(page: Page) -> None:
    await page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text())
    found = await page.evaluate("options => axe.run(document, options)", {"runOnly": list(WCAG)})
    assert found["violations"] == []

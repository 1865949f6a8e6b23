"""Scene 1 on a phone: the message of the first minute, the form, and what it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from bot.demo import sample_event
from bot.playground.page import page as pages
from tests.support.browser import PHONE, chromium, sideways
from tests.support.congress import Congress, at, prepared

pytestmark = pytest.mark.browser

LAETITIA = "laetitia.charpentier@example.org"
NBSP = "\N{NO-BREAK SPACE}"


@contextmanager
def greeted(url: str) -> Iterator[str]:
    """The address at which Laetitia reads what Maillon wrote to her as she joined.

    The bot has a thread of its own: Playwright keeps this one busy.
    """
    ready, done, addresses = Event(), Event(), list[str]()

    async def live(one: Congress) -> None:
        async with one.bot():
            await one.playground.open_messages(one.user(LAETITIA))
            await one.playground.settled()
            await one.idle()
            direct = await one.direct(LAETITIA)
            query = {"as": one.user(LAETITIA).id, "in": direct.id, "lang": "fr"}
            addresses.append(f"{one.playground.url}/?{urlencode(query)}")
            ready.set()
            await asyncio.to_thread(done.wait)

    event = sample_event()
    page = pages(zone=event.zone, language=event.language)
    with prepared(url, at("07:52"), pages=page) as one:
        thread = Thread(target=lambda: asyncio.run(live(one)))
        thread.start()
        try:
            assert ready.wait(60)
            yield addresses[0]
        finally:
            done.set()
            thread.join(30)


def test_scene_one(sqlite_url: str) -> None:
    with greeted(sqlite_url) as address, chromium() as browser:
        page = browser.new_page(locale="fr-FR", viewport=PHONE)
        page.set_default_timeout(20_000)
        page.goto(address)
        page.get_by_role("button", name="Faire des rencontres").click()
        dialog = page.get_by_role("dialog")
        asked = f"Laetitia Charpentier, MerleCell, Start-up. C'est exact{NBSP}?"
        expect(dialog.get_by_text(asked)).to_be_visible()
        expect(dialog.get_by_label("Je cherche")).to_have_value("capacité de production")
        for box in dialog.get_by_role("checkbox").all():
            expect(box).not_to_be_checked()
        assert sideways(page, "dialog") == []
        # Corrected, with what was typed and ticked before still there.
        dialog.get_by_label("Je propose").fill("preuve de concept")
        dialog.get_by_label("J'ai 18 ans ou plus").check()
        dialog.get_by_role("button", name="Corriger").click()
        expect(dialog.get_by_role("textbox", name="Organisation")).to_have_value("MerleCell")
        expect(dialog.get_by_label("Je propose")).to_have_value("preuve de concept")
        expect(dialog.get_by_label("J'ai 18 ans ou plus")).to_be_checked()
        dialog.get_by_label("Me proposer des rencontres").check()
        assert sideways(page, "dialog") == []
        dialog.get_by_role("button", name="Enregistrer").click()
        said = f"C'est noté. Première proposition ce matin, pause de 10{NBSP}h{NBSP}30."
        expect(dialog.get_by_text(said)).to_be_visible()
        page.close()

"""The page of the event in a browser: live, without a script, on the smallest phone, on paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import NARROW, PHONE, accessible, chromium, tab_stops, zoomed
from tests.support.congress import at
from tests.support.public import event_page
from tests.support.rooms import Hall

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def here(congress_url: str) -> Iterator[Hall]:
    with event_page(congress_url, at("16:05")) as one:
        yield one


@pytest.fixture
def page(here: Hall, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(locale="fr-FR", viewport=PHONE)
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(here.site.url)
    yield page
    page.close()
    assert [one for one in complaints if "Failed to load resource" not in one] == []


def test_now_next_and_changes_follow_by_themselves(here: Hall, page: Page) -> None:
    expect(page.locator("#next")).to_contain_text("Présentations d'entreprises innovantes")
    here.imports("schedule-v2.json")
    expect(page.locator("#changes")).to_contain_text("Déplacée à 16 h 45 (au lieu de 16 h 15)")
    here.clock.set(at("16:50"))
    expect(page.locator("#now")).to_contain_text("Présentations d'entreprises innovantes")
    here.site.stop()
    expect(page.get_by_text("Hors ligne")).to_be_visible()
    expect(page.locator("#now")).to_contain_text("Présentations d'entreprises innovantes")
    here.site.start()
    expect(page.get_by_text("Hors ligne")).to_be_hidden()


def test_it_is_for_everybody(here: Hall, page: Page) -> None:
    here.imports("schedule-v2.json")
    expect(page.locator("#changes")).to_be_visible()
    for wide in (PHONE, NARROW, None):
        page.set_viewport_size(wide) if wide else zoomed(page)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    stops = tab_stops(page)
    assert stops[:4] == [
        "a Aller au contenu",
        "a English",
        "a jeudi 12 décembre",
        "a vendredi 13 décembre",
    ]
    assert {stop.partition(" ")[0] for stop in stops} == {"a"}


def test_everything_is_there_without_a_script(here: Hall, browser: Browser) -> None:
    page = browser.new_page(locale="fr-FR", viewport=NARROW, java_script_enabled=False)
    page.goto(here.site.url)
    expect(page.locator("#next")).to_contain_text("Présentations d'entreprises innovantes")
    page.get_by_role("link", name="vendredi 13 décembre").click()
    expect(page.locator("#day h2")).to_have_text("Vendredi 13 décembre")
    page.get_by_role("link", name="15 h 15").click()
    expect(page.locator("#h1515")).to_be_in_viewport()
    page.get_by_role("link", name="English").click()
    expect(page.locator("#day h2")).to_have_text("Friday 13 December")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.close()


def test_on_paper_there_is_the_day_and_nothing_to_press(here: Hall, page: Page) -> None:
    page.emulate_media(media="print")
    for gone in ("#days", ".hours", ".switch", "#now", "footer"):
        assert page.locator(gone).first.is_hidden(), gone
    expect(page.locator("#day")).to_contain_text("Ouverture : gagner la première marche")

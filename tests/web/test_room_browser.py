"""The page of a room on a phone: scene 4, the network that goes, everybody's way in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.support.browser import (
    NARROW,
    PHONE,
    accessible,
    chromium,
    sideways,
    tab_stops,
    zoomed,
)
from tests.support.congress import at
from tests.support.rooms import Hall, hall

pytestmark = pytest.mark.browser

RECEIVED = "Reçue. Elle sera relue avant publication."
KEPT = "Conservée, envoyée dès le retour du réseau."


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def here(congress_url: str) -> Iterator[Hall]:
    with hall(congress_url) as one:
        yield one


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="fr-FR", viewport=PHONE)
    context.set_default_timeout(10_000)
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda message: complaints.append(message.text))
    yield context
    context.close()
    # A network that goes, and what the server refuses, are what these tests are about.
    assert [one for one in complaints if "Failed to load resource" not in one] == []


@pytest.fixture
def page(here: Hall, phone: BrowserContext) -> Page:
    page = phone.new_page()
    page.goto(here.page_url)
    return page


def ask(page: Page, text: str) -> None:
    page.get_by_label("Votre question").fill(text)
    page.get_by_role("button", name="Envoyer").click()


def said(page: Page, sentence: str) -> None:
    expect(page.locator("#notice")).to_have_text(sentence)


def test_scene_four_a_walk_in_scans_the_door(here: Hall, page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "En ce moment\N{NO-BREAK SPACE}: Table ronde\N{NO-BREAK SPACE}: "
        "la parole aux associations de patients"
    )
    expect(page.get_by_label("Afficher mon nom")).not_to_be_checked()
    expect(page.get_by_label("Nom à afficher")).to_be_hidden()
    ask(page, "Pourquoi si tard ?")
    said(page, RECEIVED)
    expect(page.get_by_label("Votre question")).to_have_value("")
    page.context.set_offline(True)
    ask(page, "Et les enfants ?")
    said(page, KEPT)
    assert [one.text for one in here.questions()] == ["Pourquoi si tard ?"]
    page.context.set_offline(False)
    said(page, RECEIVED)
    page.reload()
    expect(page.get_by_label("Votre question")).to_have_value("")
    assert [one.text for one in here.questions()] == ["Pourquoi si tard ?", "Et les enfants ?"]
    assert len({one.guest_id for one in here.questions()}) == 1


def test_what_was_kept_survives_a_closed_page(here: Hall, page: Page) -> None:
    page.context.set_offline(True)
    ask(page, "Et les enfants ?")
    said(page, KEPT)
    context = page.context
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(here.page_url)
    said(again, RECEIVED)
    assert [one.text for one in here.questions()] == ["Et les enfants ?"]
    assert again.evaluate("localStorage.length") == 0


def test_an_answer_that_is_lost_makes_no_second_question(here: Hall, page: Page) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(f"**{here.page}?lang=fr", lose, times=1)
    ask(page, "Et les enfants ?")
    said(page, KEPT)
    page.evaluate("dispatchEvent(new Event('online'))")
    said(page, RECEIVED)
    assert [one.text for one in here.questions()] == ["Et les enfants ?"]


def test_who_writes_the_next_one_is_not_disturbed_by_the_first(here: Hall, page: Page) -> None:
    page.context.set_offline(True)
    ask(page, "Et les enfants ?")
    said(page, KEPT)
    page.get_by_label("Votre question").fill("La suite")
    page.context.set_offline(False)
    said(page, RECEIVED)
    expect(page.get_by_label("Votre question")).to_have_value("La suite")


def test_a_kept_question_that_comes_too_late_is_not_lost(here: Hall, page: Page) -> None:
    page.context.set_offline(True)
    ask(page, "Et les enfants ?")
    here.change(closed_at=here.now)
    page.context.set_offline(False)
    expect(page.locator("#notice")).to_contain_text("fermées")
    expect(page.get_by_label("Votre texte")).to_have_value("Et les enfants ?")
    assert here.questions() == []


def test_support_and_its_withdrawal_are_seen_at_once(here: Hall, page: Page) -> None:
    here.asked("Quand ?", supporters=3)
    item = page.locator("li", has_text="Quand ?")
    item.get_by_role("button", name="Soutenir").click()
    code = page.get_by_label("Code affiché à l'écran")
    expect(code).to_be_focused()
    code.fill(here.code())
    code.press("Enter")
    expect(item).to_contain_text("3 soutiens · 1 dans la salle")
    here.asked("Où ?")  # everybody's part comes anew, and the device's own is kept
    expect(page.locator("li", has_text="Où ?")).to_be_visible()
    expect(item.get_by_role("button")).to_have_text("Retirer mon soutien")
    item.get_by_role("button").click()
    expect(item.get_by_role("button")).to_have_text("Soutenir")
    expect(item).not_to_contain_text("dans la salle")


def test_the_page_follows_the_programme_and_the_screen(here: Hall, page: Page) -> None:
    [question] = here.asked("Quand ?")
    here.stage(question)
    expect(page.locator("li", has_text="Quand ?")).to_contain_text("À l'écran")
    page.get_by_label("Votre question").fill("à moitié")
    here.clock.set(at("15:01"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ce que la bioproduction")
    expect(page.get_by_label("Votre question")).to_have_value("à moitié")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator("#notice")).to_contain_text("fermées")  # it was for the one before
    expect(page.get_by_label("Votre question")).to_have_value("à moitié")
    assert here.questions() == []


def test_a_name_is_typed_where_it_is_wanted(here: Hall, page: Page) -> None:
    page.get_by_label("Afficher mon nom").check()
    page.get_by_label("Nom à afficher").fill("Odile Petit")
    ask(page, "Quand ?")
    said(page, RECEIVED)
    assert [one.guest_name for one in here.questions()] == ["Odile Petit"]


def test_without_a_script_it_works(here: Hall, browser: Browser) -> None:
    [question] = here.asked("Quand ?")
    context = browser.new_context(java_script_enabled=False, locale="fr-FR", viewport=NARROW)
    page = context.new_page()
    page.goto(here.page_url)
    page.get_by_label("Afficher mon nom").check()
    page.get_by_label("Nom à afficher").fill("Odile")
    ask(page, "Et les enfants ?")
    said(page, RECEIVED)
    item = page.locator(f"#q-{question}")
    item.get_by_role("button", name="Soutenir").click()
    page.get_by_label("Code affiché à l'écran").fill(here.code())
    page.get_by_label("Code affiché à l'écran").press("Enter")
    expect(item).to_contain_text("1 dans la salle")
    expect(item.get_by_role("button", name="Soutenir")).to_be_hidden()
    item.get_by_role("button", name="Retirer mon soutien").click()
    expect(item).not_to_contain_text("dans la salle")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_label("Your question")).to_be_visible()
    context.close()
    assert [one.text for one in here.questions()] == ["Et les enfants ?"]


def test_it_is_for_everybody(here: Hall, page: Page) -> None:
    first, _ = here.asked("Quand ?", "Un-mot-interminable-" * 20)
    here.stage(first)
    page.get_by_label("Afficher mon nom").check()
    page.locator(f"#q-{first}").get_by_role("button", name="Soutenir").click()
    expect(page.get_by_label("Code affiché à l'écran")).to_be_focused()
    page.get_by_label("Afficher mon nom").check()
    for wide in (PHONE, NARROW, None):
        page.set_viewport_size(wide) if wide else zoomed(page)
        accessible(page)
        assert sideways(page) == []


def test_everything_is_reached_by_keyboard(here: Hall, page: Page) -> None:
    here.asked("Quand ?")
    expect(page.locator("li")).to_have_count(1)
    assert tab_stops(page) == [
        "a Aller au contenu",
        "textarea Votre question",
        "input Afficher mon nom",
        "button Envoyer",
        "button Soutenir",
        "a English",
    ]
    page.get_by_label("Votre question").focus()
    page.keyboard.type("Et les enfants ?")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    said(page, RECEIVED)
    expect(page.locator("#notice")).to_be_focused()

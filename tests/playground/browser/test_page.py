"""The page in Chromium, with the real Bolt behind it: what only a browser can show."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import PHONE, sideways

from ..support import World, button, plain
from .support import Visit, announce, say

pytestmark = pytest.mark.browser


def test_a_message_appears_without_a_reload_and_disturbs_nothing(here: World, visit: Visit) -> None:
    for number in range(40):
        say(here, f"message {number}")
    page = visit()
    page.evaluate("window.loaded = 'once'")
    page.get_by_label("Message à #general").fill("un brouillon")
    page.get_by_text("Nouvelle personne").click()
    here.client().chat_postMessage(channel=here.general.id, text="La séance *commence*")
    expect(page.get_by_text("La séance commence")).to_be_in_viewport()
    expect(page.get_by_label("Message à #general")).to_have_value("un brouillon")
    expect(page.get_by_label("Adresse e-mail")).to_be_visible()
    page.locator("#messages").evaluate("list => list.scrollTop = 0")
    say(here, "plus bas")
    expect(page.get_by_text("plus bas")).to_be_attached()
    expect(page.get_by_text("message 0", exact=True)).to_be_in_viewport()
    assert page.evaluate("window.loaded") == "once"


def test_writing_and_answering_in_a_thread(here: World, visit: Visit) -> None:
    page = visit()
    composer = page.get_by_label("Message à #general")
    composer.press_sequentially("Où est le café ?")
    composer.press("Shift+Enter")
    composer.press_sequentially("Merci")
    composer.press("Enter")
    message = page.locator(".message", has_text="Où est le café ?\nMerci")
    expect(message).to_be_visible()
    expect(composer).to_have_value("")
    message.hover()
    message.get_by_role("link", name="Répondre").click()
    thread = page.get_by_role("complementary")
    thread.get_by_label("Répondre dans le fil").fill("Au fond")
    thread.get_by_role("button", name="Envoyer").click()
    expect(thread.get_by_text("Au fond")).to_be_visible()
    expect(page.get_by_role("main").get_by_text("1 réponse")).to_be_visible()


def test_what_is_typed_while_an_answer_is_awaited_is_sent_after_it(
    here: World, visit: Visit
) -> None:
    page = visit()
    composer = page.get_by_label("Message à #general")
    # The bot of these tests knows no command: it lets the page wait.
    for text in ("/maillon", "bonjour", "encore"):
        composer.fill(text)
        composer.press("Enter")
        expect(composer).to_have_value("")
    composer.fill("un brouillon")
    expect(page.locator(".message", has_text="encore")).to_be_visible()
    assert here.said() == ["bonjour", "encore"]
    expect(composer).to_have_value("un brouillon")


def test_what_could_not_be_sent_comes_back(here: World, browser: Browser) -> None:
    page = browser.new_page(locale="fr-FR")
    page.goto(f"{here.playground.url}/?as={here.alice.id}&in={here.general.id}")
    composer = page.get_by_label("Message à #general")
    page.route("**/page/post", lambda route: route.abort())
    composer.fill("bonjour")
    composer.press("Enter")
    expect(composer).to_have_value("bonjour")
    page.unroute("**/page/post")
    composer.press("Enter")
    expect(page.locator(".message", has_text="bonjour")).to_be_visible()
    expect(composer).to_have_value("")
    page.close()


def test_a_press_is_answered_on_the_page(here: World, visit: Visit) -> None:
    announce(here, "star")
    page = visit()
    page.get_by_role("button", name="Star").click()
    reply = page.locator(".message.ephemeral")
    expect(reply).to_contain_text("Visible par vous seulement")
    expect(reply).to_contain_text("Ajouté à votre programme.")


def test_a_modal_is_corrected_and_sent(here: World, visit: Visit) -> None:
    announce(here, "ask")
    page = visit()
    page.get_by_role("button", name="Ask").click()
    field = page.get_by_label("Your question")
    expect(field).to_be_focused()
    field.press("Enter")
    expect(page.get_by_text("Ce champ est obligatoire.")).to_be_visible()
    field.fill("Pourquoi")
    say(here, "pendant ce temps")  # the page is drawn again under the open modal
    expect(page.get_by_text("pendant ce temps")).to_be_attached()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Une question, s'il vous plaît.")).to_be_visible()
    expect(field).to_have_value("Pourquoi")
    expect(field).to_be_focused()
    field.fill("Pourquoi ?")
    field.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Question : Pourquoi ?")).to_be_visible()


def test_the_menu_of_a_message_opens_a_modal_about_it(here: World, visit: Visit) -> None:
    for text in ("Une autre", "Pourquoi si cher ?"):
        say(here, text)
    page = visit()
    message = page.locator(".message", has_text="Pourquoi si cher ?")
    message.hover()
    menu = message.get_by_label("Plus d'actions")
    menu.click()
    entry = message.get_by_role("button", name="Poser cette question")
    expect(entry).to_be_visible()
    page.get_by_label("Message à #general").click()
    expect(entry).to_be_hidden()
    menu.press("Enter")
    entry.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Pourquoi si cher ?")).to_be_visible()
    expect(entry).to_be_hidden()


def test_a_button_that_opens_a_page_tells_the_bot_too(here: World, visit: Visit) -> None:
    address = f"{here.playground.url}/page/static/icon.svg"
    link = button("wall", text=plain("Écran de salle"), url=address)
    blocks = [{"type": "actions", "elements": [link]}]
    here.client().chat_postMessage(channel=here.general.id, text="x", blocks=blocks)
    page = visit()
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Écran de salle").click()
    assert popup.value.url == address
    assert popup.value.evaluate("window.opener") is None
    expect(page.get_by_text("Écran ouvert.")).to_be_visible()


def test_an_answer_may_come_after_its_form_has_gone(here: World, visit: Visit) -> None:
    announce(here, "ask")
    page = visit()
    page.get_by_role("button", name="Ask").click()
    page.get_by_label("Your question").fill("Pourquoi ?")
    page.evaluate("feed.close()")
    say(here, "pendant ce temps")
    page.evaluate(
        """() => {
            const dialog = document.querySelector("dialog");
            dialog.querySelector("form").requestSubmit();
            dialog.remove();
        }"""
    )
    expect(page.get_by_text("pendant ce temps")).to_be_visible()
    expect(page.locator("#page")).to_have_count(1)


def test_escape_closes_a_modal_for_the_bot_too(here: World, visit: Visit) -> None:
    announce(here, "ask")
    page = visit()
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert here.playground.workspace.modal(here.alice.id) is None


def test_newcomers_are_welcomed_until_they_have_read_it(here: World, visit: Visit) -> None:
    page = visit()
    line = page.get_by_text("puis avancez avec Moment suivant.")
    expect(line).to_be_visible()
    say(here, "bonjour")
    expect(page.get_by_text("bonjour")).to_be_visible()
    expect(line).to_be_visible()
    page.get_by_role("button", name="J'ai compris").click()
    expect(line).to_be_hidden()
    expect(visit(here.general).get_by_text("bonjour")).to_be_visible()
    page.reload()
    expect(page.get_by_text("bonjour")).to_be_visible()
    expect(line).to_be_hidden()


def test_a_refused_newcomer_goes_on_where_it_went_wrong(here: World, visit: Visit) -> None:
    page = visit()
    page.get_by_text("Nouvelle personne").click()
    page.get_by_label("Nom", exact=True).fill("Ada")
    email = page.get_by_label("Adresse e-mail", exact=True)
    email.fill("ada")
    email.press("Enter")
    expect(page.get_by_text("Cette adresse n'est pas valable.")).to_be_visible()
    expect(email).to_be_focused()
    expect(email).to_have_value("ada")
    email.fill("ada@example.org")
    email.press("Enter")
    expect(page.locator("#me summary")).to_contain_text("Ada")
    expect(page.get_by_text("Cette adresse")).to_have_count(0)


@pytest.mark.parametrize(("touch", "least"), [(False, 24), (True, 44)])
def test_what_opens_a_thread_is_large_enough(
    here: World, browser: Browser, touch: bool, least: int
) -> None:
    say(here, "bonjour")
    page = browser.new_page(viewport=PHONE, has_touch=touch, is_mobile=touch)
    page.goto(f"{here.playground.url}/?as={here.alice.id}&in={here.general.id}")
    box = page.get_by_role("link", name="Répondre").bounding_box()
    page.close()
    assert box
    assert box["height"] >= least


def test_becoming_somebody_else_with_the_keyboard(here: World, visit: Visit) -> None:
    page = visit()
    page.locator("#me summary").press("Enter")
    search = page.get_by_label("Changer de personne")
    search.fill("bob")
    expect(page.locator("#faces li:visible")).to_have_count(1)
    search.press("Enter")
    expect(page.locator("#me summary")).to_contain_text("Bob Stone")


def test_the_clock_ticks_stops_and_jumps(here: World, visit: Visit) -> None:
    clock = here.playground.clock
    page = visit()
    shown = page.locator("#clock time")
    expect(shown).to_have_text("9 h 00")
    page.get_by_role("button", name="300×").click()
    expect(shown).not_to_have_text("9 h 00")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Lecture")).to_be_visible()
    assert clock.speed == 0
    clock.due = clock.now().replace(hour=10, minute=15) + timedelta(days=1)
    page.get_by_role("button", name="Moment suivant").click()
    expect(page.locator("#clock")).to_have_text("mercredi 25 novembre 11 h 15")


def test_a_phone_never_scrolls_sideways(here: World, visit: Visit) -> None:
    long = "Pharmaceutical" * 12
    here.playground.workspace.add_channel(long.lower(), members=[here.alice.id])
    say(here, f"{long} ```{long}```")
    announce(here, "star", "ask", *(f"bouton-{number}-{long[:50]}" for number in range(4)))
    page = visit(**PHONE)
    address = page.url
    assert sideways(page, "#page") == []
    thread = next(iter(here.playground.workspace.messages[here.general.id]))
    for query in (f"&thread={thread}", f"&in={here.bot.id}&tab=home"):
        page.goto(address + query)
        expect(page.locator("#clock time")).to_be_visible()
        assert sideways(page, "#page") == [], query
    page.goto(address)
    first = page.locator(".message").first
    first.hover()
    first.get_by_label("Plus d'actions").click()
    expect(first.get_by_role("button", name="Poser cette question")).to_be_visible()
    assert sideways(page) == []
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert sideways(page, "#page") == []


def test_on_a_phone_the_conversations_are_in_a_drawer(here: World, visit: Visit) -> None:
    page = visit(**PHONE)
    drawer, opens = page.get_by_role("navigation"), page.get_by_role("button", name="Conversations")
    expect(drawer).to_be_hidden()
    opens.click()
    expect(drawer).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(opens).to_be_focused()
    opens.press("Enter")
    drawer.get_by_role("link", name="Maillon").click()
    expect(drawer).to_be_hidden()
    expect(page.get_by_role("heading", name="Maillon")).to_be_visible()
    expect(page.get_by_role("button", name="Accueil")).to_have_count(0)

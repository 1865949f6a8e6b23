"""What the page promises whoever tries the bot: no barrier that axe finds, everything by keyboard,
light and dark, on a phone; several people side by side; the days of the event to jump along."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from bot.playground.installed import InstalledApp
from bot.playground.page import Surroundings
from bot.playground.page import page as pages
from bot.playground.page.surroundings import Screen, Session
from tests.support.browser import NARROW, PHONE, accessible, sideways, tab_stops

from ..support import START, World, plain, world
from .support import PATIENCE, Visit, announce, bot, say

pytestmark = pytest.mark.browser
NBSP = "\N{NO-BREAK SPACE}"


class Crowd:
    """Somebody else's affair; the page only switches it."""

    on, deeds = False, 1_300

    def switch(self, on: bool) -> None:
        self.on = on


@pytest.fixture
def around() -> Surroundings:
    hour = timedelta(hours=1)
    sessions = [
        Session(title, room, START + before, START + before + hour)
        for title, room, before in (
            ("Ouverture", "Descartes", -hour), ("Table ronde", "Descartes", hour),
            ("Atelier", "Balzac", hour), ("Clôture", "Descartes", 25 * hour),
        )
    ]  # fmt: skip
    cast = (("Participant", "alice@example.org", ""), ("Host", "bob@example.org", "general"))
    return Surroundings(cast, sessions, [START + hour / 2], crowd=Crowd())


@pytest.fixture
def here(around: Surroundings) -> Iterator[World]:
    """With a screen that this playground serves itself."""
    app = InstalledApp(shortcuts={"take": "Poser cette question"})
    with world(pages=pages(rooms=["general"], around=around), app=app) as made, bot(made):
        screen = f"{made.playground.url}/page/static/icon.svg"
        around.screens = [Screen("Descartes", screen, screen)]
        yield made


def furnished(here: World) -> str:
    """Something of everything; the address of a thread."""
    announce(here, "star", "ask")
    for number in range(3):
        say(here, f"message {number} à <@{here.alice.id}>")
    client, where = here.client(), here.general.id
    client.files_upload_v2(content=b"x" * 2_000, filename="agenda.ics", title="Agenda",
                           channel=where, initial_comment="Voici")  # fmt: skip
    client.chat_postEphemeral(channel=where, user=here.alice.id, text="Pour vous seule")
    client.conversations_open(users=[here.alice.id, here.bob.id])
    home = {"type": "home", "blocks": [{"type": "header", "text": plain("Mon programme")}]}
    client.views_publish(user_id=here.alice.id, view=home)
    first = next(iter(here.playground.workspace.messages[where]))
    client.chat_postMessage(channel=where, thread_ts=first, text="dans le fil")
    return first


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [{"width": 1280, "height": 800}, PHONE], ids=["desktop", "phone"])
def test_axe_finds_no_barrier(here: World, browser: Browser, theme: Any, size: Any) -> None:
    thread = furnished(here)
    page = browser.new_page(
        viewport=size, color_scheme=theme, locale="fr-FR", reduced_motion="reduce"
    )
    page.set_default_timeout(PATIENCE)
    url = f"{here.playground.url}/?as={here.alice.id}"
    for place in (f"&in={here.general.id}&thread={thread}", f"&in={here.bot.id}&tab=home"):
        page.goto(url + place)
        expect(page.locator("#clock time")).to_be_visible()
        accessible(page)
        assert sideways(page, "#page") == []
    page.goto(f"{url}&in={here.general.id}")
    accessible(page)
    for opens in page.locator("[popovertarget]:visible").all():
        opens.click()
        accessible(page)
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    accessible(page)
    page.goto(f"{here.playground.url}/side-by-side")
    expect(page.get_by_role("heading", name="Côte à côte")).to_be_attached()
    accessible(page)
    page.close()


def test_nothing_reaches_over_the_edge_of_the_smallest_phone(here: World, visit: Visit) -> None:
    furnished(here)
    page = visit(**NARROW)
    assert sideways(page, "#page") == []
    page.get_by_role("button", name="Horloge et réglages").click()
    expect(page.get_by_role("button", name="300×")).to_be_visible()
    assert sideways(page, "#top") == [] or page.evaluate("document.body.scrollWidth") <= 320


def test_everything_by_keyboard(here: World, visit: Visit) -> None:
    announce(here, "star", "ask")
    page = visit()
    page.get_by_role("button", name="J'ai compris").click()
    page.reload()
    stops = tab_stops(page)
    assert stops[0] == "a Aller aux messages"
    assert "button Ask" in stops
    assert sum("Table ronde" in stop or "Ouverture" in stop for stop in stops) == 1
    ask = page.get_by_role("button", name="Ask")
    _tab_to(page, ask)
    page.keyboard.press("Enter")
    field = page.get_by_label("Your question")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(ask).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    page.keyboard.type("Pourquoi ?")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Question : Pourquoi ?")).to_be_visible()
    expect(ask).to_be_focused()


def _tab_to(page: Page, wanted: Any) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError("not reached by Tab")


def test_the_skip_link_leads_past_the_clock_and_the_conversations(
    here: World, visit: Visit
) -> None:
    page = visit()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller aux messages")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_the_theme_is_chosen_and_kept(here: World, visit: Visit) -> None:
    page = visit()
    switch, ground = page.get_by_role("button", name="Thème sombre"), _ground(page)
    expect(switch).to_have_attribute("aria-pressed", "false")
    light = ground()
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    assert ground() != light
    dark = ground()
    say(here, "bonjour")  # the page is drawn again
    expect(page.get_by_text("bonjour")).to_be_visible()
    expect(switch).to_have_attribute("aria-pressed", "true")
    page.reload()
    assert ground() == dark


def _ground(page: Page) -> Callable[[], str]:
    return lambda: str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_along_the_days(here: World, visit: Visit) -> None:
    page, clock = visit(), here.playground.clock
    stops = page.locator("#timeline button")
    assert stops.count() == 3  # two sessions begin together
    table = page.get_by_role("button", name=f"10{NBSP}h{NBSP}00, Table ronde · Atelier")
    expect(table).to_have_attribute("tabindex", "0")  # what is past is not where one begins
    table.press("ArrowLeft")
    past = page.get_by_role("button", name=f"8{NBSP}h{NBSP}00, Ouverture")
    expect(past).to_be_focused()
    expect(past).to_have_attribute("aria-disabled", "true")
    past.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("L'horloge ne revient pas en arrière.")
    assert clock.now() == START
    past.press("ArrowRight")
    table.press("Enter")
    expect(page.locator("#clock time")).to_have_text(f"10{NBSP}h{NBSP}00")
    assert clock.now() == START + timedelta(hours=1)
    expect(table).to_be_focused()


def test_on_the_way_everything_due_is_done(here: World, visit: Visit) -> None:
    """The bot says what comes next, and is waited for, each time."""
    clock, passed = here.playground.clock, []
    half = timedelta(minutes=30)
    clock.due = START + half

    def moved() -> None:
        if clock.now() == START + half and clock.due == START + half:
            passed.append(clock.now())
            clock.due = START + 4 * half
            here.playground.workspace.changes.advance()

    page = visit()
    to = f"10{NBSP}h{NBSP}00, Table ronde · Atelier"
    set_clock = clock.set

    def noticed(*moment: Any, **speed: Any) -> None:
        set_clock(*moment, **speed)
        moved()

    clock.set = noticed  # type: ignore[method-assign]
    page.get_by_role("button", name=to).click()
    expect(page.locator("#clock time")).to_have_text(f"10{NBSP}h{NBSP}00")
    assert passed == [START + half]


def test_people_side_by_side(here: World, visit: Visit) -> None:
    announce(here, "ask")
    page = visit()
    page.get_by_role("link", name="Côte à côte").click()
    alice, bob = (_frame(page, user.real_name) for user in (here.alice, here.bob))
    expect(page.get_by_label("Participation")).to_have_value("Alice Martin")
    expect(page.get_by_title("L'écran de la salle")).to_be_visible()
    bob.get_by_label("Message à #general").fill("bonjour")
    bob.get_by_label("Message à #general").press("Enter")
    expect(bob.locator(".message", has_text="bonjour")).to_be_visible()
    # Where the other person looks, it is not yet: a mark says that there is something.
    alice.get_by_role("button", name="Conversations").click()
    alice.get_by_role("link", name=re.compile("general")).click()
    expect(alice.locator(".message", has_text="bonjour")).to_be_visible()
    alice.get_by_role("button", name="Ask").click()
    alice.get_by_label("Your question").fill("Pourquoi ?")
    alice.get_by_label("Your question").press("Enter")
    expect(bob.get_by_text("Question : Pourquoi ?")).to_be_visible()
    page.get_by_role("button", name="Pause").or_(page.get_by_role("button", name="Lecture")).click()
    page.get_by_label("Animation").fill("Descartes")
    page.get_by_label("Animation").press("Enter")
    expect(page.get_by_label("Animation")).to_have_value("Bob Stone")  # the room is shown already
    page.get_by_role("link", name="Fermer Bob Stone").click()
    expect(page.get_by_title("Ce que voit Bob Stone")).to_have_count(0)
    expect(page.get_by_title("Ce que voit Alice Martin")).to_be_visible()


def _frame(page: Page, name: str) -> FrameLocator:
    return page.frame_locator(f'iframe[title="Ce que voit {name}"]')


def test_a_crowd_is_switched_on(here: World, visit: Visit, around: Surroundings) -> None:
    page = visit()
    switch = page.get_by_role("button", name="Public simulé")
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(switch).to_contain_text("gestes")
    assert around.crowd
    assert around.crowd.on
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")


def test_a_file_is_a_card_that_one_downloads(here: World, visit: Visit) -> None:
    furnished(here)
    page = visit()
    with page.expect_download() as download:
        page.get_by_role("link", name="Agenda").click()
    assert download.value.suggested_filename == "agenda.ics"
    file = next(iter(here.playground.workspace.files))
    stranger = here.playground.workspace.add_user("Carla Stern", "carla@example.org")
    refused = page.request.get(f"{here.playground.url}/page/files/{file}?as={stranger.id}")
    assert refused.status == 404

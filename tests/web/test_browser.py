"""The live page in Chromium: it follows, keeps what people are doing, and survives its server."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.browser import NARROW, accessible, chromium, sideways, tab_stops, zoomed
from tests.support.web import Served, served

from .support import add, pages, slugs, take_away

pytestmark = pytest.mark.browser

Visit = Callable[[str], Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def here(sqlite_url: str) -> Iterator[Served]:
    with served(sqlite_url, pages) as site:
        yield site


@pytest.fixture
def visit(here: Served, browser: Browser) -> Iterator[Visit]:
    """Open a page, whose time is the test's. A page that breaks its own rules fails."""
    context = browser.new_context(locale="fr-FR")
    context.set_default_timeout(5_000)
    complaints: list[str] = []

    def opened(address: str) -> Page:
        page = context.new_page()
        page.clock.install()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(here.url + address)
        return page

    yield opened
    context.close()
    # A server that is away is what some of these tests are about.
    assert [each for each in complaints if "Failed to load resource" not in each] == []


def refuses_streams(route: Route) -> None:
    if route.request.resource_type == "eventsource":
        route.abort()
    else:
        route.continue_()


def holds_streams_back(route: Route) -> None:
    """As some proxies do: nothing comes, and nothing fails."""
    if route.request.resource_type != "eventsource":
        route.continue_()


def test_the_stream_updates_the_page(here: Served, visit: Visit) -> None:
    page = visit("/board")
    asked = page.evaluate("performance.getEntriesByType('resource').length")
    here.run(add("a"))
    expect(page.locator("#a")).to_be_visible()
    here.run(take_away("a"))
    expect(page.locator("#a")).to_have_count(0)
    assert page.evaluate("performance.getEntriesByType('resource').length") == asked


def test_where_the_stream_is_refused_the_page_asks(here: Served, visit: Visit) -> None:
    page = visit("/nowhere")
    page.route("**/board/live", refuses_streams)
    page.goto(f"{here.url}/board")
    here.run(add("a"))
    page.clock.run_for(2_000)
    expect(page.locator("#a")).to_be_visible()
    expect(page.locator("body")).not_to_have_attribute("data-offline", "")
    page.unroute("**/board/live")
    page.clock.run_for(46_000)
    expect(page.locator("#a")).to_be_visible()
    here.run(add("b"))
    expect(page.locator("#b")).to_be_visible()  # by the stream: no time passes


def test_where_the_stream_is_silent_the_page_asks(here: Served, visit: Visit) -> None:
    page = visit("/nowhere")
    page.route("**/board/live", holds_streams_back)
    page.goto(f"{here.url}/board")
    here.run(add("a"))
    page.clock.run_for(30_000)
    expect(page.locator("#a")).to_have_count(0)
    page.clock.run_for(10_000)
    expect(page.locator("#a")).to_be_visible()


def test_without_a_server_the_last_state_stays(here: Served, visit: Visit) -> None:
    here.run(add("a"))
    page = visit("/board")
    line = page.get_by_text("Hors ligne. Voici le dernier état connu.")
    expect(line).to_be_hidden()
    here.stop()
    expect(line).to_be_visible()
    expect(page.locator("#a")).to_be_visible()
    accessible(page)
    here.start()
    here.run(add("b"))
    page.clock.run_for(2_000)
    expect(page.locator("#b")).to_be_visible()
    expect(line).to_be_hidden()


def test_a_topic_that_is_over_keeps_its_last_state(here: Served, visit: Visit) -> None:
    here.run(add("a"))
    page = visit("/board")
    here.run(add("over"))
    expect(page.locator("body")).to_have_attribute("data-offline", "")
    expect(page.locator("#a")).to_be_visible()


def test_nobody_is_disturbed_while_writing(here: Served, visit: Visit) -> None:
    page = visit("/board")
    field = page.get_by_label("Nom")
    field.press_sequentially("un ")
    here.run(add("a"))
    expect(page.locator("#a")).to_be_visible()
    expect(field).to_be_focused()
    page.keyboard.type("deux")
    expect(field).to_have_value("un deux")
    page.get_by_role("link", name="a", exact=True).focus()
    here.run(add("b"))
    expect(page.locator("#b")).to_be_visible()
    expect(field).to_have_value("un deux")  # unsent, although the focus is elsewhere
    expect(page.get_by_role("link", name="a", exact=True)).to_be_focused()
    expect(page.locator("form")).to_have_count(1)
    field.press("Enter")
    expect(page.locator("li", has_text="un deux")).to_be_visible()
    expect(field).to_have_value("")
    here.run(add("c"))
    expect(page.get_by_role("button")).to_have_text("4")  # untouched: the form is new again


def test_what_was_opened_stays_open(here: Served, visit: Visit) -> None:
    here.run(add("b"))
    page = visit("/board")
    page.get_by_text("Plus sur b").click()
    here.run(add("a"))
    expect(page.locator("#a")).to_be_visible()
    expect(page.locator("#d-b")).to_have_attribute("open", "")
    expect(page.locator("#d-a")).not_to_have_attribute("open", "")
    expect(page.get_by_text("Plus sur b")).to_be_focused()


def test_a_page_of_ones_own_fetches_its_part(here: Served, visit: Visit) -> None:
    page = visit("/own")
    here.run(add("a"))
    expect(page.locator("#live")).to_have_text("a")
    here.run(add("b"))
    expect(page.locator("#live")).to_have_text("a, b")


@pytest.mark.parametrize("address", ["/board", "/nowhere", "/fails/told"])
def test_pages_are_for_everybody(here: Served, visit: Visit, address: str) -> None:
    for name in ("a", "b"):
        here.run(add(name))
    page = visit(address)
    accessible(page)
    for size in (zoomed, lambda page: page.set_viewport_size(NARROW)):
        size(page)
        assert sideways(page) == []


def test_everything_is_reached_by_keyboard(here: Served, visit: Visit) -> None:
    here.run(add("a"))
    page = visit("/board")
    assert tab_stops(page) == [
        "a Aller au contenu",
        "a a",
        "summary Plus sur a",
        "input Nom",
        "button 1",
    ]


def test_without_a_script_the_page_works(here: Served, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{here.url}/board")
    page.get_by_label("Nom").fill("a")
    page.get_by_label("Nom").press("Enter")
    expect(page.locator("#a")).to_be_visible()
    expect(page.get_by_role("heading")).to_have_text("en")
    context.close()
    assert here.run(slugs) == ["a"]


def test_axe_finds_what_is_wrong(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<html><body><img src='x.png'><p style='color:#aaa'>pale</p></body></html>")
    with pytest.raises(AssertionError, match=r"(?s)color-contrast.*html-has-lang.*image-alt"):
        accessible(page)
    page.close()

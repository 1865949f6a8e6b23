"""The screen of a room: measured as it is seen from the back, and left alone for a day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy.orm import Session

from bot.features.programme.queries import of_room
from tests.support.browser import accessible, chromium, tab_stops, zoomed
from tests.support.congress import at
from tests.support.rooms import DESCARTES, Hall, hall

pytestmark = pytest.mark.browser

SIZES = [(1280, 720), (1920, 1080), (1024, 768)]
LONG = (
    "Pourquoi un traitement autorisé met-il encore des mois à arriver jusqu'aux malades, et " * 6
)[:500]
QUESTIONS = {
    "short": ("Quand ?", None),
    "two languages": ("Pourquoi si tard ?", "Why so late?"),
    "500 characters": (LONG, None),
    "500 capitals": (LONG.upper(), None),
    "500 in two languages": (LONG, LONG),
    "one word": ("Un" + "x" * 498, None),
}
MEASURE = """() => [...document.querySelectorAll(".scene, .scene *")].flatMap((element) => {
    const own = [...element.childNodes].some((each) => each.nodeType === 3 && each.data.trim())
    if (!own || !element.getClientRects().length || element.closest(".unseen")) return []
    const range = document.createRange()
    range.selectNodeContents(element)
    const box = range.getBoundingClientRect(), style = getComputedStyle(element)
    return [{
        text: element.textContent.trim().slice(0, 40),
        size: parseFloat(style.fontSize) / innerHeight,
        cut: box.left < 0 || box.top < -1
            || box.right > innerWidth + 1 || box.bottom > innerHeight + 1,
        color: style.color,
        ground: [...ancestors(element)].map((each) => getComputedStyle(each).backgroundColor)
            .find((each) => each !== "rgba(0, 0, 0, 0)"),
    }]
    function* ancestors(node) { for (; node; node = node.parentElement) yield node }
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def here(congress_url: str) -> Iterator[Hall]:
    with hall(congress_url) as one:
        yield one


@pytest.fixture
def screen(here: Hall, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(locale="en-GB", viewport={"width": 1280, "height": 720})
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(here.wall_url)
    yield page
    page.close()
    assert [one for one in complaints if "Failed to load resource" not in one] == []


def luminance(color: str) -> float:
    channels = [int(each) / 255 for each in color[color.index("(") + 1 : -1].split(",")[:3]]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: dict[str, Any]) -> float:
    dark, light = sorted((luminance(one["color"]), luminance(one["ground"])))
    return (light + 0.05) / (dark + 0.05)


def legible_from_the_back(page: Page, least_qr: float = 0.2) -> None:
    """At each size: large enough, nothing cut off, contrast, and a code that a phone reads."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        measured = page.evaluate(MEASURE)
        assert measured
        for one in measured:
            assert one["size"] >= 0.05 - 1e-6, (width, height, one)
            assert not one["cut"], (width, height, one)
            assert contrast(one) >= 7, one
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        heights = page.evaluate(
            "[...document.querySelectorAll('.qr')]"
            ".map((each) => each.getBoundingClientRect().height / innerHeight)"
        )
        assert len(heights) == 1
        assert heights[0] >= least_qr


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_legible_from_the_back(here: Hall, screen: Page, name: str) -> None:
    text, translation = QUESTIONS[name]
    [question] = here.asked("Pourquoi ?", supporters=41)
    here.stage(question, text=text, translation=translation, named=True)
    shown = screen.locator(".asked").first
    expect(shown).to_have_text(text)
    legible_from_the_back(screen)
    expect(screen.locator(".facts")).to_contain_text("41 soutiens")
    expect(screen.locator("strong")).to_have_text(here.code())


def test_two_long_languages_take_turns(here: Hall, screen: Page) -> None:
    screen.clock.install()
    screen.reload()
    [question] = here.asked("Pourquoi ?")
    english = ("Why does an authorised treatment still take months to reach patients, and " * 7)[
        :500
    ]
    here.stage(question, text=LONG, translation=english)
    french, other = screen.locator(".asked").first, screen.locator(".asked").last
    expect(french).to_be_visible()
    expect(other).to_be_hidden()
    screen.clock.run_for(12_000)
    expect(other).to_be_visible()
    expect(other).to_have_attribute("lang", "en")
    expect(french).to_be_hidden()


def test_waiting_next_and_nothing_are_legible_too(congress_url: str, browser: Browser) -> None:
    with hall(congress_url, at("11:46")) as here:
        page = browser.new_page()
        page.goto(here.wall_url)
        scene = page.locator(".scene")
        for moment, words in (
            (at("11:46"), "12 h 20 · ReyCell : logiciel de données"),
            (at("11:50"), "11 h 52 · RémyCell : technologie de rupture"),
            (at("13:50"), "À suivre · Next"),
            (at("13:50"), "14 h 00"),
            (at("14:04"), "En ce moment · Now"),
            (at("20:00"), "vendredi 13 décembre à"),
            (at("23:50", 13), "Plus rien n'est prévu dans cette salle."),
        ):
            here.clock.set(moment)
            expect(scene).to_contain_text(words)
            legible_from_the_back(page)
        page.close()


def test_the_screen_speaks_both_languages(here: Hall, screen: Page) -> None:
    scene = screen.locator(".scene")
    for words in ("En ce moment · Now", "Posez votre question", "Ask your question"):
        expect(scene).to_contain_text(words)
    here.stage(here.asked("Pourquoi si tard ?")[0], translation="Why so late?")
    for words in ("Pourquoi si tard ?", "Why so late?", "Posez votre question · Ask your question"):
        expect(scene).to_contain_text(words)


def test_black_on_request(here: Hall, screen: Page) -> None:
    here.stage(here.asked("Quand ?")[0])
    expect(screen.locator(".asked")).to_have_text("Quand ?")
    here.change(black=True)
    expect(screen.locator(".scene.black")).to_be_visible()
    assert screen.evaluate("document.querySelector('.scene').innerText.trim().length") < 40
    assert screen.locator(".qr, .asked").count() == 0
    here.change(black=False)
    expect(screen.locator(".asked")).to_have_text("Quand ?")


def test_where_streams_are_blocked_it_asks(here: Hall, screen: Page) -> None:
    def refuses_streams(route: Route) -> None:
        if route.request.resource_type == "eventsource":
            route.abort()
        else:
            route.continue_()

    screen.route("**/wall/*/live", refuses_streams)
    screen.goto(here.wall_url)
    here.stage(here.asked("Quand ?")[0])
    expect(screen.locator(".asked")).to_have_text("Quand ?")


def test_without_its_server_it_keeps_the_question(here: Hall, screen: Page) -> None:
    here.stage(here.asked("Quand ?")[0])
    expect(screen.locator(".asked")).to_have_text("Quand ?")
    here.site.stop()
    expect(screen.locator("body")).to_have_attribute("data-offline", "")
    expect(screen.locator(".asked")).to_have_text("Quand ?")
    legible_from_the_back(screen)
    here.site.start()
    expect(screen.locator("body")).not_to_have_attribute("data-offline", "")


def test_it_is_for_everybody(here: Hall, screen: Page) -> None:
    accessible(screen)
    assert tab_stops(screen) == ["a Aller au contenu"]  # there is nothing to press
    here.stage(here.asked("Pourquoi si tard ?")[0], translation="Why so late?")
    expect(screen.locator(".asked").first).to_be_visible()
    accessible(screen)
    zoomed(screen)
    accessible(screen)
    assert screen.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_opened_in_the_morning_it_needs_nobody_all_day(congress_url: str, browser: Browser) -> None:
    """Two days of the sample congress, with its two changed programmes."""
    with hall(congress_url, at("07:30")) as here:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(here.wall_url)
        seen = []
        for day in (12, 13):
            for moment in ("07:30", "09:00", "09:50", "10:30", "11:00", "12:45", "14:04", "15:02",
                           "16:30", "18:30"):  # fmt: skip
                if (day, moment) == (12, "12:45"):
                    here.imports("schedule-v2.json")
                if (day, moment) == (13, "09:50"):
                    here.imports("schedule-v3.json")
                here.clock.set(at(moment, day))
                expected = here.site.run(lambda session: _heading(here, session))
                expect(page.locator("h1, .when").first).to_have_text(expected)
                assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
                seen.append(expected)
        page.close()
    assert len(set(seen)) > 10


def _heading(here: Hall, session: Session) -> str:
    """By the plain programme: what is on, else what is next, in this room."""
    rows = [
        one for one in of_room(session, here.event_id, DESCARTES, here.now) if not one.cancelled
    ]
    running = [one for one in rows if one.starts_at <= here.now]
    if running or rows:
        return (running[-1] if running else rows[0]).title
    return "Plus rien n'est prévu dans cette salle."

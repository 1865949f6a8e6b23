"""The pupitre and the team's page in Chromium, on a phone: by thumb, by keyboard, offline."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, ViewportSize, expect
from sqlalchemy import select

from bot.db.history import Change
from tests.support.browser import (
    NARROW,
    PHONE,
    accessible,
    chromium,
    sideways,
    tab_stops,
    zoomed,
)

from .round_table import CASE, COST, HOME, NOW, TRIALS, WAITS, RoundTable, round_table

pytestmark = pytest.mark.browser

Visit = Callable[[str, str], Page]
LARGE = 56


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def table(sqlite_url: str) -> Iterator[RoundTable]:
    with round_table(sqlite_url) as one:
        yield one


@pytest.fixture
def visit(table: RoundTable, browser: Browser) -> Iterator[Visit]:
    """A phone of its own for each, signed in, whose time is the test's."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(who: str, kind: str) -> Page:
        context = browser.new_context(locale="fr-FR", viewport=PHONE)
        context.set_default_timeout(5_000)
        contexts.append(context)
        page = context.new_page()
        page.clock.install()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        path = "/team" if kind == "list" else table.page(kind)
        page.goto(table.url + table.link(getattr(table, who), path))
        page.get_by_role("button", name="Ouvrir").click()
        page.wait_for_url(f"**{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [each for each in complaints if "Failed to load resource" not in each] == []


def read(page: Page) -> str:
    """What stands on the pupitre, without the link to the content and no-break spaces."""
    text = page.locator("main").inner_text().replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\n+", "\n", text).strip()


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def changes_by(table: RoundTable, who: str) -> list[str]:
    """Since the page was opened."""
    since = NOW - timedelta(seconds=1)
    query = select(Change.what).where(Change.actor == who, Change.at > since)
    return sorted(table.site.run(lambda session: session.scalars(query).all()))


def test_scene_6_the_host_with_one_hand(table: RoundTable, visit: Visit) -> None:
    page = visit("host", "stage")
    assert read(page) == "\n".join(
        [
            "Session T",
            *("Retard (min)", "+5", "+10", "+15"),
            "35 min",
            "Complet",
            f"À L'ÉCRAN : {WAITS}",
            "Iris",
            "ENSUITE",
            COST,
            "ENSUITE",
            HOME,
            "Parole des patients : 2 posées, 1 réponse apportée",
            "Réponse apportée",
            "Plus tard",
            "Écran noir",
        ]
    )
    page.context.set_offline(True)
    expect(page.get_by_text("Hors ligne.")).to_be_visible()
    button(page, "Réponse apportée").click()
    waiting = page.get_by_text("En attente du réseau : Réponse apportée")
    expect(waiting).to_be_visible()
    button(page, "Réponse apportée").click()  # impatience
    button(page, "Écran noir").click()
    page.clock.fast_forward("03:00")
    expect(page.get_by_text("À l'écran : " + WAITS)).to_be_visible()
    expect(page.get_by_text("En attente du réseau : Écran noir")).to_be_visible()
    expect(waiting).to_have_count(1)
    assert table.view(WAITS).state == "on_screen"

    page.context.set_offline(False)
    expect(page.get_by_text("Réponse apportée : c'est fait")).to_be_visible()
    expect(page.get_by_text("Écran noir : c'est fait")).to_be_visible()
    page.clock.run_for(3_000)
    expect(page.locator("#now")).to_contain_text(COST)
    expect(page.get_by_text("Hors ligne.")).to_be_hidden()
    assert table.states() | {CASE: ""} == {
        WAITS: "answered",
        COST: "on_screen",
        HOME: "published",
        TRIALS: "answered",
        CASE: "",
    }
    assert table.sheet("black") is True
    assert changes_by(table, table.host) == [
        "question.answered",
        "question.on_screen",
        "questions.session_changed",
    ]


def test_a_press_whose_answer_was_lost_is_done_once(table: RoundTable, visit: Visit) -> None:
    page = visit("host", "stage")
    lost: list[str] = []

    def loses_the_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        route.fetch()
        lost.append(route.request.post_data or "")
        route.abort()

    page.route("**/press", loses_the_first_answer)
    with page.expect_request("**/press"):
        button(page, "Réponse apportée").click()
    expect(page.locator("#now")).to_contain_text(COST)
    with page.expect_request("**/press") as again:
        page.clock.run_for(3_000)
    assert again.value.post_data == lost[0]
    expect(page.get_by_text("Réponse apportée : c'est fait")).to_be_visible()
    assert changes_by(table, table.host) == ["question.answered", "question.on_screen"]


def test_a_press_that_no_longer_fits_says_so(table: RoundTable, visit: Visit) -> None:
    page = visit("host", "stage")
    page.context.set_offline(True)
    expect(page.get_by_text("Hors ligne.")).to_be_visible()
    button(page, "Réponse apportée").click()
    table.does(table.team, "later", WAITS)
    table.does(table.team, "put_on_screen", HOME)
    page.context.set_offline(False)
    expect(page.locator("#said")).to_contain_text(
        "Réponse apportée : Tim vient de modifier cette question."
    )
    page.clock.run_for(3_000)
    expect(page.locator("#now")).to_contain_text(HOME)
    assert table.view(WAITS).state == "published"


def test_presses_wait_though_the_page_is_closed(table: RoundTable, visit: Visit) -> None:
    page = visit("host", "stage")
    page.context.set_offline(True)
    button(page, "Plus tard").click()
    expect(page.get_by_text("En attente du réseau : Plus tard")).to_be_visible()
    phone = page.context
    page.close()  # a page that one only left may go on for a moment, and send what it has
    phone.set_offline(False)
    assert table.view(WAITS).state == "on_screen"
    page = phone.new_page()
    page.goto(table.url + table.page("stage"))
    expect(page.get_by_text("Plus tard : c'est fait")).to_be_visible()
    expect(page.locator("#now")).to_contain_text(COST)


def test_a_press_can_be_taken_back_for_ten_seconds(table: RoundTable, visit: Visit) -> None:
    page = visit("host", "stage")
    back = button(page, "Revenir en arrière")
    expect(back).to_be_hidden()
    button(page, "Réponse apportée").click()
    expect(page.locator("#now")).to_contain_text(COST)
    page.clock.run_for(5_000)  # the clock goes on by itself as well, on a busy machine for long
    back.click()
    expect(page.locator("#said")).to_contain_text("Retour en arrière effectué")
    expect(page.locator("#now")).to_contain_text(WAITS)
    expect(back).to_be_hidden()
    assert table.view(WAITS).state == "on_screen"
    button(page, "Plus tard").click()
    expect(back).to_be_visible()
    page.clock.run_for(10_000)
    expect(back).to_be_hidden()
    expect(page.locator("#said")).to_be_empty()


def test_a_second_tap_is_no_second_press(table: RoundTable, visit: Visit) -> None:
    page = visit("host", "stage")
    button(page, "Réponse apportée").dblclick()
    expect(page.locator("#now")).to_contain_text(COST)
    assert table.view(COST).state == "on_screen"
    assert table.view(HOME).state == "published"


def test_without_a_question_on_the_screen_the_first_button_shows_one(
    table: RoundTable, visit: Visit
) -> None:
    for text in (WAITS, COST, HOME):
        table.does(table.team, "answered", text)
    table.does(table.team, "publish", CASE)
    page = visit("host", "stage")
    assert "Rien à l'écran." in read(page)
    expect(button(page, "Plus tard")).to_be_disabled()
    button(page, "À l'écran").click()
    expect(page.locator("#now")).to_contain_text(CASE)
    expect(button(page, "Réponse apportée")).to_be_enabled()
    button(page, "Écran noir").click()
    expect(page.get_by_text("L'écran est noir.")).to_be_visible()
    button(page, "À l'écran").click()
    expect(button(page, "Écran noir")).to_be_visible()
    button(page, "Réponse apportée").click()
    expect(button(page, "À l'écran")).to_be_disabled()
    assert "Plus aucune question publiée." in read(page)


@pytest.mark.parametrize("size", [PHONE, NARROW], ids=["390", "320"])
def test_the_three_buttons_are_large_and_in_reach(
    table: RoundTable, visit: Visit, size: ViewportSize
) -> None:
    page = visit("host", "stage")
    page.set_viewport_size(size)
    button(page, "Réponse apportée").click()
    names = ("Réponse apportée", "Plus tard", "Écran noir", "Revenir en arrière")
    boxes = []
    for name in names:
        box = button(page, name).bounding_box()
        assert box is not None
        assert box["height"] >= LARGE
        assert box["width"] >= LARGE
        assert box["y"] + box["height"] <= size["height"], "seen without scrolling"
        boxes.append(box)
    below = max(boxes[:3], key=lambda box: box["y"])["y"]
    assert boxes[3]["y"] + boxes[3]["height"] <= min(box["y"] for box in boxes[:3]) <= below
    assert sideways(page) == []


def test_the_screen_stays_awake(table: RoundTable, visit: Visit, browser: Browser) -> None:
    context = browser.new_context(locale="fr-FR")
    context.add_init_script(
        "window.locks = []; Object.defineProperty(navigator, 'wakeLock',"
        " { value: { request: async (kind) => { window.locks.push(kind) } } })"
    )
    page = table.signed_in(context, table.host, table.page("stage"))
    page.wait_for_load_state("load")
    assert page.evaluate("window.locks") == ["screen"]
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert page.evaluate("window.locks") == ["screen", "screen"]
    context.close()


def test_who_lost_the_right_to_the_page_is_told(table: RoundTable, visit: Visit) -> None:
    from bot.features.questions.access import revoke

    page = visit("host", "stage")
    table.site.run(lambda session: revoke(session, table.event_id, table.host))
    button(page, "Réponse apportée").click()
    expect(page.get_by_text("Cette page s'ouvre avec un lien personnel.")).to_be_visible()
    assert table.view(WAITS).state == "on_screen"


def test_the_pupitre_by_keyboard(table: RoundTable, visit: Visit) -> None:
    page = visit("host", "stage")
    assert tab_stops(page) == [
        "a Aller au contenu",
        *("button +5", "button +10", "button +15"),
        "button Complet",
        "button Réponse apportée",
        "button Plus tard",
        "button Écran noir",
    ]
    button(page, "Réponse apportée").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#now")).to_contain_text(COST)
    expect(button(page, "Réponse apportée")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_text("L'écran est noir.")).to_be_visible()


def test_two_moderators_on_two_pages(table: RoundTable, visit: Visit) -> None:
    tim, zoe = visit("team", "team"), visit("other", "team")
    case = f"#q-{table.questions[CASE]}"
    # Zoe writes while Tim publishes.
    zoe.locator(case).get_by_role("link", name="Modifier, regrouper").click()
    zoe.get_by_label("Texte de la question").fill("Est-ce grave ?")
    button(tim.locator(case), "Publier").click()
    expect(tim.locator(f"#published {case}")).to_be_visible()
    expect(tim.locator("#undo")).to_contain_text("Publiée.")
    button(zoe.locator("#edit"), "Enregistrer").click()
    expect(zoe.locator("p.error")).to_contain_text("Tim vient de modifier cette question.")
    expect(zoe.get_by_label("Texte de la question")).to_have_value("Est-ce grave ?")
    assert table.view(CASE).text == CASE
    # What she saw then is what is there: now it is done, and Tim sees it without a press.
    button(zoe.locator("#edit"), "Enregistrer").click()
    expect(tim.locator(case)).to_contain_text("Est-ce grave ?")
    expect(tim.locator(case)).to_contain_text("Texte d'origine")


def test_what_is_being_written_stays_as_the_page_follows(table: RoundTable, visit: Visit) -> None:
    page = visit("team", "team")
    page.get_by_text("Question de la salle", exact=True).click()
    page.get_by_label("La question posée de vive voix").fill("Et pour les enfants ?")
    table.does(table.other, "publish", CASE)
    expect(page.locator(f"#published #q-{table.questions[CASE]}")).to_be_visible()
    expect(page.get_by_label("La question posée de vive voix")).to_be_focused()
    expect(page.get_by_label("La question posée de vive voix")).to_have_value(
        "Et pour les enfants ?"
    )


def test_a_question_is_grouped_with_its_like(table: RoundTable, visit: Visit) -> None:
    page = visit("team", "team")
    page.goto(f"{table.url}{table.page('team')}/q/{table.questions[HOME]}")
    # A therapy is a treatment: likest first.
    expect(page.locator("#merge li").first).to_contain_text(COST)
    button(page.locator(f"#into-{table.questions[WAITS]}"), "Regrouper").click()
    expect(page.locator("#undo")).to_contain_text("Regroupée")
    assert table.view(HOME).state == "merged"
    accessible(page)


def test_scene_7_a_person_is_not_a_question(table: RoundTable, visit: Visit) -> None:
    page = visit("team", "team")
    case = page.locator(f"#q-{table.questions[CASE]}")
    expect(case.locator(".held")).to_have_text(
        "En relecture · santé d'une personne · effet possible"
    )
    button(case, "Cas individuel").click()
    expect(page.locator("#undo")).to_contain_text("Question non retenue.")
    assert table.view(CASE).state == "declined"
    assert table.view(CASE).declined == "individual_case"
    button(page, "Revenir en arrière").click()
    expect(page.locator(f"#review #q-{table.questions[CASE]}")).to_be_visible()


def test_a_question_of_the_room_takes_two_taps(table: RoundTable, visit: Visit) -> None:
    page = visit("team", "team")
    page.get_by_text("Question de la salle", exact=True).click()
    page.get_by_label("La question posée de vive voix").fill("Et pour les enfants ?")
    button(page, "Enregistrer").first.click()
    expect(page.locator("#undo")).to_contain_text("Question de la salle enregistrée.")
    page.locator("#closed-answered summary").first.click()
    expect(page.locator("#closed-answered")).to_contain_text("Et pour les enfants ?")


def everything_open(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")


@pytest.mark.parametrize(
    ("who", "kind"),
    [
        ("team", "team"),
        ("team", "list"),
        ("team", "question"),
        ("host", "stage"),
        ("speaker", "panel"),
    ],
)
def test_pages_are_for_everybody(table: RoundTable, visit: Visit, who: str, kind: str) -> None:
    table.does(table.team, "assign", COST, table.speaker)
    page = visit(who, "team" if kind == "question" else kind)
    if kind == "question":
        page.goto(f"{table.url}{table.page('team')}/q/{table.questions[COST]}")
    accessible(page)
    everything_open(page)
    accessible(page)
    assert sideways(page) == []
    page.set_viewport_size(NARROW)
    assert sideways(page) == []
    zoomed(page)
    assert sideways(page) == []
    tab_stops(page)  # each is seen


def test_the_dark_and_the_offline_pupitre_are_for_everybody(
    table: RoundTable, visit: Visit
) -> None:
    page = visit("host", "stage")
    button(page, "Écran noir").click()
    expect(page.get_by_text("L'écran est noir.")).to_be_visible()
    accessible(page)
    page.context.set_offline(True)
    button(page, "Plus tard").click()
    expect(page.get_by_text("Hors ligne.")).to_be_visible()
    accessible(page)
    page.context.set_offline(False)


def test_the_door_is_for_everybody(table: RoundTable, browser: Browser) -> None:
    page = browser.new_page(locale="fr-FR", viewport=PHONE)
    page.goto(table.url + table.link(table.host, table.page("stage")))
    accessible(page)
    assert tab_stops(page) == ["a Aller au contenu", "button Ouvrir"]
    page.close()


def test_without_a_script_the_pages_work(table: RoundTable, browser: Browser) -> None:
    context = browser.new_context(
        locale="fr-FR",
        viewport=PHONE,
        java_script_enabled=False,
    )
    page = table.signed_in(context, table.host, table.page("stage"))
    button(page, "Réponse apportée").click()
    expect(page.locator("#now")).to_contain_text(COST)
    button(page, "Revenir en arrière").click()
    expect(page.locator("#now")).to_contain_text(WAITS)
    page.goto(table.url + table.page("team"))
    case = page.locator(f"#q-{table.questions[CASE]}")
    case.get_by_text("Ne pas retenir").click()
    case.get_by_role("button").last.click()
    context.close()

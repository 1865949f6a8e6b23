"""Scene 10: what came of two days, on the screen; one message on Monday; then a month of silence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.i18n import NBSP
from bot.features.introductions.encounters import answer_encounter
from bot.features.introductions.follow_ups import report
from bot.features.people.queries import participant_by_email
from bot.features.people.tables import Participant
from bot.features.programme.tables import SessionRow
from bot.features.questions.access import personal_link
from bot.features.questions.asking import ask
from bot.features.questions.model import Draft
from bot.features.questions.moderation import answered, publish
from bot.features.questions.rooms import room_page
from tests.support.browser import ARGUMENTS, PHONE
from tests.support.congress import Congress, at, congress, said
from tests.support.introductions import add_introduction, agree
from tests.support.machine import CHROMIUM
from tests.support.questions import MemoryKeys
from tests.support.rooms import DESCARTES

pytestmark = pytest.mark.browser

ELODIE, ORGANISER = "elodie.thierry@example.org", "susan.aubert@example.org"
PAIRS, MET, CAME, QUESTIONS, ANSWERED = 15, 12, 8, 9, 6
FIGURES = (
    "15 mises en relation · 12 rencontres · 8 suites déclarées · 9 questions, 6 réponses apportées"
)
IN_ENGLISH = "15 introductions · 12 meetings · 8 follow-ups reported · 9 questions, 6 answered"
OUTCOMES = "[Partenariat] [Essai ou pilote] [Financement] [Recrutement] [Autre] [Sans suite]"
MONDAY = at("09:30", 16)
THIRTIETH = at("09:30", 13).replace(year=2020, month=1)
"""The twelfth of January is a Sunday."""


def two_days(one: Congress, session: Session) -> tuple[str, str, str]:
    """What people did; the link of an organiser to the pupitre, and the screen of the room."""
    event_id, now = one.event_id(session), at("15:16", 13)
    workspace = one.maillon.slack.workspace_id
    elodie = participant_by_email(session, event_id, ELODIE)
    organiser = participant_by_email(session, event_id, ORGANISER)
    assert elodie is not None
    assert organiser is not None
    startups, companies = (
        session.scalars(
            select(Participant)
            .where(Participant.kind == kind, Participant.email != ELODIE)
            .order_by(Participant.email)
        ).all()
        for kind in ("startup", "industrial")
    )
    breaks = [
        session.get_one(SessionRow, (event_id, one.session_id(session, code)))
        for code in ("S004", "S009", "S022")
    ]
    # Élodie meets three companies, other start-ups one each.
    firsts = [elodie, elodie, elodie, *startups][:PAIRS]
    for number, (first, second) in enumerate(zip(firsts, companies[:PAIRS], strict=True)):
        break_ = breaks[number % 3]
        made = add_introduction(session, event_id, workspace, break_, (first, second))
        for who, whom in ((first, second), (second, first)):
            if number < MET:
                answer_encounter(session, who, made, whom.participant_id, "yes", now)
            if MET - CAME <= number < MET:
                report(session, who, whom.participant_id, 1, "pilot", now)
    agree(session, elodie, "follow_ups")
    table = one.session_id(session, "S003")
    for number in range(QUESTIONS):
        draft = Draft(table, f"Question numéro {number} ?", "fr")
        question = ask(session, elodie, draft, MemoryKeys(), at("09:40"))
        publish(session, organiser, question.question_id, 1, at("09:40"))
        if number < ANSWERED:
            answered(session, organiser, question.question_id, 2, at("09:45"))
    closing = session.scalars(
        select(SessionRow).where(SessionRow.title.startswith("Clôture"))
    ).one()
    path = f"/stage/{closing.session_id}"
    wall = f"/wall/{room_page(session, event_id, DESCARTES).wall_id}"
    return path, personal_link(session, organiser, path), wall


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        await browser.close()


async def closing_session(one: Congress, browser: Browser) -> None:
    """One press of who leads the session, and the room reads it; another, and it is gone."""
    path, link, wall_path = await one.maillon.runtime.run(lambda session: two_days(one, session))
    url = one.maillon.http_url
    screen = await browser.new_page(viewport={"width": 1280, "height": 720})
    await screen.goto(url + wall_path)
    await expect(screen.locator("h1.session")).to_contain_text("Clôture")
    await expect(screen.locator(".came")).to_have_count(0)

    phone = await browser.new_page(viewport=PHONE, locale="fr-FR")
    await phone.goto(url + link)
    await phone.get_by_role("button").click()
    await phone.wait_for_url(f"**{path}")
    await phone.get_by_role("button", name="Bilan à l'écran").click()
    french, english = screen.locator(".came").first, screen.locator(".came").last
    await expect(french).to_have_text(FIGURES)
    await expect(english).to_have_text(IN_ENGLISH)
    await expect(phone.get_by_text("Le bilan est à l'écran.")).to_be_visible()
    await fits(screen)
    await phone.get_by_role("button", name="Retirer le bilan").click()
    await expect(screen.locator(".came")).to_have_count(0)
    await phone.get_by_role("button", name="Bilan à l'écran").click()
    await expect(french).to_have_text(FIGURES)


async def fits(screen: Page) -> None:
    """Everything is on the screen, and nothing is smaller than a twentieth of it."""
    inside = "document.documentElement.scrollHeight <= innerHeight"
    assert await screen.evaluate(inside)
    sizes = await screen.evaluate(
        "[...document.querySelectorAll('.came')]"
        ".map((each) => parseFloat(getComputedStyle(each).fontSize) / innerHeight)"
    )
    assert min(sizes) >= 0.05


def directly(one: Congress, since: datetime, until: datetime) -> list[tuple[datetime, str]]:
    """Direct messages to anybody between two moments."""
    workspace = one.playground.workspace
    return [
        (post.moment, post.text.replace(NBSP, " "))
        for post in one.playground.receipts.posts
        if workspace.channels[post.channel].direct and since < post.moment < until
    ]


def test_scene_ten(sqlite_url: str) -> None:
    async def scene() -> None:
        async with chromium() as browser, congress(sqlite_url, start=at("15:20", 13)) as one:
            await one.playground.open_messages(one.user(ELODIE))
            await one.playground.settled()
            await closing_session(one, browser)

            # Monday 09:30: one message, to who agreed to it.
            await one.until(MONDAY.replace(hour=9, minute=29))
            count = len(await one.letters(ELODIE))
            await one.until(MONDAY)
            letters = await one.letters(ELODIE)
            assert len(letters) == count + 1
            assert letters[-1].moment == MONDAY
            asked = said(letters[-1]).split("\n")
            assert asked[0] == "Vos 3 rencontres : quelle suite ?"
            assert asked.count(OUTCOMES) == 3
            assert directly(one, at("20:00", 13), MONDAY) == []

            # Then nothing, to anybody, until the thirtieth day.
            await one.until(THIRTIETH)
            assert directly(one, MONDAY, THIRTIETH) == []
            letters = await one.letters(ELODIE)
            assert len(letters) == count + 2
            assert said(letters[-1]).startswith("Vos 3 rencontres : quelle suite ?\n")

    asyncio.run(scene())

"""Scene 3: the round table of 09:30 runs over, from the pupitre and from the chat."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any, TypeVar

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features.delays.actions import undo_delay
from bot.features.introductions.tables import Round, RoundChoice
from bot.features.people.actions import meet
from bot.features.people.model import Member
from bot.features.people.queries import participant_by_email
from bot.features.programme.actions import add_star
from bot.features.programme.tables import SessionRow
from bot.features.questions.access import personal_link
from tests.support.browser import PHONE, accessible, chromium, sideways
from tests.support.congress import (
    ON_STAGE,
    Congress,
    at,
    buttons_of,
    congress,
    legible,
    prepared,
    said,
)

T = TypeVar("T")
HOST = "oceane.pineau@example.org"
HAND = "ines.millet@example.org"
ORGANISER = "susan.aubert@example.org"
NOBODY = "elodie.thierry@example.org"
TABLE, BREAK, TALK = "S003", "S004", "S005"
CHOSE, COME = 36, 4
"""Who chose the break, and who comes to its round; two do both."""
PREVIEW = (
    "Fin à 10 h 40. La pause absorbe le retard : rien ne bouge à 11 h 00. "
    "Rencontres reportées à 10 h 47. 38 personnes prévenues."
)
LATE = "En cours, fin prévue à 10 h 40 (+10 min)"


async def chosen(one: Congress) -> list[str]:
    """People who chose the break or come to meet somebody in it; how they are addressed."""
    skipped = {HOST, HAND, ORGANISER, NOBODY}
    users = [
        user
        for user in one.playground.workspace.users.values()
        if user.email and not user.is_bot and user.email not in skipped
    ]
    people = sorted(users, key=lambda user: str(user.email))[:38]

    def use_case(session: Session) -> None:
        event_id = one.event_id(session)
        workspace_id = one.maillon.slack.workspace_id
        break_id = one.session_id(session, BREAK)
        round_id = session.scalars(select(Round.round_id).where(Round.session_id == break_id)).one()
        for n, user in enumerate(people):
            member = Member(user.id, user.name, user.email, "fr-FR")
            who = meet(session, event_id, workspace_id, member, at("09:40")).participant_id
            if n < CHOSE:
                add_star(session, event_id, who, break_id, at("09:40"))
            if n >= len(people) - COME:
                session.add(
                    RoundChoice(
                        event_id=event_id,
                        round_id=round_id,
                        participant_id=who,
                        coming=True,
                        at=at("09:40"),
                    )
                )

    await one.maillon.runtime.run(use_case)
    return [str(user.email) for user in people]


def _besides_on_stage(one: Congress, since: int) -> list[tuple[str, str, str]]:
    """Without what people on stage are told of their own sessions when they are first met."""
    return [post for post in one.told(since) if not post[2].startswith(ON_STAGE)]


def titles(one: Congress) -> list[str]:
    return [said(post).splitlines()[0] for post in one.posts("programme")]


async def times(one: Congress, code: str) -> str:
    def look(session: Session) -> str:
        row = session.get_one(SessionRow, (one.event_id(session), one.session_id(session, code)))
        zone = at("00:00").tzinfo
        return f"{row.starts_at.astimezone(zone):%H:%M}–{row.ends_at.astimezone(zone):%H:%M}"

    return await one.maillon.runtime.read(look)


def test_from_the_chat(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("09:00")) as one:
            await one.until(at("09:45"))
            people = await chosen(one)
            assert titles(one)[-1] == "En cours"
            before = len(one.told())
            answer = await one.command(HOST, "retard 10")
            assert answer is not None
            assert said(answer).splitlines()[1:] == [
                PREVIEW,
                "[Confirmer] [Décaler toute la suite]",
            ]
            assert len(one.told()) == before, "a preview tells nobody"
            await one.press(HOST, answer, "Confirmer")
            await one.idle()
            assert titles(one)[-1] == LATE
            assert await times(one, BREAK) == "10:40–11:00"
            assert await times(one, TALK) == "11:00–11:45"
            told = _besides_on_stage(one, before)
            told = [post for post in told if post[1] != HOST]
            assert sorted(who for _, who, _ in told) == sorted(people), "each once"
            assert {text for _, _, text in told} == {
                "Du retard · Pause et rencontres au village, "
                "Retard de 10 min : à 10 h 40 (au lieu de 10 h 30)",
                "Rencontres reportées à 10 h 47 : la pause commence à 10 h 40.",
            }
            await _an_import_leaves_it_alone(one)
            await _back(one, people)

    asyncio.run(scene())


async def _an_import_leaves_it_alone(one: Congress) -> None:
    for name in ("schedule-v2.json", "schedule-v3.json"):
        await one.import_programme(name)
        assert await times(one, TABLE) == "09:30–10:40"
        assert await times(one, BREAK) == "10:40–11:00"
        assert titles(one)[-1] == LATE or LATE in titles(one)


async def _back(one: Congress, people: list[str]) -> None:
    before = len(one.told())
    reply = (await one.private(HOST, one.channel("programme")))[-1]
    assert said(reply).splitlines()[1:] == [
        "Retard annoncé : +10 min, fin à 10 h 40.",
        "[Revenir en arrière]",
    ]
    await one.press(HOST, reply, "Revenir en arrière")
    await one.idle()
    reply = (await one.private(HOST, one.channel("programme")))[-1]
    assert said(reply).splitlines()[1:] == [
        "Retour à l'heure prévue : fin à 10 h 30. 38 personnes prévenues."
    ]
    assert LATE not in titles(one)
    assert await times(one, TABLE) == "09:30–10:30"
    assert await times(one, BREAK) == "10:30–11:00"
    told = _besides_on_stage(one, before)
    assert sorted(who for _, who, _ in told) == sorted([*people, "programme"]), "each once"
    assert {text.split(" · ")[0] for _, _, text in told} == {
        "Retour à l'heure prévue",
        "Rencontres à 10 h 37 : la pause commence à 10 h 30.",
    }


def test_the_word_alone_many_rooms_and_who_may_not(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("11:10")) as one:
            await one.idle()  # the rounds of the breaks are planned
            refused = await one.command(NOBODY, "late 10")
            assert refused is not None
            assert legible(refused.text).startswith(
                "Un retard est annoncé par l'animation de la session, la régie ou l'équipe "
                "d'organisation. Ici : "
            )
            asked = await one.command(HAND, "retard")
            assert asked is not None
            assert said(asked).splitlines()[0] == "Quelle session a du retard ?"
            assert [b["text"]["text"] for b in buttons_of(asked)] == ["+5", "+10", "+15"] * 3
            await one.press(HAND, asked, "+10")
            preview = (await one.private(HAND, one.channel("programme")))[-1]
            assert said(preview).splitlines()[-2:] == [
                "Fin à 11 h 55. Plus tard aussi : Pitchs start-up : thérapies cellulaires et "
                "géniques à 11 h 55 ; Déjeuner et rencontres à 12 h 40. Rencontres reportées à "
                "12 h 47. Aucun message à envoyer.",
                "[Confirmer] [Décaler toute la suite]",
            ]
            await one.press(HAND, preview, "Décaler toute la suite")
            whole = (await one.private(HAND, one.channel("programme")))[-1]
            assert said(whole).splitlines()[-1] == "[Confirmer]"

    asyncio.run(scene())


# ----------------------------------------------------------------


@dataclass
class Stage:
    """The bot in a thread of its own, since Playwright keeps this one busy."""

    one: Congress
    loop: asyncio.AbstractEventLoop
    link: str = ""

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def opened(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(self.do(self.link_of(HOST)))
        page.get_by_role("button").click()
        page.wait_for_url("**/stage/*")
        return page

    async def link_of(self, email: str) -> str:
        def use_case(session: Session) -> str:
            event_id = self.one.event_id(session)
            person = participant_by_email(session, event_id, email)
            assert person is not None
            return personal_link(session, person, f"/stage/{self.one.session_id(session, TABLE)}")

        path = await self.one.maillon.runtime.run(use_case)
        return self.one.maillon.http_url + path


@contextmanager
def stage(url: str) -> Iterator[Stage]:
    ready, done, stages = Event(), Event(), list[Stage]()

    async def live(one: Congress) -> None:
        async with one.bot():
            await one.until(at("09:45"))
            await chosen(one)
            stages.append(Stage(one, asyncio.get_running_loop()))
            ready.set()
            await asyncio.to_thread(done.wait)

    with prepared(url, at("09:00")) as one:
        thread = Thread(target=lambda: asyncio.run(live(one)))
        thread.start()
        try:
            assert ready.wait(60)
            yield stages[0]
        finally:
            done.set()
            thread.join(30)


def late(page: Page) -> str:
    return legible(page.locator("#late").inner_text())


@pytest.mark.browser
def test_scene_three(sqlite_url: str) -> None:
    with stage(sqlite_url) as here, chromium() as browser:
        context = browser.new_context(locale="fr-FR", viewport=PHONE)
        page = here.opened(context)
        section = page.locator("#late")
        section.get_by_role("button", name="+10").click()
        expect(section.get_by_role("button", name="Confirmer")).to_be_focused()
        assert late(page).splitlines()[0] == PREVIEW
        assert sideways(page) == []
        accessible(page)
        section.get_by_role("button", name="Décaler toute la suite").click()
        expect(section.get_by_role("button", name="Décaler")).to_have_count(0)
        assert "Toute la suite commence 10 min plus tard" in late(page)
        section.get_by_role("button", name="Fermer").click()
        section.get_by_role("button", name="+10").click()
        section.get_by_role("button", name="Confirmer").click()
        expect(section.get_by_role("button", name="Revenir en arrière")).to_be_visible()
        assert late(page).splitlines()[0] == "Retard annoncé : +10 min, fin à 10 h 40."
        expect(page.locator(".clock")).to_have_text("55 min")
        accessible(page)
        here.do(here.one.idle())
        assert titles(here.one)[-1] == LATE
        # A network that is gone leaves the page where it is, and announces nothing.
        context.set_offline(True)
        section.get_by_role("button", name="+5").click()
        expect(section.get_by_role("alert")).to_have_text(
            "Hors ligne. Aucun retard n'a été annoncé."
        )
        context.set_offline(False)
        section.get_by_role("button", name="Revenir en arrière").click()
        expect(section.get_by_role("button", name="Revenir en arrière")).to_have_count(0)
        here.do(here.one.idle())
        assert LATE not in titles(here.one)
        assert here.do(times(here.one, BREAK)) == "10:30–11:00"


@pytest.mark.browser
def test_without_a_script(sqlite_url: str) -> None:
    with stage(sqlite_url) as here, chromium() as browser:
        context = browser.new_context(locale="fr-FR", viewport=PHONE, java_script_enabled=False)
        page = here.opened(context)
        page.get_by_role("button", name="+10").click()
        page.get_by_role("button", name="Décaler toute la suite").click()
        page.get_by_role("button", name="Fermer").click()
        page.get_by_role("button", name="+10").click()
        assert late(page).splitlines()[0] == PREVIEW
        page.get_by_role("button", name="Confirmer").click()
        assert here.do(times(here.one, BREAK)) == "10:40–11:00"
        here.do(_taken_back(here.one))
        # Somebody else took it back meanwhile: pressing again is no error.
        page.get_by_role("button", name="Revenir en arrière").click()
        expect(page.get_by_role("button", name="+10")).to_be_visible()
        assert here.do(times(here.one, BREAK)) == "10:30–11:00"


async def _taken_back(one: Congress) -> None:
    def use_case(session: Session) -> None:
        from bot.features.programme.delay_tables import Delay

        event_id = one.event_id(session)
        boss = participant_by_email(session, event_id, ORGANISER)
        delay = session.scalars(select(Delay).where(Delay.event_id == event_id)).one()
        assert boss is not None
        undo_delay(session, boss, delay.delay_id, at("09:45"))

    await one.maillon.runtime.run(use_case)
    await one.idle()

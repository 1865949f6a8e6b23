"""An alert stands above every page of the moderators, also of those that nobody follows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from bot.features.bulletins import actions
from bot.features.bulletins.model import EMERGENCY, EVERYWHERE, Content, Words
from bot.features.people.actions import choose_language
from bot.features.people.tables import Participant
from bot.features.programme.roles import ORGANISER, WHOLE_EVENT, Role

from .round_table import NOW, WAITS, RoundTable, round_table
from .test_team import Browser, visiting

ALERT = "Sortez <par> la porte nord."


@pytest.fixture
def table(sqlite_url: str) -> Iterator[RoundTable]:
    with round_table(sqlite_url, tick_s=3_600, pace_s=0) as one:
        yield one


def alarm(table: RoundTable, en: str = "") -> str:
    """By one of the team, who is an organiser too."""

    def use_case(session: Session) -> str:
        me = session.get_one(Participant, (table.event_id, table.team))
        role = {"event_id": table.event_id, "participant_id": table.team}
        session.merge(Role(**role, role=ORGANISER, session_id=WHOLE_EVENT))
        content = Content(Words(ALERT, en), EVERYWHERE)
        row = actions.draft(session, me, EMERGENCY, content, NOW)
        armed = actions.arm(session, me, row.bulletin_id, row.version, NOW).armed
        return actions.launch(session, me, row.bulletin_id, armed or "", NOW).bulletin_id

    return table.site.run(use_case)


def lift(table: RoundTable, bulletin_id: str) -> None:
    def use_case(session: Session) -> None:
        me = session.get_one(Participant, (table.event_id, table.team))
        actions.withdraw(session, me, bulletin_id, NOW)

    table.site.run(use_case)


def banner(browser: Browser) -> str:
    """What a screen reader is told at once; escaped once more, since `page` is unescaped."""
    found = re.search(r'role="alert" data-banner="alert">(.*?)</div>', browser.page, re.DOTALL)
    assert found
    return " ".join(re.sub(r"</?(p|strong|span)\b[^>]*>", "", found[1]).split())


def test_it_stands_above_every_page_of_the_moderators(table: RoundTable) -> None:
    question = f"{table.page('team')}/q/{table.questions[WAITS]}"

    async def scene(browser: Browser) -> None:
        await browser.opens(table.team, "/team")
        pages = ("/team", table.page("team"), table.page("stage"), question)
        for page in pages:
            await browser.get(page)
            assert banner(browser) == ""
        given = alarm(table)
        for page in pages:
            await browser.get(page)
            assert banner(browser) == f"Alerte {ALERT}"
            assert "&lt;par&gt;" in (await _raw(browser, page))
        lift(table, given)
        await browser.get("/team")
        assert banner(browser) == ""

    visiting(table, scene)


async def _raw(browser: Browser, page: str) -> str:
    async with browser.http.get(page) as answer:
        return await answer.text()


def test_followed_pages_hear_of_it_in_the_language_of_their_reader(table: RoundTable) -> None:
    def reads_english(session: Session) -> None:
        person = session.get_one(Participant, (table.event_id, table.speaker))
        choose_language(session, person, "en", NOW)

    async def scene(browser: Browser) -> None:
        await browser.opens(table.speaker, table.page("panel"))
        async with browser.http.get(f"{table.page('panel')}/live") as answer:
            before = await answer.json()
        assert before["banners"] == {"alert": "", "room": ""}
        given = alarm(table, en="Leave by the north door.")
        async with browser.http.get(f"{table.page('panel')}/live") as answer:
            after = await answer.json()
        assert after["version"] != before["version"]
        assert "Leave by the north door." in after["banners"]["alert"]
        assert 'lang="en"' in after["banners"]["alert"]
        lift(table, given)
        async with browser.http.get(f"{table.page('panel')}/live") as answer:
            assert (await answer.json())["version"] == before["version"]

    table.site.run(reads_english)
    visiting(table, scene)

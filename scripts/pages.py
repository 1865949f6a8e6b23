"""The pictures of the other pages: the event's, a panelist's, the end of the congress, its report,
and the welcome desk's paper.

.venv/bin/python -m scripts.pages
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from random import Random

from playwright.async_api import Browser, FloatRect, ViewportSize
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Maillon
from bot.core.i18n import Reader
from bot.core.ids import new_id
from bot.demo import (
    DEMO_START,
    PARIS,
    ask_sample_questions,
    sample_bytes,
    sample_event,
)
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings, find_event
from bot.features.introductions.crossings import Report, crossings_report
from bot.features.introductions.desk import desk_list
from bot.features.introductions.encounters import answer_encounter
from bot.features.introductions.follow_ups import OUTCOMES, report
from bot.features.introductions.rounds import rounds_of
from bot.features.introductions.tables import (
    OPENED,
    Introduction,
    IntroductionMember,
    MeetingTable,
    Round,
)
from bot.features.people.queries import participant_by_email
from bot.features.people.tables import Participant
from bot.features.programme.actions import import_programme
from bot.features.programme.formats.schedule_json import parse_schedule_json
from bot.features.programme.tables import SessionRow
from bot.features.questions.access import personal_link
from bot.features.questions.asking import ask_as_guest
from bot.features.questions.model import PUBLISHED, Draft
from bot.features.questions.moderation import answered, assign, publish
from bot.features.questions.panel import panelists
from bot.features.questions.rooms import room_page
from bot.features.questions.sessions import change_session
from bot.features.questions.tables import Question
from bot.web.papers import round_paper
from bot.web.picture import draw
from scripts.congress import congress
from scripts.pictures import IMAGES, keep
from scripts.rooms import PHONE, ROOM, SCREEN

PANEL, CHANGED = "S010", "schedule-v2.json"
FOR_THE_PANEL = (
    "Quelles données de vie réelle seriez-vous prêts à partager ?",
    "Comment informer les patients des retards de lot sans créer d'angoisse ?",
)
TOP: FloatRect = {"x": 0, "y": 0, "width": 390, "height": 300}
MADE, MET, CAME = 212, 168, 57
"""Introductions, meetings and follow-ups at the end."""


def at(day: int, hour: int, minute: int) -> datetime:
    return datetime(2019, 12, day, hour, minute, tzinfo=PARIS)


ASKED, MOVED, CLOSING = at(12, 14, 20), at(12, 16, 5), at(13, 15, 20)


# What happens


def on_the_panel(session: Session) -> str:
    """Questions kept for somebody on the panel; their link."""
    event_id = find_event(session)
    organiser = participant_by_email(session, event_id, sample_event().organisers[0])
    row = session.scalars(select(SessionRow).where(SessionRow.code == PANEL)).one()
    panelist_id = panelists(session, event_id, row.session_id)[0][0]
    assert organiser is not None
    for text in FOR_THE_PANEL:
        draft = Draft(row.session_id, text, "fr")
        question = ask_as_guest(session, event_id, "guest-asking", draft, ASKED)
        publish(session, organiser, question.question_id, question.version, ASKED)
        assign(session, organiser, question.question_id, question.version, panelist_id, ASKED)
    panelist = session.get_one(Participant, (event_id, panelist_id))
    return personal_link(session, panelist, f"/panel/{row.session_id}")


def changed(session: Session) -> None:
    event = sample_event()
    parsed = parse_schedule_json(sample_bytes(CHANGED), zone=event.zone, kinds=event.session_kinds)
    import_programme(session, find_event(session), parsed.sessions, MOVED)


def two_days(session: Session, workspace_id: str) -> None:
    """Introductions, whether they took place and what came of them; questions were answered."""
    event_id, dice = find_event(session), Random(4)  # noqa: S311 (the same pictures again)
    rounds = [one for one in rounds_of(session, event_id) if one.window_at < CLOSING]
    people = session.scalars(
        select(Participant)
        .where(Participant.kind != "health_authority", Participant.email.is_not(None))
        .order_by(Participant.email)
    ).all()
    for one in rounds:
        one.asked_at = one.asked_at or CLOSING  # everybody said so already
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < MADE:
        first, second = sorted(dice.sample(range(len(people)), 2))
        if people[first].kind != people[second].kind:
            pairs.add((first, second))
    for number, (first, second) in enumerate(sorted(pairs, key=lambda pair: dice.random())):
        two = (people[first], people[second])
        made = _introduced(session, rounds[number % len(rounds)], workspace_id, two, number)
        if number >= MET:
            continue
        for who, whom in (two, two[::-1]):
            answer_encounter(session, who, made, whom.participant_id, "yes", CLOSING)
            if number < CAME:
                outcome = OUTCOMES[number % (len(OUTCOMES) - 1)]
                report(session, who, whom.participant_id, 1, outcome, CLOSING)
    organiser = participant_by_email(session, event_id, sample_event().organisers[0])
    assert organiser is not None
    for question in session.scalars(select(Question).where(Question.state == PUBLISHED)).all():
        answered(session, organiser, question.question_id, question.version, CLOSING)
    closing = session.scalars(select(SessionRow).where(SessionRow.title.startswith("Clôture")))
    change_session(session, organiser, closing.one().session_id, CLOSING, figures=True)


def _introduced(
    session: Session,
    row: Round,
    workspace_id: str,
    people: Sequence[Participant],
    number: int,
) -> str:
    tables = session.scalars(
        select(MeetingTable).where(MeetingTable.event_id == row.event_id)
    ).all()
    made = Introduction(
        event_id=row.event_id,
        introduction_id=new_id(),
        round_id=row.round_id,
        workspace_id=workspace_id,
        table_number=tables[number % len(tables)].number,
        icebreaker=0,
        state=OPENED,
        made_at=row.opens_at,
    )
    session.add(made)
    session.flush()
    for person in people:
        session.add(
            IntroductionMember(
                event_id=row.event_id,
                introduction_id=made.introduction_id,
                participant_id=person.participant_id,
            )
        )
    session.flush()
    return made.introduction_id


def paper(session: Session) -> str:
    event_id = find_event(session)
    event = event_settings(session, event_id)
    desk = desk_list(session, event_id, event, "S004")
    return round_paper(event, desk, at(12, 10, 15), Reader.of(event.language, event.zone))


# Pictures


async def take_panel(browser: Browser, maillon: Maillon) -> None:
    link = await maillon.runtime.run(on_the_panel)
    viewport: ViewportSize = {**PHONE, "height": 620}
    phone = await browser.new_page(viewport=viewport, locale="fr-FR", device_scale_factor=2)
    await phone.goto(maillon.http_url + link)
    keep("go", [await phone.screenshot(clip=TOP)])
    await phone.get_by_role("button").click()
    await phone.wait_for_url("**/panel/**")
    keep("panel", [await phone.screenshot()])
    await phone.close()


async def take_public(browser: Browser, maillon: Maillon) -> None:
    await maillon.runtime.run(changed)
    viewport: ViewportSize = {**PHONE, "height": 1500}
    phone = await browser.new_page(viewport=viewport, locale="fr-FR", device_scale_factor=2)
    await phone.goto(maillon.http_url)
    keep("public", [await phone.screenshot()])
    await phone.close()


async def take_closing(browser: Browser, maillon: Maillon) -> None:
    wall_id = await maillon.runtime.run(
        lambda session: room_page(session, find_event(session), ROOM).wall_id
    )
    screen = await browser.new_page(viewport=SCREEN)
    await screen.goto(f"{maillon.http_url}/wall/{wall_id}")
    await screen.locator(".came").first.wait_for()
    keep("closing", [await screen.screenshot()])
    await screen.close()
    sheet = await browser.new_page(viewport={"width": 860, "height": 700})
    await sheet.set_content(await maillon.runtime.read(paper))
    keep("round-list", [await sheet.screenshot()])
    await sheet.close()


async def take_report(maillon: Maillon) -> None:
    def read(session: Session) -> tuple[Report, EventFile, Reader]:
        event_id = find_event(session)
        event = event_settings(session, event_id)
        reader = Reader.of(event.language, event.zone)
        return crossings_report(session, event_id, event), event, reader

    (IMAGES / "report.png").write_bytes(draw(*await maillon.runtime.read(read)))


async def main() -> None:
    async with congress() as here:
        maillon, browser = here.maillon, here.browser
        await maillon.runtime.run(partial(ask_sample_questions, now=DEMO_START))
        await here.until(ASKED)
        await take_panel(browser, maillon)
        await here.until(MOVED)
        await take_public(browser, maillon)
        await here.until(CLOSING)
        workspace_id = maillon.slack.workspace_id
        await maillon.runtime.run(lambda session: two_days(session, workspace_id))
        await take_closing(browser, maillon)
        await take_report(maillon)


if __name__ == "__main__":
    asyncio.run(main())

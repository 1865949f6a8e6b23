"""How much Maillon says over the two days, with everything on. Whoever has it say more meets this.

The sample congress with its two changed programmes at their moments; people who do all that they
are offered: they choose sessions, come to every round, ask, are asked whether they met; the
questions of the sample are published, shown and answered. The rules are written down once more
in `bot/rehearse/judge.py`, and applied to what the workspace received.
"""

from __future__ import annotations

import asyncio
import csv
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, time
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import running
from bot.demo import (
    Guest,
    NoKeys,
    fill_database,
    playground_settings,
    sample_bytes,
    sample_event,
    sample_guests,
    sample_playground,
)
from bot.drill.files import Session as Planned
from bot.drill.files import read_sessions
from bot.features.events.queries import find_event
from bot.features.people.queries import participant_by_email
from bot.features.people.tables import Participant
from bot.features.programme.actions import import_programme
from bot.features.programme.formats.schedule_json import parse_schedule_json
from bot.features.programme.tables import SessionRow
from bot.features.questions.asking import ask
from bot.features.questions.board_message import Board
from bot.features.questions.model import Draft
from bot.features.questions.moderation import answered, publish, put_on_screen
from bot.playground.receipts import Receipt
from bot.playground.workspace import Channel
from bot.rehearse.crowd import Crowd
from bot.rehearse.hall import Hall
from bot.rehearse.judge import POSTS_A_DAY, POSTS_AT_ALL, Kind, breaches, heard, posted
from bot.rehearse.person import Person
from bot.rehearse.rehearsal import FAST, Books, books, perform, there_already
from bot.rehearse.scene import Diary, Notes, Scene
from tests.rehearse.support import KEEN
from tests.support.congress import at

pytestmark = pytest.mark.slow

SEED = 7
ON_STAGE, OTHERS = 6, 8
"""As many people as show the rules without taking minutes; there are also those with a role."""
EVENING_BEFORE, OVER = at("16:00", 11), at("23:59", 13)
QUESTIONS = {"S003": at("09:25"), "S010": at("13:55"), "S011": at("13:55"), "S019": at("08:55", 13)}
"""When those of a session are published; each is over an hour later."""
EVERYTHING = {
    "welcome",
    "programme.reminder",
    "programme.changed",
    "introductions.made",
    "introductions.encounters_asked",
    "questions.status",
}
CHANGES = {at("16:05"): "schedule-v2.json", at("08:50", 13): "schedule-v3.json"}


class TwoDays:
    def __init__(self, hall: Hall, crowd: Crowd, scene: Scene) -> None:
        self.hall, self.crowd, self.scene = hall, crowd, scene

    async def until(self, moment: datetime) -> None:
        await perform(self.scene, self.crowd, moment)
        await self.hall.come_to(moment)
        await self.hall.rest()
        self.crowd.look()

    async def run(self, use_case: Callable[[Session], None]) -> None:
        await self.hall.maillon.runtime.run(use_case)
        await self.hall.rest()
        self.crowd.look()

    def imports(self, name: str, session: Session) -> None:
        event = sample_event()
        parsed = parse_schedule_json(sample_bytes(name), zone=event.zone, kinds=event.session_kinds)
        import_programme(session, find_event(session), parsed.sessions, self.hall.now)


def everybody_asks(code: str, now: datetime, session: Session) -> None:
    """The sample's questions of a session: all published, the first answered, the next shown."""
    event_id = find_event(session)
    row = session.scalars(select(SessionRow).where(SessionRow.code == code)).one()
    team = participant_by_email(session, event_id, sample_event().organisers[0])
    assert team is not None
    askers = session.scalars(select(Participant).order_by(Participant.email)).all()
    rows = csv.DictReader(sample_bytes("questions.csv").decode().splitlines())
    texts = [one["text"] for one in rows if one["session"] == code]
    for number, text in enumerate(texts):
        draft = Draft(row.session_id, text, "fr")
        question = ask(session, askers[number], draft, NoKeys(), now)
        publish(session, team, question.question_id, question.version, now)
        if number < 2:
            put_on_screen(session, team, question.question_id, question.version, now)
        if number == 0:
            answered(session, team, question.question_id, question.version, now)


async def two_days(url: str) -> tuple[Hall, Books]:
    event, guests = sample_event(), sample_guests()
    fill_database(url, EVENING_BEFORE)
    persons = [Person(guest, KEEN, SEED) for guest in who_takes_part(guests)]
    async with AsyncExitStack() as stack:
        early = there_already(persons, guests, event)
        playground = stack.enter_context(sample_playground(EVENING_BEFORE, guests=early))
        playground.limits.scale = FAST
        settings = playground_settings(playground, url, maillon_pace_scale=FAST)
        hall = Hall(playground, await stack.enter_async_context(running(settings)))
        scene = Scene(hall, Diary(), Notes(), SEED, {one.name: one.email for one in guests})
        crowd = Crowd(scene, persons, [event.channels.general, *event.channels.rooms.values()])
        crowd.come(event.first_day)
        days = TwoDays(hall, crowd, scene)
        await hall.rest()
        crowd.look()
        for moment in sorted({*QUESTIONS.values(), *CHANGES}):
            await days.until(moment)
            for code, when in QUESTIONS.items():
                if when == moment:
                    await days.run(partial(everybody_asks, code, moment))
            if moment in CHANGES:
                await days.run(partial(days.imports, CHANGES[moment]))
        await days.until(OVER)
        return hall, await hall.maillon.runtime.read(books)


def who_takes_part(guests: Sequence[Guest]) -> list[Guest]:
    """Those who speak most often, and others."""
    times = Counter(one for session in programme() for one in session.speakers)
    often = sorted(times, key=lambda email: (-times[email], email))[:ON_STAGE]
    others = [guest for guest in guests if guest.email not in times][:OTHERS]
    return [guest for guest in guests if guest.email in often] + others


def programme() -> list[Planned]:
    """As it took place."""
    return list(read_sessions(sample_bytes("schedule-v3.json").decode()))


def name_of(receipt: Receipt, outbox: Mapping[str, Kind]) -> str:
    return outbox[str((receipt.metadata or {})["event_payload"]["id"])].name


def test_two_days_with_everything_on_stay_within_the_budget(sqlite_url: str) -> None:
    hall, kept = asyncio.run(two_days(sqlite_url))
    workspace, receipts = hall.playground.workspace, hall.playground.receipts.posts
    people = heard(receipts, workspace, kept.outbox)
    assert [f"{one.rule}: {one.what}" for one in breaches(people, [], programme(), [])] == []
    most = max(
        Counter(one.local.date() for one in messages if one.counted).most_common(1)[0][1]
        for messages in people.values()
        if any(one.counted for one in messages)
    )

    public = [one for one in receipts if not private(workspace.channels[one.channel])]
    posts = posted(public, workspace)
    a_day = Counter((one.channel, one.local.date()) for one in posts)
    names = Counter(name_of(one, kept.outbox) for one in public)
    print(
        f"{len(posts)} posts {dict(names)}, {max(a_day.values())} a channel and day, {most} to one"
    )
    assert max(a_day.values()) <= POSTS_A_DAY
    # A board answers to what people asked: one a session, edited from then on.
    assert names.pop(Board.name) == len(QUESTIONS)
    assert names.total() <= POSTS_AT_ALL
    assert not [one for one in posts if not time(7, 30) <= one.local.time() < time(20)]
    assert not any("<!" in one.text for one in public), "nobody is called together"

    told = {one.what for messages in people.values() for one in messages}
    assert told >= EVERYTHING, "what is not said at all is not counted"


def private(channel: Channel) -> bool:
    """People's own conversations, and the channels in which a few work."""
    return channel.direct or channel.name in sample_event().channels.private()

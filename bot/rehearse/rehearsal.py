"""The rehearsal: the days of the congress and the months after it, in a minute or two.

Event time stands still while people act and while Maillon has something to do, and jumps to
whatever comes next: a moment of the bot's, or of somebody's.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import running
from bot.core.ids import repeatable_ids
from bot.delivery.tables import Delivery
from bot.demo import (
    PARIS,
    Guest,
    fill_database,
    playground_settings,
    sample_bytes,
    sample_event,
    sample_guests,
    sample_playground,
)
from bot.drill.files import read_roles, read_sessions
from bot.features.events.model import EventFile
from bot.playground.server import Playground
from bot.rehearse.crowd import Crowd
from bot.rehearse.hall import Hall
from bot.rehearse.judge import Breach, Kind, breaches, heard, posted
from bot.rehearse.person import Person
from bot.rehearse.rates import Rates
from bot.rehearse.scene import Diary, Notes, Scene

FAST = 1_000.0
"""How much faster than Slack's the pace is, on both sides."""
BEGINS = timedelta(hours=-8)
"""From midnight of the first day: the evening before."""
GOES_ON = timedelta(days=100)
"""After the last day: the last follow-up comes after 90 days, on a working day."""


@dataclass(frozen=True)
class Spread:
    median: float
    p95: float
    max: float

    @classmethod
    def of(cls, counts: Sequence[int]) -> Spread:
        ranked = sorted(counts) or [0]

        def nearest(share: float) -> int:
            return ranked[max(math.ceil(share * len(ranked)) - 1, 0)]

        return cls(nearest(0.5), nearest(0.95), ranked[-1])


@dataclass(frozen=True)
class Result:
    people: int
    joined: int
    messages_a_person: Spread
    channel_posts: int
    budget_breaches: int
    unanswered: int
    seconds: float
    seed: int
    breaches: tuple[Breach, ...] = ()

    def figures(self) -> Mapping[str, object]:
        return {name: value for name, value in asdict(self).items() if name != "breaches"}


def rehearse(
    rates: Rates, seed: int, database_url: str, people: int, until: datetime | None = None
) -> Result:
    """On an empty database."""
    return asyncio.run(_rehearse(rates, seed, database_url, people, until))


async def _rehearse(
    rates: Rates, seed: int, database_url: str, people: int, until: datetime | None
) -> Result:
    began = time.monotonic()
    event = sample_event()
    midnight = datetime.combine(event.first_day, datetime.min.time(), PARIS)
    start, end = midnight + BEGINS, until or midnight + GOES_ON
    guests = sample_guests()
    chosen = Random(seed).sample(guests, min(people, len(guests)))  # noqa: S311 (repeatable)
    persons = [Person(guest, rates, seed) for guest in chosen]
    with repeatable_ids(seed):
        fill_database(database_url, start)
    async with AsyncExitStack() as stack:
        playground = stack.enter_context(
            sample_playground(start, guests=_there_already(persons, guests, event))
        )
        playground.limits.scale = FAST
        settings = playground_settings(playground, database_url, maillon_pace_scale=FAST)
        hall = Hall(playground, await stack.enter_async_context(running(settings)))
        scene = Scene(hall, Diary(), Notes(), seed, {one.name: one.email for one in guests})
        crowd = Crowd(scene, persons, [event.channels.general, *event.channels.rooms.values()])
        crowd.come(event.first_day)
        await _perform(scene, crowd, end)
        outbox = await hall.maillon.runtime.read(_outbox)
        return _result(scene, persons, outbox, event, seed, began)


def _there_already(
    persons: Sequence[Person], guests: Sequence[Guest], event: EventFile
) -> list[Guest]:
    """Organisers and who has a role prepare the workspace; some are invited early."""
    roles = read_roles(sample_bytes("roles.csv").decode())
    insiders = {*event.organisers, *(email for theirs in roles.values() for email in theirs)}
    early = {person.email for person in persons if person.is_there_already}
    return [guest for guest in guests if guest.email in insiders | early]


async def _perform(scene: Scene, crowd: Crowd, end: datetime) -> None:
    hall, diary = scene.hall, scene.diary
    await hall.rest()
    crowd.look()
    while True:
        moments = [moment for moment in (await hall.next_due(), diary.next_at) if moment]
        if not moments or min(moments) > end:
            return
        await hall.come_to(min(moments))
        if await crowd.act():
            await hall.rest()
        crowd.look()


def _outbox(session: Session) -> dict[str, Kind]:
    rows = session.execute(select(Delivery.delivery_id, Delivery.message_class, Delivery.message))
    return {delivery_id: Kind(of, name) for delivery_id, of, name in rows}


def _result(
    scene: Scene,
    persons: Sequence[Person],
    outbox: Mapping[str, Kind],
    event: EventFile,
    seed: int,
    began: float,
) -> Result:
    playground: Playground = scene.hall.playground
    receipts, workspace = playground.receipts.posts, playground.workspace
    sessions = read_sessions(sample_bytes("schedule.json").decode())
    theirs = heard(receipts, workspace, outbox)
    posts = posted(receipts, workspace)
    days = _days(event)
    found = breaches(theirs, posts, sessions, days)
    joined = scene.notes.joined
    return Result(
        people=len(persons),
        joined=len(joined),
        messages_a_person=Spread.of([len(theirs.get(email, ())) for email in joined]),
        channel_posts=sum(post.local.date() in days for post in posts),
        budget_breaches=len(found),
        unanswered=scene.hall.refused,
        seconds=round(time.monotonic() - began, 1),
        seed=seed,
        breaches=tuple(found),
    )


def _days(event: EventFile) -> list[date]:
    length = (event.last_day - event.first_day).days + 1
    return [event.first_day + timedelta(days=number) for number in range(length)]

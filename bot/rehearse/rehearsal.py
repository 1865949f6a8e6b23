"""The rehearsal: the days of the congress and the months after it, in a minute or two.

Event time stands still while people act and while Maillon has something to do, and jumps to
whatever comes next: a moment of the bot's, or of somebody's.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
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
from bot.features.introductions.tables import Introduction
from bot.rehearse.crowd import Crowd
from bot.rehearse.figures import Result, Spread, both, introductions, met_twice, unasked
from bot.rehearse.hall import Hall
from bot.rehearse.judge import Kind, breaches, heard, posted
from bot.rehearse.person import Person
from bot.rehearse.rates import Rates
from bot.rehearse.scene import Diary, Notes, Scene

FAST = 1_000.0
"""How much faster than Slack's the pace is, on both sides."""
BEGINS = timedelta(hours=-8)
"""From midnight of the first day: the evening before."""
PROGRAMME = "schedule.json"
LEFT_OUT = "rounds.left_out"
"""The name of the message that says that a round has nobody for its reader."""
GOES_ON = timedelta(days=100)
"""From the same midnight: the last follow-up comes 90 days after the end, on a working day."""


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
            sample_playground(start, guests=there_already(persons, guests, event))
        )
        playground.limits.scale = FAST
        settings = playground_settings(playground, database_url, maillon_pace_scale=FAST)
        hall = Hall(playground, await stack.enter_async_context(running(settings)))
        scene = Scene(hall, Diary(), Notes(), seed, {one.name: one.email for one in guests})
        crowd = Crowd(scene, persons, [event.channels.general, *event.channels.rooms.values()])
        crowd.come(event.first_day)
        await perform(scene, crowd, end)
        kept = await hall.maillon.runtime.read(books)
        return _result(scene, persons, kept, event, began)


def there_already(
    persons: Sequence[Person], guests: Sequence[Guest], event: EventFile
) -> list[Guest]:
    """Organisers and who has a role prepare the workspace; some are invited early."""
    roles = read_roles(sample_bytes("roles.csv").decode())
    insiders = {*event.organisers, *(email for theirs in roles.values() for email in theirs)}
    early = {person.email for person in persons if person.is_there_already}
    return [guest for guest in guests if guest.email in insiders | early]


async def perform(scene: Scene, crowd: Crowd, end: datetime) -> None:
    hall, diary = scene.hall, scene.diary
    await hall.rest()
    crowd.look()
    while True:
        moments = [moment for moment in (hall.next_due, diary.next_at) if moment]
        if not moments or min(moments) > end:
            return
        await hall.come_to(min(moments))
        if await crowd.act():
            await hall.rest()
        crowd.look()


@dataclass(frozen=True)
class Books:
    """What only the bot's own books say: of what kind a message was, and of which round."""

    outbox: Mapping[str, Kind]
    rounds: Mapping[str, str]
    """By introduction."""


def books(session: Session) -> Books:
    rows = session.execute(select(Delivery.delivery_id, Delivery.message_class, Delivery.message))
    of_rounds = session.execute(select(Introduction.introduction_id, Introduction.round_id))
    return Books(
        {delivery_id: Kind(message_class, name) for delivery_id, message_class, name in rows},
        dict(of_rounds.all()),
    )


def _result(
    scene: Scene,
    persons: Sequence[Person],
    books: Books,
    event: EventFile,
    began: float,
) -> Result:
    notes, workspace = scene.notes, scene.hall.playground.workspace
    receipts = scene.hall.playground.receipts.posts
    days = _days(event)
    theirs, posts = heard(receipts, workspace, books.outbox), posted(receipts, workspace)
    found = breaches(theirs, posts, read_sessions(sample_bytes(PROGRAMME).decode()), days)
    made = introductions(receipts, workspace)
    return Result(
        people=len(persons),
        joined=len(notes.joined),
        willing=len(notes.willing),
        rounds=len({books.rounds[one.introduction_id] for one in made}),
        coming=len(notes.coming),
        introductions=len(made),
        kept=sum(len(notes.came[one.introduction_id]) >= 2 for one in made),
        pairs=sum(len(one.pairs) for one in made),
        encounters_confirmed=both(notes.met),
        opportunities=len(notes.outcomes),
        confirmed=both(notes.outcomes),
        left_out=sum(one.what == LEFT_OUT for messages in theirs.values() for one in messages),
        messages_a_person=Spread.of([len(theirs.get(email, ())) for email in notes.joined]),
        channel_posts=sum(post.local.date() in days for post in posts),
        budget_breaches=len(found),
        introduced_unasked=unasked(made, books.rounds, notes),
        met_twice=met_twice(made, notes),
        unanswered=scene.hall.unanswered,
        seconds=round(time.monotonic() - began, 1),
        seed=scene.seed,
        breaches=tuple(found),
    )


def _days(event: EventFile) -> list[date]:
    length = (event.last_day - event.first_day).days + 1
    return [event.first_day + timedelta(days=number) for number in range(length)]

"""A congress in one process: the real bot, a playground, and event time that jumps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Maillon, running
from bot.core.i18n import NBSP
from bot.db.engine import create_database_engine
from bot.delivery.tables import OPEN_STATES, Delivery
from bot.demo import (
    PARIS,
    fill_database,
    playground_settings,
    sample_bytes,
    sample_event,
    sample_playground,
)
from bot.features.events.queries import find_event
from bot.features.home.tables import MorningMessage
from bot.features.programme.actions import import_programme
from bot.features.programme.formats.schedule_json import parse_schedule_json
from bot.features.programme.model import ProgrammeDiff
from bot.features.programme.tables import SessionRow
from bot.parts import ALL, Part
from bot.playground.server import Playground
from bot.playground.workspace import Channel, Message, User, View
from bot.registry import JOBS
from bot.schedule import dues

SEEN_JOBS = tuple(job for job in JOBS if job.seen)
LOOK_AGAIN_S = 0.01
GIVE_UP_AFTER = 3_000  # looks
ON_STAGE = ("Vous intervenez ", "You are on stage ")
"""How the messages begin that people on stage get the day and the hour before."""


def at(clock: str, day: int = 12) -> datetime:
    """A moment of the sample congress by its local time: at("09:45"), at("09:00", day=13)."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2019, 12, day, hour, minute, tzinfo=PARIS)


EARLY = at("08:00")
FAST = 1_000.0
"""How much faster than Slack's the pace is, on both sides: tests do not wait for minutes."""


class Congress:
    def __init__(self, playground: Playground, database_url: str) -> None:
        self.playground, self.database_url = playground, database_url
        self._maillon: Maillon | None = None

    @property
    def maillon(self) -> Maillon:
        assert self._maillon is not None, "the bot is not running"
        return self._maillon

    @asynccontextmanager
    async def bot(self, parts: Collection[Part] = ALL, **settings: Any) -> AsyncIterator[Maillon]:
        """Maillon running; one may stop it, let time pass, and start it again."""
        fast = {"maillon_pace_scale": FAST, **settings}
        async with running(
            playground_settings(self.playground, self.database_url, **fast), parts
        ) as maillon:
            self._maillon = maillon
            yield maillon
        self._maillon = None

    @staticmethod
    def event_id(session: Session) -> str:
        return find_event(session)

    @staticmethod
    def session_id(session: Session, code: str) -> str:
        """Of a session of the sample programme."""
        return session.scalars(select(SessionRow.session_id).where(SessionRow.code == code)).one()

    def user(self, email: str) -> User:
        user = self.playground.workspace.user_by_email(email)
        assert user is not None, email
        return user

    def told(self, since: int = 0) -> list[tuple[str, str, str]]:
        """Every post the workspace received: day and time, channel or reader, text.

        No-break spaces are shown as spaces, so that expectations stay legible.
        """
        workspace = self.playground.workspace
        return [
            (
                f"{post.moment.astimezone(PARIS):%d %H:%M}",
                self._place(workspace.channels[post.channel]),
                legible(post.text),
            )
            for post in self.playground.receipts.posts[since:]
        ]

    def _place(self, channel: Channel) -> str:
        users = self.playground.workspace.users
        people = [users[one].email for one in channel.members if not users[one].is_bot]
        return "+".join(sorted(people)) if channel.direct else channel.name

    def channel(self, name: str) -> Channel:
        channel = self.playground.workspace.channel_named(name)
        assert channel is not None, name
        return channel

    async def direct(self, email: str) -> Channel:
        return await self.playground.direct(self.user(email))

    def posts(self, name: str) -> list[Message]:
        """What Maillon said in a channel, as it stands now."""
        bot = self.playground.workspace.bot.id
        messages = self.playground.workspace.messages[self.channel(name).id].values()
        return [m for m in messages if m.user == bot and m.blocks and m.only_for is None]

    async def private(self, email: str, channel: Channel) -> list[Message]:
        """What only this person sees in a channel."""
        user = self.user(email).id
        return [m for m in self.playground.workspace.visible(channel.id, user) if m.only_for]

    async def letters(self, email: str) -> list[Message]:
        """What Maillon wrote to a person."""
        channel = await self.direct(email)
        bot = self.playground.workspace.bot.id
        return [m for m in self.playground.workspace.messages[channel.id].values() if m.user == bot]

    async def letters_asked_for(self, email: str) -> list[Message]:
        """Without those that come to people on stage by themselves, the day and the hour before."""
        return [m for m in await self.letters(email) if not m.text.startswith(ON_STAGE)]

    async def together(self, *emails: str) -> list[Message]:
        """What Maillon wrote to people who are introduced."""
        channel = await self.playground.direct(*map(self.user, emails))
        bot = self.playground.workspace.bot.id
        messages = self.playground.workspace.messages[channel.id].values()
        return [m for m in messages if m.user == bot and m.only_for is None]

    async def command(self, email: str, text: str, channel: str = "programme") -> Message | None:
        """`/maillon text`; the private answer."""
        where = self.channel(channel)
        answer = await self.playground.command(self.user(email), where, "/maillon", text)
        assert answer.acked, answer
        await self.maillon.slack.gestures.settled()
        answers = await self.private(email, where)
        return answers[-1] if answers else None

    async def press(self, email: str, message: Message | View, label: str, nth: int = 0) -> None:
        """Press the button that is called `label` on a message or in a modal."""
        wanted = legible(label)
        buttons = [b for b in buttons_of(message) if legible(b["text"]["text"]) == wanted]
        assert len(buttons) > nth, [b["text"]["text"] for b in buttons_of(message)]
        answer = await self.playground.press(self.user(email), message, buttons[nth]["action_id"])
        assert answer.acked, answer
        await self.maillon.slack.gestures.settled()
        await self.maillon.slack.votes.settled()
        await self.maillon.slack.homes.settled()

    async def home(self, email: str) -> View:
        """The Home tab as it is after the person opened it."""
        user, workspace = self.user(email), self.playground.workspace
        before = workspace.home(user.id)
        stood = before.hash if before else None
        await self.playground.open_home(user)
        for _ in range(GIVE_UP_AFTER):
            view = workspace.home(user.id)
            if view is not None and view.hash != stood:
                await self.maillon.slack.homes.settled()
                return view
            await asyncio.sleep(LOOK_AGAIN_S)
        raise AssertionError("the tab was not published")

    def modal(self, email: str) -> View | None:
        """The modal that stands before a person, if one does."""
        stack = self.playground.workspace.modals.get(self.user(email).id)
        return stack[-1] if stack else None

    async def submit(self, email: str, **values: Any) -> View | None:
        """Fill in the modal and send it; what stands before the person then."""
        view = self.modal(email)
        assert view is not None, "no modal is open"
        answer = await self.playground.submit(self.user(email), view, values)
        assert answer.acked, answer
        await self.maillon.slack.gestures.settled()
        return self.modal(email)

    async def until(self, moment: datetime) -> None:
        """Let event time pass, stopping wherever something is due."""
        await self.idle()
        while True:
            due = await self.maillon.runtime.read(self._due)
            if due is None or due > moment:
                break
            self.playground.clock.set(due)
            await self.idle()
        if moment > self.playground.clock.now():
            self.playground.clock.set(moment)
        await self.idle()

    async def idle(self) -> None:
        """Until nothing is due, queued, sending or unknown at the playground's time."""
        for _ in range(GIVE_UP_AFTER):
            now = self.playground.clock.now()
            followed = self.maillon.clock.now() >= now
            if followed and await self.maillon.runtime.read(partial(self._rests, now=now)):
                return
            await asyncio.sleep(LOOK_AGAIN_S)
        raise AssertionError("the bot did not come to rest")

    async def import_programme(self, name: str) -> ProgrammeDiff:
        event = sample_event()
        parsed = parse_schedule_json(sample_bytes(name), zone=event.zone, kinds=event.session_kinds)
        now = self.playground.clock.now()

        def use_case(session: Session) -> ProgrammeDiff:
            return import_programme(session, find_event(session), parsed.sessions, now)

        diff = await self.maillon.runtime.run(use_case)
        await self.idle()
        return diff

    @staticmethod
    def _due(session: Session) -> datetime | None:
        return min(dues(session, SEEN_JOBS).values(), default=None)

    @classmethod
    def _rests(cls, session: Session, now: datetime) -> bool:
        due = cls._due(session)
        if due is not None and due <= now:
            return False
        waiting = select(Delivery.delivery_id).where(
            Delivery.state.in_(OPEN_STATES), Delivery.due_at <= now
        )
        return session.scalar(waiting.limit(1)) is None


def buttons_of(message: Message | View) -> list[dict[str, Any]]:
    found = []
    for block in message.blocks:
        if block["type"] == "actions":
            found += block["elements"]
        elif "accessory" in block:
            found.append(block["accessory"])
    return found


def legible(text: str) -> str:
    return text.replace(NBSP, " ")


def said(message: Message | View) -> str:
    """All that a message or a modal shows, a line a part, buttons in brackets."""
    lines = []
    for block in message.blocks:
        match block["type"]:
            case "header" | "section":
                lines.append(block["text"]["text"])
            case "context":
                lines += [element["text"] for element in block["elements"]]
        labels = [
            button["text"]["text"]
            for button in block.get("elements", [])
            if button["type"] == "button"
        ]
        if "accessory" in block:
            labels.append(block["accessory"]["text"]["text"])
        lines += [" ".join(f"[{label}]" for label in labels)] if labels else []
    return legible("\n".join(lines))


def _told_before(database_url: str, start: datetime) -> None:
    """Mornings that are past were told by whoever was up."""
    engine = create_database_engine(database_url)
    with Session(engine) as session, session.begin():
        event_id = find_event(session)
        for day in (12, 13):
            if (moment := at("07:45", day)) <= start:
                told = MorningMessage(event_id=event_id, day=moment.date(), told_at=moment)
                session.add(told)
    engine.dispose()


@contextmanager
def prepared(database_url: str, start: datetime = EARLY, **more: Any) -> Iterator[Congress]:
    """The sample congress imported, its workspace open, and no bot yet."""
    fill_database(database_url, start)
    _told_before(database_url, start)
    with sample_playground(start, **more) as playground:
        playground.limits.scale = FAST
        yield Congress(playground, database_url)


@asynccontextmanager
async def congress(
    database_url: str, start: datetime = EARLY, **settings: Any
) -> AsyncIterator[Congress]:
    """The sample congress with the bot running, event time standing still at `start`."""
    with prepared(database_url, start) as one:
        async with one.bot(**settings):
            yield one

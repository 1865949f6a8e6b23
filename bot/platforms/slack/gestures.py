"""Incoming gestures: one transaction each, and a private reply in the person's language.

A handler is a use case over (session, gesture, arguments) that returns the card to reply with.
Bolt runs with `process_before_response=True`, so the ack leaves only after the commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy.orm import Session

from bot.core.cards import ActionRef, Card, Section
from bot.core.clock import EventClock
from bot.core.errors import BusyError, MaillonError, NoLongerThereError, new_reference
from bot.core.i18n import N_, Reader
from bot.db.inbox import first_time
from bot.db.runtime import Runtime
from bot.features.events.model import EventFile
from bot.features.events.queries import active_event, event_settings, load_event
from bot.features.people.actions import meet
from bot.features.people.model import Member
from bot.features.people.queries import participant_of, reader_of
from bot.features.people.tables import Participant
from bot.platforms.slack.members import Members
from bot.platforms.slack.render import Rendered, render

log = structlog.get_logger(__name__)

GESTURES = Counter("maillon_gestures_total", "Presses and commands, by outcome", ["outcome"])
BEGIN_WITHIN_S = 2.0
_WRONG = N_("This did not work. Please try again; if it happens again, tell the organisers: {code}")


@dataclass(frozen=True)
class Gesture:
    """What a handler needs to know of who did what, when."""

    event_id: str
    event: EventFile
    workspace_id: str
    person: Participant
    reader: Reader
    now: datetime
    key: str


Handler = Callable[[Session, Gesture, tuple[str, ...]], Card]


@dataclass(frozen=True)
class Handlers:
    """By name. Views only read, so they never wait behind those who write."""

    views: dict[str, Handler]
    actions: dict[str, Handler]


@dataclass(frozen=True)
class _Asked:
    """What somebody asks of which handler, before the database says who and of which event."""

    handler: Handler
    args: tuple[str, ...]
    member: Member
    event_id: str | None
    now: datetime
    key: str


class Gestures:
    def __init__(
        self,
        runtime: Runtime,
        clock: EventClock,
        members: Members,
        team_id: str,
        workspace_id: str,
        handlers: Handlers,
    ) -> None:
        self._runtime, self._clock, self._members = runtime, clock, members
        self._team_id, self._workspace_id, self._handlers = team_id, workspace_id, handlers
        self._background: set[asyncio.Task[None]] = set()

    async def press(self, user_id: str, value: str, key: str) -> Rendered | None:
        """A button; None if this very press was dealt with before."""
        ref = ActionRef.decode(value)
        if ref is None:
            return await self._apologise(user_id, NoLongerThereError())
        return await self.make(user_id, ref.name, ref.args, key, ref.event_id)

    async def make(
        self, user_id: str, name: str, args: tuple[str, ...], key: str, event_id: str | None = None
    ) -> Rendered | None:
        """The gesture `name`, whatever it came from, and the reply to it."""
        try:
            reply = await self._run(user_id, name, args, key, event_id)
            GESTURES.labels("done").inc()
        except MaillonError as error:
            GESTURES.labels("busy" if isinstance(error, BusyError) else "refused").inc()
            return await self._apologise(user_id, error)
        except Exception:
            code = new_reference()
            GESTURES.labels("failed").inc()
            log.exception("gesture.failed", gesture=name, reference=code)
            return await self._apologise(user_id, MaillonError(_WRONG, code=code))
        if not self._members.knows(user_id):
            self.later(self.recognise(user_id))
        return reply

    async def _run(
        self, user_id: str, name: str, args: tuple[str, ...], key: str, event_id: str | None
    ) -> Rendered | None:
        handler = self._handlers.views.get(name) or self._handlers.actions.get(name)
        if handler is None:
            raise NoLongerThereError
        member = self._members.get(user_id)
        asked = _Asked(handler, args, member, event_id, self._clock.now(), key)
        if name in self._handlers.views:
            seen = await self._runtime.read(lambda s: self._view(s, asked))
            if seen is not None:
                return seen
        return await self._runtime.run(lambda s: self._act(s, asked), begin_within=BEGIN_WITHIN_S)

    def _view(self, session: Session, asked: _Asked) -> Rendered | None:
        """None for a person met for the first time: that has to be written."""
        event_id = self._event(session, asked.event_id)
        person = participant_of(session, event_id, self._workspace_id, asked.member.user_id)
        return self._reply(session, asked, event_id, person) if person else None

    def _act(self, session: Session, asked: _Asked) -> Rendered | None:
        """None if this very gesture was dealt with before."""
        event_id = self._event(session, asked.event_id)
        if not first_time(session, event_id, asked.key, asked.now):
            return None
        person = meet(session, event_id, self._workspace_id, asked.member, asked.now)
        return self._reply(session, asked, event_id, person)

    def _event(self, session: Session, event_id: str | None) -> str:
        """A button carries its event; anything typed belongs to the workspace's active one."""
        found = event_id or active_event(session, self._team_id)
        if found is None or load_event(session, found) is None:
            raise NoLongerThereError
        return found

    def _reply(
        self, session: Session, asked: _Asked, event_id: str, person: Participant
    ) -> Rendered:
        event = event_settings(session, event_id)
        reader = reader_of(event, person)
        gesture = Gesture(event_id, event, self._workspace_id, person, reader, asked.now, asked.key)
        card = asked.handler(session, gesture, asked.args)
        # The handler may have changed the language it is to be answered in.
        return render(card, event_id, reader_of(event, person))

    async def _apologise(self, user_id: str, error: MaillonError) -> Rendered:
        def reader(session: Session) -> Reader:
            event_id = active_event(session, self._team_id)
            if event_id is None:
                return Reader.of("fr", "UTC")
            person = participant_of(session, event_id, self._workspace_id, user_id)
            return reader_of(event_settings(session, event_id), person)

        try:
            read = await self._runtime.read(reader)
        except Exception:  # the database may be what failed; the person is answered all the same
            log.exception("gesture.reader_unknown")
            read = Reader.of("fr", "UTC")
        text = error.told_to(read)
        return render(Card(summary=text, sections=(Section("", (text,)),)), "-", read)

    async def recognise(self, user_id: str) -> None:
        """Learn who a member is, and match them with the organisers' list."""
        member = await self._members.ask(user_id)
        if member is not None:
            await self.meet(member)

    async def meet(self, member: Member) -> None:
        now = self._clock.now()

        def use_case(session: Session) -> None:
            event_id = active_event(session, self._team_id)
            if event_id is not None and participant_of(
                session, event_id, self._workspace_id, member.user_id
            ):
                meet(session, event_id, self._workspace_id, member, now)

        await self._runtime.run(use_case)

    def later(self, work: Awaitable[Any]) -> None:
        """What may fail without anybody missing it: private replies, looking up a member."""

        async def quietly() -> None:
            try:
                await work
            except Exception as error:
                log.warning("gesture.afterwards_failed", error=type(error).__name__)

        task = asyncio.ensure_future(quietly())
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def settled(self) -> None:
        """Wait for what was left for later."""
        while self._background:
            await asyncio.wait(set(self._background))

"""Incoming gestures: one transaction each, and a private reply in the person's language.

A handler is a use case over (session, gesture, arguments) that returns the card to reply with.
Bolt runs with `process_before_response=True`, so the ack leaves only after the commit.
Forms are opened and received in `forms`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy.orm import Session

from bot.core.cards import ActionRef, Card
from bot.core.clock import EventClock
from bot.core.errors import (
    BusyError,
    MaillonError,
    NoLongerThereError,
    NotAllowedError,
    UnavailableError,
    new_reference,
)
from bot.core.i18n import N_, Reader
from bot.db.cause import because
from bot.db.inbox import first_time
from bot.db.runtime import Runtime
from bot.features.events.queries import active_event, event_settings, load_event
from bot.features.people.actions import meet
from bot.features.people.model import Member
from bot.features.people.queries import participant_of, reader_of
from bot.features.people.tables import Participant
from bot.features.programme.rights import whom_to_ask
from bot.platforms.slack.handlers import Gesture, Handler, Handlers
from bot.platforms.slack.members import Members
from bot.platforms.slack.modals import Modal, View
from bot.platforms.slack.render import render
from bot.platforms.slack.views import Reply, private_of, shown, with_notice

log = structlog.get_logger(__name__)

GESTURES = Counter("maillon_gestures_total", "Presses and commands, by outcome", ["outcome"])
OUTCOMES: dict[type[Exception], str] = {BusyError: "busy", UnavailableError: "unavailable"}
for _outcome in ("done", "busy", "unavailable", "refused", "failed"):
    GESTURES.labels(_outcome)  # alerts see a first one only where there was a 0
BEGIN_WITHIN_S = 2.0
_WRONG = N_("This did not work. Please try again; if it happens again, tell the organisers: {code}")


@dataclass(frozen=True)
class _Asked:
    """What somebody asks of which handler, before the database says who and of which event."""

    handler: Handler
    args: tuple[str, ...]
    member: Member
    event_id: str | None
    now: datetime
    key: str
    inside: View | None
    said: list[Reply] = field(default_factory=list)
    """What it was answered in a transaction of which nobody knows yet whether it stands."""


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
        self.runtime, self.clock, self.members = runtime, clock, members
        self.workspace_id, self.handlers = workspace_id, handlers
        self._team_id = team_id
        self._background: set[asyncio.Task[None]] = set()

    async def press(
        self, user_id: str, value: str, key: str, inside: View | None = None
    ) -> Reply | None:
        """A button, maybe of a modal; None if this very press was dealt with before."""
        ref = ActionRef.decode(value)
        if ref is None:
            return await self.apologise(user_id, "press", NoLongerThereError(), inside)
        return await self.make(user_id, ref.name, ref.args, key, ref.event_id, inside)

    async def make(
        self,
        user_id: str,
        name: str,
        args: tuple[str, ...],
        key: str,
        event_id: str | None = None,
        inside: View | None = None,
    ) -> Reply | None:
        """The gesture `name`, whatever it came from, and the reply to it."""
        try:
            reply = await self._run(user_id, name, args, key, event_id, inside)
        except Exception as error:
            return await self.apologise(user_id, name, error, inside)
        self.done(user_id)
        log.info("gesture.done", gesture=name)
        return reply

    def done(self, user_id: str) -> None:
        GESTURES.labels("done").inc()
        if not self.members.knows(user_id):
            self.later(self.recognise(user_id))

    async def _run(
        self,
        user_id: str,
        name: str,
        args: tuple[str, ...],
        key: str,
        event_id: str | None,
        inside: View | None,
    ) -> Reply | None:
        handler = self.handlers.views.get(name) or self.handlers.actions.get(name)
        if handler is None:
            raise NoLongerThereError
        member = self.members.get(user_id)
        asked = _Asked(handler, args, member, event_id, self.clock.now(), key, inside)
        if name in self.handlers.views:
            seen = await self.runtime.read(lambda s: self._view(s, asked))
            if seen is not None:
                return seen
        return await self.runtime.run(lambda s: self._act(s, asked), begin_within=BEGIN_WITHIN_S)

    def _view(self, session: Session, asked: _Asked) -> Reply | None:
        """None for a person met for the first time: that has to be written."""
        event_id = self.event(session, asked.event_id)
        person = participant_of(session, event_id, self.workspace_id, asked.member.user_id)
        return self._reply(session, asked, event_id, person) if person else None

    def _act(self, session: Session, asked: _Asked) -> Reply | None:
        """None if this very gesture was dealt with, and answered, before."""
        event_id = self.event(session, asked.event_id)
        if not first_time(session, event_id, asked.key, asked.now):
            return asked.said[-1] if asked.said else None
        because(session, asked.key)
        person = meet(session, event_id, self.workspace_id, asked.member, asked.now)
        asked.said.append(self._reply(session, asked, event_id, person))
        return asked.said[-1]

    def event(self, session: Session, event_id: str | None) -> str:
        """A button carries its event; anything typed belongs to the workspace's active one."""
        found = event_id or active_event(session, self._team_id)
        if found is None or load_event(session, found) is None:
            raise NoLongerThereError
        return found

    def _reply(self, session: Session, asked: _Asked, event_id: str, person: Participant) -> Reply:
        event = event_settings(session, event_id)
        gesture = Gesture(
            event_id=event_id,
            event=event,
            workspace_id=self.workspace_id,
            person=person,
            reader=reader_of(event, person),
            now=asked.now,
            key=asked.key,
            private=private_of(asked.inside),
        )
        reply = asked.handler(session, gesture, asked.args)
        if isinstance(reply, Modal) and asked.inside is None:
            raise TypeError("a modal is opened by a form, before anything is written")
        # The handler may have changed the language it is to be answered in.
        return shown(reply, event_id, reader_of(event, person), asked.inside)

    # What went wrong

    async def apologise(
        self, user_id: str, name: str, error: Exception, inside: View | None = None
    ) -> Reply:
        """A private reply; in a modal, a sentence above what was typed there."""
        text, reader = await self.sorry(user_id, name, error)
        return with_notice(inside, text) if inside else render(Card(text), "-", reader)

    async def sorry(self, user_id: str, name: str, error: Exception) -> tuple[str, Reader]:
        """What a person is told of an error, and how they read; what is no news is logged."""
        if isinstance(error, MaillonError):
            GESTURES.labels(OUTCOMES.get(type(error), "refused")).inc()
        else:
            code = new_reference()
            GESTURES.labels("failed").inc()
            log.error("gesture.failed", gesture=name, reference=code, exc_info=error)
            error = MaillonError(_WRONG, code=code)
        refused = isinstance(error, NotAllowedError) and error.by_role
        reader, ask = await self._reader(user_id, asks=refused)
        return " ".join(filter(None, (error.told_to(reader), ask))), reader

    async def _reader(self, user_id: str, *, asks: bool) -> tuple[Reader, str]:
        """How the person reads, and whom they can ask for what they may not do."""

        def reader(session: Session) -> tuple[Reader, str]:
            event_id = active_event(session, self._team_id)
            if event_id is None:
                return Reader.of("fr", "UTC"), ""
            person = participant_of(session, event_id, self.workspace_id, user_id)
            event = event_settings(session, event_id)
            reads = reader_of(event, person)
            return reads, whom_to_ask(session, event_id, event, reads) if asks else ""

        try:
            return await self.runtime.read(reader, patience=0.0)
        except UnavailableError:  # the person is answered all the same
            return Reader.of("fr", "UTC"), ""
        except Exception:
            log.exception("gesture.reader_unknown")
            return Reader.of("fr", "UTC"), ""

    # Afterwards

    async def recognise(self, user_id: str) -> None:
        """Learn who a member is, and match them with the organisers' list."""
        member = await self.members.ask(user_id)
        if member is not None:
            await self.meet(member)

    async def meet(self, member: Member) -> None:
        now = self.clock.now()

        def use_case(session: Session) -> None:
            event_id = active_event(session, self._team_id)
            if event_id is not None and participant_of(
                session, event_id, self.workspace_id, member.user_id
            ):
                meet(session, event_id, self.workspace_id, member, now)

        await self.runtime.run(use_case)

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

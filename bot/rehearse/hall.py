"""Where a rehearsal takes place: the bot, a workspace, and event time that jumps."""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from prometheus_client import REGISTRY
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Maillon
from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.delivery.tables import OPEN_STATES, Delivery
from bot.playground.answer import Answer
from bot.playground.server import Playground
from bot.playground.workspace import Message, User, View
from bot.registry import JOBS
from bot.rehearse.person import Person
from bot.rehearse.seen import Button
from bot.schedule import dues

LOOK_AGAIN_S = 0.01
REST_WITHIN_S = 60.0


class RestlessError(MaillonError):
    msgid = N_("Maillon did not come to rest at {moment}: the log says what it tried.")


class Hall:
    """What people can do there is press, fill in, and read what stands."""

    def __init__(self, playground: Playground, maillon: Maillon) -> None:
        self.playground, self.maillon = playground, maillon
        self.next_due: datetime | None = None
        """When Maillon has something to do next, as of the last rest."""
        self.gestures = 0
        self._refused = 0
        self._failed_before = _failed()

    # Time

    @property
    def now(self) -> datetime:
        return self.playground.clock.now()

    async def come_to(self, moment: datetime) -> None:
        """Maillon knows of it, and has done what it had to do by then."""
        if moment > self.now:
            self.playground.clock.set(moment)
        await self._until(self._followed)
        if self.next_due is None or self.next_due <= self.now:
            await self.rest()

    async def rest(self) -> None:
        """Until nothing is due, queued, sending or unknown, and everybody was answered."""
        await self.playground.settled()
        await self._answered()
        await self._until(self._rests)

    async def _until(self, true: Callable[[], Awaitable[bool]]) -> None:
        deadline = time.monotonic() + REST_WITHIN_S
        while not await true():
            if time.monotonic() > deadline:
                raise RestlessError(moment=self.now.isoformat())
            await asyncio.sleep(LOOK_AGAIN_S)

    async def _followed(self) -> bool:
        return self.maillon.clock.now() >= self.now

    async def _rests(self) -> bool:
        look = partial(_looked, now=self.now)
        rests, self.next_due = await self.maillon.runtime.read(look)
        return rests

    async def _answered(self) -> None:
        await self.maillon.slack.gestures.settled()
        await self.maillon.slack.votes.settled()

    # People

    def user(self, person: Person) -> User | None:
        return self.playground.workspace.user_by_email(person.email)

    async def press(
        self, person: Person, message: Message | View, button: Button
    ) -> Message | None:
        """The private answer to a press, or what stands in the place of one."""
        user = self._member(person)
        # On a copy: a private reply takes the place of what was pressed, and more is pressed.
        shown = copy.copy(message) if isinstance(message, Message) else message
        self._count(await self.playground.press(user, shown, button.action_id))
        await self._answered()
        where = message.channel if isinstance(message, Message) else None
        visible = self.playground.workspace.visible(where, user.id) if where else []
        private = [one for one in visible if one.only_for == user.id]
        return private[-1] if private else None

    def message(self, channel: str, ts: str) -> Message | None:
        return self.playground.workspace.message(channel, ts)

    def modal(self, person: Person) -> View | None:
        return self.playground.workspace.modal(self._member(person).id)

    async def submit(self, person: Person, view: View, values: Mapping[str, Any]) -> View | None:
        """Send a form in with those of `values` that it asks for; what stands there then."""
        names = {block.get("block_id") for block in view.blocks}
        typed = {name: value for name, value in values.items() if name in names}
        self._count(await self.playground.submit(self._member(person), view, typed))
        await self._answered()
        return self.modal(person)

    async def close(self, person: Person, view: View) -> None:
        await self.playground.dismiss(self._member(person), view, everything=True)

    @property
    def unanswered(self) -> int:
        """Presses and forms that were not acknowledged, or answered by an apology for a defect."""
        return self._refused + _failed() - self._failed_before

    def _count(self, answer: Answer) -> None:
        self.gestures += 1
        self._refused += not answer.acked

    def _member(self, person: Person) -> User:
        user = self.user(person)
        assert user is not None, "whoever acts has joined"
        return user


def _looked(session: Session, now: datetime) -> tuple[bool, datetime | None]:
    """Whether nothing is left to do now, and when there is something again."""
    waiting = select(Delivery.delivery_id).where(
        Delivery.state.in_(OPEN_STATES), Delivery.due_at <= now
    )
    if session.scalar(waiting.limit(1)) is not None:
        return False, None
    due = min(dues(session, JOBS).values(), default=None)
    return due is None or due > now, due


def _failed() -> int:
    """Gestures of this process in which Maillon failed."""
    return int(REGISTRY.get_sample_value("maillon_gestures_total", {"outcome": "failed"}) or 0)

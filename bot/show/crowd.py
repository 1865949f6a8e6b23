"""Simulated participants beside those whom somebody plays: off until they are switched on.

They behave as in a rehearsal, by the same rates, and besides ask and support questions and look at
their home. The same seed brings the same people to the same decisions about the same messages.
"""

from __future__ import annotations

import asyncio
import csv
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import date

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Maillon
from bot.demo import DEMO_START, ROUND_TABLE, Guest, sample_bytes, sample_event, sample_guests
from bot.drill.files import read_roles
from bot.features.programme.tables import SessionRow
from bot.playground.page.surroundings import Surroundings
from bot.playground.server import Playground
from bot.playground.workspace import Message, View
from bot.rehearse import behaviours
from bot.rehearse.crowd import Crowd
from bot.rehearse.hall import Hall
from bot.rehearse.person import Person
from bot.rehearse.rates import usual_rates
from bot.rehearse.scene import Deed, Diary, Notes, Scene
from bot.rehearse.seen import offered
from bot.show.around import CAST

log = structlog.get_logger(__name__)

LOOK_AGAIN_S = 0.2
BETWEEN_S = 0.06
"""From one gesture to the next: whoever looks on has the better part of the machine."""
HOME = 0.25
ASKS = 0.04
SUPPORTS = 0.12
"""Shares of those who read the message that offers it."""

Texts = dict[str, deque[str]]
"""Questions yet to be asked, by session id."""


def persons(seed: int) -> list[Person]:
    """Everybody but the parts to play, organisers and who has a role."""
    roles = read_roles(sample_bytes("roles.csv").decode())
    own = {*sample_event().organisers, *(email for _, email, _ in CAST)}
    own |= {email for theirs in roles.values() for email in theirs}
    rates = usual_rates()
    return [Person(guest, rates, seed) for guest in sample_guests()[1:] if guest.email not in own]


def there(seed: int) -> list[Guest]:
    """Who is there as the demo begins: the crowd brings the others, each at their time."""
    later = {one.email for one in persons(seed) if (at := one.joins(_first())) and at > DEMO_START}
    return [guest for guest in sample_guests() if guest.email not in later]


def _first() -> date:
    return sample_event().first_day


class SimulatedCrowd:
    def __init__(
        self, playground: Playground, maillon: Maillon, around: Surroundings, seed: int
    ) -> None:
        self._around, self._changed = around, playground.workspace.changes.advance
        self._hall = Hall(playground, maillon)
        names = {guest.name: guest.email for guest in sample_guests()}
        self._scene = Scene(self._hall, Diary(), Notes(), seed, names)
        channels = sample_event().channels
        rooms = [channels.general, *channels.rooms.values()]
        self._crowd = Crowd(self._scene, persons(seed), rooms, self._read)
        self._texts: Texts = {}
        self._begun = False
        self.on = False

    @property
    def deeds(self) -> int:
        return self._hall.gestures

    def switch(self, on: bool) -> None:
        self.on = on

    @asynccontextmanager
    async def there(self) -> AsyncIterator[None]:
        self._texts = await self._hall.maillon.runtime.read(_questions)
        life = asyncio.ensure_future(self._live())
        try:
            yield
        finally:
            life.cancel()
            with suppress(asyncio.CancelledError):
                await life

    async def _live(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AGAIN_S)
            if self.on:
                await self.act()

    async def act(self) -> None:
        """What is to be done by now, one after the other."""
        if not self._begun:
            self._crowd.come(_first())
            self._begun = True
        self._crowd.look()
        for person, deeds in self._scene.diary.due(self._hall.now).items():
            for deed in deeds:
                if self.on and person.email not in self._around.acted:
                    await self._do(deed)

    async def _do(self, deed: Deed) -> None:
        try:
            await deed()
        except Exception as error:  # time runs on while they act: what they saw may be gone
            log.debug("crowd.too_late", error=type(error).__name__)
        self._changed()
        await asyncio.sleep(BETWEEN_S)

    async def _read(self, scene: Scene, person: Person, channel: str, ts: str) -> None:
        await behaviours.read(scene, person, channel, ts)
        message = scene.hall.message(channel, ts)
        if message is None:
            return
        await self._look_at_home(person, message)
        await self._support(person, message)
        await self._ask(person, message)

    async def _look_at_home(self, person: Person, message: Message) -> None:
        user = self._hall.user(person)
        if user and offered(message.blocks, "people.settings") and person.decides(HOME, "home"):
            await self._hall.playground.open_home(user)

    async def _support(self, person: Person, board: Message) -> None:
        for button in offered(board.blocks, "questions.support"):
            if person.decides(SUPPORTS, f"supports {button.beside}"):
                await self._hall.press(person, board, button)

    async def _ask(self, person: Person, message: Message) -> None:
        """What the sample has people ask at that session, once each; a twin is supported."""
        for button in offered(message.blocks, "questions.ask"):
            about = button.args[0] if button.args else ""
            if not self._texts.get(about) or not person.decides(ASKS, f"asks at {button.beside}"):
                continue
            await self._hall.press(person, message, button)
            form = self._hall.modal(person)
            if form is None:
                continue
            text = self._texts[about].popleft()
            left = await self._hall.submit(person, form, {"session": about, "text": text})
            if left is not None:
                await self._twin(person, left)

    async def _twin(self, person: Person, answer: View) -> None:
        for button in offered(answer.blocks, "questions.support"):
            await self._hall.press(person, answer, button)
        left = self._hall.modal(person)
        if left is not None:
            await self._hall.close(person, left)


def _questions(session: Session) -> Texts:
    """Those of the first round table are asked before the demo begins."""
    found = session.execute(select(SessionRow.code, SessionRow.session_id)).tuples().all()
    sessions = dict(found)
    texts: Texts = defaultdict(deque)
    for row in csv.DictReader(sample_bytes("questions.csv").decode().splitlines()):
        if row["session"] != ROUND_TABLE and row["session"] in sessions:
            texts[sessions[row["session"]]].append(row["text"])
    return dict(texts)

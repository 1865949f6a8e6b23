"""Slack's side of Maillon alone, connected to a playground: no schedule and no deliveries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Any

import aiohttp
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.cards import ActionRef
from bot.core.clock import SystemClock
from bot.db.engine import create_database_engine
from bot.db.history import Change
from bot.db.runtime import Runtime
from bot.features.events.actions import apply_event, join_workspace
from bot.features.events.queries import find_event
from bot.features.people.tables import Participant
from bot.platforms.slack.app import SlackPlatform, identify, web_client
from bot.platforms.slack.handlers import Handlers
from bot.platforms.slack.manifest import MESSAGE_SHORTCUTS
from bot.playground.answer import Answer, Envelope
from bot.playground.installed import InstalledApp
from bot.playground.workspace import Channel, Message, View
from tests.playground.support import World, world
from tests.support.factories import EARLY, event_file


@dataclass
class Bot:
    here: World
    slack: SlackPlatform
    runtime: Runtime
    event_id: str

    async def press(self, source: Message | View, action_id: str) -> Answer:
        answer = await self.here.playground.press(self.here.alice, source, action_id)
        await self.slack.gestures.settled()
        return answer

    async def open(self, name: str, *args: str) -> View:
        """Alice presses the button of a form, and it stands before her."""
        answer = await self.press(await self.button(name, *args), self.value(name, *args))
        assert answer.acked, answer
        return self.modal

    async def button(self, name: str, *args: str, channel: Channel | None = None) -> Message:
        where, value = channel or self.here.general, self.value(name, *args)
        text = {"type": "plain_text", "text": name}
        element = {"type": "button", "text": text, "action_id": value, "value": value}
        answer = await self.slack.gateway._client.chat_postMessage(
            channel=where.id, text=name, blocks=[{"type": "actions", "elements": [element]}]
        )
        return self.here.message(answer["ts"], where)

    def value(self, name: str, *args: str) -> str:
        return ActionRef(self.event_id, name, args).encode()

    @property
    def modal(self) -> View:
        view = self.here.playground.workspace.modal(self.here.alice.id)
        assert view is not None, "no modal is open"
        return view

    @property
    def closed(self) -> bool:
        return self.here.playground.workspace.modal(self.here.alice.id) is None

    async def submit(self, view: View, **values: Any) -> Answer:
        answer = await self.here.playground.submit(self.here.alice, view, values)
        await self.slack.gestures.settled()
        return answer

    async def sent_twice(self, view: View, **values: Any) -> list[Answer]:
        """The very same submission, delivered again."""
        playground = self.here.playground
        view.values = {name: {name: state} for name, state in typed(values).items()}
        payload = playground._payloads.submission(self.here.alice, view)
        assert playground.loop is not None
        answers = []
        for _ in "12":
            work = playground.delivery.interact(Envelope.INTERACTION, payload)
            there = asyncio.run_coroutine_threadsafe(work, playground.loop)
            answers.append(await asyncio.wrap_future(there))
        return answers

    def private(self, channel: Channel | None = None) -> list[str]:
        """What only Alice sees in a channel."""
        where = (channel or self.here.general).id
        seen = self.here.playground.workspace.visible(where, self.here.alice.id)
        return [message.text for message in seen if message.only_for]

    async def written(self) -> int:
        """How often a handler of these tests wrote something."""
        return await self.count(select(func.count()).where(Change.what == "noted"))

    async def people(self) -> int:
        return await self.count(select(func.count()).select_from(Participant))

    async def count(self, query: Any) -> int:
        def read(session: Session) -> int:
            return session.scalar(query) or 0

        return await self.runtime.read(read)

    @asynccontextmanager
    async def writers_busy(self) -> AsyncIterator[None]:
        """Long transactions in all the threads that write."""
        release, writers = Event(), self.runtime._writers._max_workers
        begun = [Event() for _ in range(writers)]

        def stand(session: Session, mine: Event) -> None:
            mine.set()
            release.wait(30)

        runs = [asyncio.ensure_future(self.runtime.run(partial(stand, mine=one))) for one in begun]
        try:
            for one in begun:
                await asyncio.to_thread(one.wait, 10)
            yield
        finally:
            release.set()
            await asyncio.gather(*runs)


def typed(values: dict[str, Any]) -> dict[str, Any]:
    return {name: {"type": "plain_text_input", "value": text} for name, text in values.items()}


def said(view: View) -> list[str]:
    """The texts of a view's blocks, labels of inputs included."""
    texts = (block.get("text") or block.get("label") for block in view.blocks)
    return [text["text"] for text in texts if text]


@asynccontextmanager
async def bot(database_url: str, handlers: Handlers, **options: Any) -> AsyncIterator[Bot]:
    options.setdefault("app", InstalledApp(shortcuts=MESSAGE_SHORTCUTS))
    runtime = Runtime(create_database_engine(database_url))
    with world(**options) as here:
        async with aiohttp.ClientSession() as http:
            client = web_client("xoxb-playground", f"{here.playground.url}/api/", http)
            team = await identify(client)

            def prepare(session: Session) -> tuple[str, str]:
                apply_event(session, event_file(), EARLY)
                event_id = find_event(session)
                return event_id, join_workspace(session, event_id, "slack", team.team_id)

            event_id, workspace_id = await runtime.run(prepare)
            slack = SlackPlatform(
                client, team, workspace_id, runtime, SystemClock(), None, handlers
            )
            await slack.meet_members()
            await slack.connect("xapp-playground")
            try:
                yield Bot(here, slack, runtime, event_id)
            finally:
                await slack.close()
    runtime.close()

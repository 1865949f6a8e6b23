"""The Home tab: published when it is opened, and after what is pressed in it.

Outside the outbox, since the newest state alone matters and opening it again makes it: in memory,
one person once, however often it is asked for, and as fast as Slack lets us.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.orm import Session

from bot.core.tasks import for_all
from bot.db.runtime import PATIENCE_S
from bot.delivery.gateway import DeliveryError, ThrottledError
from bot.features.events.queries import event_settings
from bot.features.home.views import home_view
from bot.features.people.queries import participant_of, reader_of
from bot.platforms.slack.errors import attempt
from bot.platforms.slack.gestures import Gestures
from bot.platforms.slack.modals import VIEW_BLOCKS, VIEW_CHARACTERS, View
from bot.platforms.slack.render import Room, plain_text, render

log = structlog.get_logger(__name__)

IN_SIGHT_S = 600.0
"""For so long after it was opened, the Home tab is kept as what its person does elsewhere."""
IN_PLACE = frozenset(
    {
        "people.fewer",
        "people.language",
        "programme.star",
        "programme.unstar",
        "rounds.come",
        "rounds.skip",
    }
)
"""What is answered by the tab itself, in a sentence above it; everything else by a modal."""
FRAME: View = {"type": "modal", "title": plain_text("Maillon"), "blocks": []}
"""What a view takes the place of that is pressed for in the tab."""


class Homes:
    def __init__(
        self,
        gestures: Gestures,
        client: AsyncWebClient,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._gestures, self._client, self._sleep = gestures, client, sleep
        self._opened: dict[str, float] = {}
        self._wanted: dict[str, str] = {}
        self._worker: asyncio.Task[None] | None = None

    def opened(self, user_id: str) -> None:
        before = time.monotonic() - IN_SIGHT_S
        self._opened = {one: at for one, at in self._opened.items() if at > before}
        self._opened[user_id] = time.monotonic()
        self.show(user_id)

    def touched(self, user_id: str) -> None:
        """They changed something where the tab may stand behind."""
        if self._opened.get(user_id, 0.0) > time.monotonic() - IN_SIGHT_S:
            self.show(user_id)

    def show(self, user_id: str, done: str = "") -> None:
        self._wanted[user_id] = done or self._wanted.get(user_id, "")
        if self._worker is None or self._worker.done():
            self._worker = for_all(self._work())

    async def settled(self) -> None:
        if self._worker is not None:
            await asyncio.wait({self._worker})

    async def close(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.wait({self._worker})

    async def _work(self) -> None:
        while self._wanted:
            user_id = next(iter(self._wanted))
            done = self._wanted.pop(user_id)
            try:
                await self._publish(user_id, done)
            except ThrottledError as error:
                self._wanted.setdefault(user_id, done)
                await self._sleep(error.retry_after)
            except DeliveryError as error:
                log.warning("slack.home_not_published", code=str(error))
            except Exception:
                log.exception("slack.home_failed")

    async def _publish(self, user_id: str, done: str) -> None:
        gestures = self._gestures

        def draw(session: Session) -> View | None:
            event_id = gestures.event(session, None)
            person = participant_of(session, event_id, gestures.workspace_id, user_id)
            if person is None:
                return None
            event = event_settings(session, event_id)
            reader = reader_of(event, person)
            card = home_view(session, event, person, reader, gestures.clock.now(), done)
            room = Room(VIEW_BLOCKS, VIEW_CHARACTERS)
            return {"type": "home", "blocks": render(card, event_id, reader, room=room).blocks}

        view = await gestures.runtime.read(draw, patience=PATIENCE_S)
        if view is not None:
            await attempt(self._client.views_publish(user_id=user_id, view=view))

"""People who choose sessions in the chat, as people do: a list, then its buttons."""

from __future__ import annotations

import asyncio
import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from bot.core.cards import Action
from bot.drill.files import Session
from bot.drill.ledger import Ledger
from bot.drill.process import DrillError
from bot.playground.server import Playground
from bot.playground.workspace import Channel, Message, User

AT_ONCE = 8
TRIES = 20


class Crowd:
    def __init__(
        self, playground: Playground, ledger: Ledger, event_id: str, sessions: Sequence[Session]
    ) -> None:
        self._playground, self._event_id = playground, event_id
        self._rooms = {session.id: session.room for session in sessions}
        self._ids = ledger.session_ids()
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def greet(self, emails: Iterable[str]) -> None:
        """People whom Maillon has to know before it can write to them."""
        await asyncio.gather(*(self._greet(self._user(email)) for email in sorted(emails)))

    async def _greet(self, user: User) -> None:
        async with self._gate:
            direct = await self._playground.direct(user)
            for _ in range(TRIES):
                if (await self._playground.command(user, direct, "/maillon")).acked:
                    return
        raise DrillError("/maillon is not answered")

    async def choose(self, stars: Mapping[str, Sequence[str]]) -> None:
        await asyncio.gather(*(self._choose(email, mine) for email, mine in stars.items()))

    async def _choose(self, email: str, mine: Sequence[str]) -> None:
        user = self._user(email)
        by_room: dict[str, list[str]] = defaultdict(list)
        for name in mine:
            by_room[self._rooms[name]].append(name)
        async with self._gate:
            direct = await self._playground.direct(user)
            for room, chosen in by_room.items():
                shown = await self._list(user, direct, room)
                for name in chosen:
                    await self._press(user, shown, self._ids[name])

    def _user(self, email: str) -> User:
        user = self._playground.workspace.user_by_email(email)
        if user is None:
            raise DrillError(f"{email} is not in the workspace")
        return user

    async def _list(self, user: User, where: Channel, room: str) -> Message:
        """The programme of a room, in private."""
        words = f"programme {room}"
        for _ in range(TRIES):
            answer = await self._playground.command(user, where, "/maillon", words)
            if answer.acked and answer.body:
                return self._playground.workspace.visible(where.id, user.id)[-1]
        raise DrillError(f"/maillon {words} is not answered")

    async def _press(self, user: User, shown: Message, session_id: str) -> None:
        button = Action("", "programme.star", (session_id,)).encode(self._event_id)
        for _ in range(TRIES):
            # On a copy: the reply takes the place of what was pressed, and more is to be chosen.
            if (await self._playground.press(user, copy.copy(shown), button)).acked:
                return
        raise DrillError("a press is not answered")

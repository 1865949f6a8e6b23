"""Pressing buttons as people in a real client do: what got no answer is pressed again."""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Iterator
from itertools import count

from bot.core.cards import ActionRef
from bot.drill.process import DrillError
from bot.playground.answer import Answer
from bot.playground.receipts import Receipt
from bot.playground.server import Playground
from bot.playground.workspace import Message, User, Workspace

GIVE_UP_S = 120.0
PAUSE_S = 0.25


class Hands:
    def __init__(self, playground: Playground) -> None:
        self.playground = playground
        self.unanswered = 0

    @property
    def workspace(self) -> Workspace:
        return self.playground.workspace

    def user(self, email: str) -> User:
        user = self.workspace.user_by_email(email)
        if user is None:
            raise DrillError(f"{email} is not in the workspace")
        return user

    def channel(self, name: str) -> str:
        channel = self.workspace.channel_named(name)
        if channel is None:
            raise DrillError(f"{name} is not in the workspace")
        return channel.id

    async def press(
        self, user: User, message: Message, button: str, *, deliveries: int = 1
    ) -> None:
        for tries in until_given_up("a press is not answered"):
            answer = await self.playground.press(
                user, *as_shown((message, button)), deliveries=deliveries
            )
            if answer.acked:
                return
            await self.again(tries, answer)

    async def again(self, tries: int, answer: Answer | None = None) -> None:
        self.unanswered += tries == 0 and not (answer and answer.acked)
        await asyncio.sleep(PAUSE_S)


def buttons(message: Message | Receipt) -> Iterator[tuple[ActionRef, str]]:
    """What each button of a message stands for, and its action id."""
    for block in message.blocks:
        for button in (*block.get("elements", ()), block.get("accessory") or {}):
            if ref := ActionRef.decode(str(button.get("value") or "")):
                yield ref, button["action_id"]


def as_shown(button: tuple[Message, str]) -> tuple[Message, str]:
    """A copy, since the private reply takes the place of what was pressed."""
    message, action_id = button
    return copy.copy(message), action_id


def until_given_up(what: str) -> Iterator[int]:
    """How often it was tried before."""
    deadline = time.monotonic() + GIVE_UP_S
    for tries in count():
        if time.monotonic() > deadline:
            break
        yield tries
    raise DrillError(what)

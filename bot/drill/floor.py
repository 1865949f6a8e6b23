"""The floor of the congress: people who ask, support and decide, through the workspace alone.

They behave as people in a real client do. Slack does not repeat a press or a submission: what got
no answer is pressed again, and a form that could not be sent is sent again. What they do in rounds
of introductions is in `hall`.
"""

from __future__ import annotations

import asyncio
import copy
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime

from bot.core.errors import BusyError, UnavailableError
from bot.core.i18n import Reader
from bot.drill.deeds import Deed, Do, Said
from bot.drill.hall import Hall
from bot.drill.hands import Hands, as_shown, buttons, until_given_up
from bot.drill.ledger import Ledger
from bot.drill.process import DrillError
from bot.drill.questions import BOARD
from bot.drill.script import Script
from bot.drill.words import plain
from bot.playground.answer import Answer
from bot.playground.server import Playground
from bot.playground.workspace import Json, Message, User, View, Workspace

AT_ONCE = 8
TEAM_BUTTONS = {
    Do.PUBLISH: "questions.publish",
    Do.SCREEN: "questions.screen",
    Do.LATER: "questions.later",
    Do.ANSWERED: "questions.answered",
}
BUSY = {
    Reader.of(language, "UTC").gettext(error.msgid)
    for language in ("fr", "en")
    for error in (BusyError, UnavailableError)
}


class Floor:
    def __init__(self, playground: Playground, ledger: Ledger, script: Script) -> None:
        self._playground, self._ledger = playground, ledger
        self._hands = Hands(playground)
        self.hall = Hall(self._hands, ledger, script.rules.general, script.rounds)
        self._team = script.rules.questions or ""
        self._boards = {
            session.id: (script.rules.channel(session), f"{BOARD} · {session.title}")
            for session in script.sessions
        }
        self._sessions = ledger.session_ids()
        self._seen: dict[str, list[Message]] = {}
        self._turned_away: set[str] = set()
        self.done: dict[tuple[datetime, str], float] = {}
        """When each question was first dealt with at a moment, in machine time."""

    @property
    def unanswered(self) -> int:
        return self._hands.unanswered

    def perform(self, deeds: Sequence[Deed | Said]) -> None:
        """All at once, but what one person does one after the other, by what stands there now."""
        workspace = self._playground.workspace
        self._seen = {
            channel: [copy.copy(one) for one in list(messages.values()) if _is_post(one, workspace)]
            for channel, messages in list(workspace.messages.items())
        }
        asyncio.run(self._perform(deeds))

    def press_again(self, deeds: Sequence[Deed | Said]) -> bool:
        """Whether somebody was turned away, since Maillon had no time for it and said so privately.

        They press all their buttons of that moment again: done twice, nothing may differ.
        """
        sorry = {
            f"{message.channel} {message.ts} {message.only_for}": message.only_for
            for channel in list(self._playground.workspace.messages.values())
            for message in list(channel.values())
            if message.only_for and message.text in BUSY
        }
        new = {user for name, user in sorry.items() if name not in self._turned_away}
        self._turned_away |= sorry.keys()
        again = [
            one
            for one in deeds
            if self._user(one.who).id in new and not (isinstance(one, Deed) and one.do is Do.ASK)
        ]
        asyncio.run(self._perform(again))
        return bool(again)

    async def _perform(self, deeds: Sequence[Deed | Said]) -> None:
        theirs: dict[str, list[Deed | Said]] = defaultdict(list)
        for deed in deeds:
            theirs[deed.who].append(deed)
        gate = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._perform_theirs(mine, gate) for mine in theirs.values()))

    async def _perform_theirs(self, deeds: Iterable[Deed | Said], gate: asyncio.Semaphore) -> None:
        async with gate:
            for deed in deeds:
                user = self._user(deed.who)
                if isinstance(deed, Said):
                    await self.hall.press(deed, user, self._seen)
                    continue
                await self._do(deed, user)
                self.done.setdefault((deed.at, deed.question.text), time.monotonic())

    async def _do(self, deed: Deed, user: User) -> None:
        match deed.do:
            case Do.ASK:
                await self._ask(deed, user)
            case Do.SUPPORT:
                channel, title = self._boards[deed.question.session]
                button = self._button(
                    self._post(self._channel(channel), title, deed), "support", deed
                )
                for _ in range(deed.presses):
                    await self._hands.press(user, *button, deliveries=deed.delivered)
            case Do.WITHDRAW:
                direct = await self._playground.direct(user)
                shown = self._post(direct.id, deed.question.text, deed)
                await self._hands.press(user, *self._button(shown, "withdraw", deed))
            case Do.DECLINE:
                reason = "individual_case" if deed.question.held else "off_topic"
                await self._fill_in(user, self._sorting(deed, "decline"), {"reason": reason})
            case Do.MERGE:
                assert deed.into is not None
                into = self._ledger.question_id(deed.into.text)
                await self._fill_in(user, self._sorting(deed, "more"), {"into": into})
            case _:
                name = TEAM_BUTTONS[deed.do].partition(".")[2]
                await self._hands.press(user, *self._sorting(deed, name))

    # Asking

    async def _ask(self, deed: Deed, user: User) -> None:
        direct = await self._playground.direct(user)

        async def command() -> Answer:
            return await self._playground.command(user, direct, "/question")

        view = await self._open(user, command)
        choices = ["anonymous"] if deed.question.anonymous else []
        session_id = self._sessions[deed.question.session]
        await self._send(
            user, view, {"session": session_id, "text": deed.question.text, "choices": choices}
        )

    async def _fill_in(self, user: User, button: tuple[Message, str], values: Json) -> None:
        async def press() -> Answer:
            return await self._playground.press(user, *as_shown(button))

        await self._send(user, await self._open(user, press), values)

    async def _open(self, user: User, wanted: Callable[[], Awaitable[Answer]]) -> View:
        """A form, however often it has to be asked for."""
        for tries in until_given_up("no form opens"):
            await wanted()
            if view := self._modal(user):
                return view
            await self._hands.again(tries)
        raise AssertionError

    async def _send(self, user: User, view: View, values: Json) -> None:
        """Until its answer came; a form that asks back is answered that this is what is meant."""
        for tries in until_given_up("a form is not taken"):
            known = {block["block_id"] for block in view.blocks}
            typed = {name: value for name, value in values.items() if name in known}
            answer = await self._playground.submit(user, view, typed)
            if answer.acked and not view.errors:
                if self._modal(user) is not view:
                    return
                if "submit" not in view.body:  # what was done, to be read and closed
                    await self._playground.dismiss(user, view)
                    return
            await self._hands.again(tries, answer)

    def _modal(self, user: User) -> View | None:
        stack = self._playground.workspace.modals.get(user.id)
        return stack[-1] if stack else None

    # Pressing

    def _sorting(self, deed: Deed, name: str) -> tuple[Message, str]:
        return self._button(
            self._post(self._channel(self._team), deed.question.text, deed), name, deed
        )

    def _post(self, channel: str, text: str, deed: Deed) -> Message:
        """The message that begins a conversation about `text`, as it stood when people began."""
        for message in self._seen.get(channel, ()):
            if text in plain(message.text):
                return message
        raise DrillError(f"nothing to press for {deed}")

    def _button(self, message: Message, name: str, deed: Deed) -> tuple[Message, str]:
        question_id = self._ledger.question_id(deed.question.text)
        for ref, action_id in buttons(message):
            if ref.name == f"questions.{name}" and question_id in ref.args:
                return message, action_id
        raise DrillError(f"no button for {deed} under {message.text}")

    def _channel(self, name: str) -> str:
        return self._hands.channel(name)

    def _user(self, email: str) -> User:
        return self._hands.user(email)


def _is_post(message: Message, workspace: Workspace) -> bool:
    return message.user == workspace.bot.id and message.only_for is None

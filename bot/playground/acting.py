"""Being a person of the workspace: what tests, drills and the browser page do in it."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.playground import inputs
from bot.playground.answer import Answer, Envelope
from bot.playground.delivery import Delivery
from bot.playground.methods.conversations import enter
from bot.playground.parts import Parts
from bot.playground.payloads import Payloads
from bot.playground.refusal import Refusal
from bot.playground.respond import respond
from bot.playground.sockets import Reason, Sockets
from bot.playground.triggers import ResponseUrl
from bot.playground.views import checked, errors
from bot.playground.workspace import Channel, Message, User, UserGroup, View

_P = ParamSpec("_P")
_R = TypeVar("_R")


def _on_server(
    act: Callable[Concatenate[Acting, _P], Coroutine[Any, Any, _R]],
) -> Callable[Concatenate[Acting, _P], Coroutine[Any, Any, _R]]:
    """Run where the connections to the app live, whichever loop or thread one acts from."""

    @functools.wraps(act)
    async def there(self: Acting, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        async def acted() -> _R:
            return await act(self, *args, **kwargs)

        if self.loop is None or self.loop is asyncio.get_running_loop():
            return await acted()
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(acted(), self.loop))

    return there


class Acting:
    """People are given as `User`, or by id; the same goes for channels."""

    loop: asyncio.AbstractEventLoop | None
    delivery: Delivery
    sockets: Sockets
    _parts: Parts
    _payloads: Payloads

    # --- conversations

    @_on_server
    async def post_as(
        self, user: User | str, channel: Channel | str, text: str, thread_ts: str | None = None
    ) -> Message:
        who, where = self._user(user), self._channel(channel)
        if who.id not in where.members:
            raise LookupError(f"{who.real_name} is not in {where.name or where.id}")
        return self._parts.say(who, where, text, thread_ts=thread_ts)

    @_on_server
    async def direct(self, *users: User | str) -> Channel:
        """The conversation of these people with the bot."""
        people = [self._user(user).id for user in users]
        return self._parts.workspace.direct([self._parts.workspace.bot.id, *people])[0]

    @_on_server
    async def join_channel(
        self, user: User | str, channel: Channel | str, inviter: User | str | None = None
    ) -> None:
        """Also how the bot comes into a private channel: somebody invites it."""
        who, where = self._user(user), self._channel(channel)
        if who.id not in where.members:
            enter(self._parts, where, who, self._user(inviter).id if inviter else None)

    @_on_server
    async def leave_channel(self, user: User | str, channel: Channel | str) -> None:
        who, where = self._user(user), self._channel(channel)
        where.members.remove(who.id)
        self._parts.workspace.changes.advance()
        self._parts.events.left(where, who)

    # --- people

    @_on_server
    async def join(
        self, name: str, email: str, locale: str = "fr-FR", tz: str = "Europe/Paris"
    ) -> User:
        user = self._parts.workspace.add_user(name, email, locale=locale, tz=tz)
        self._parts.events.user_joined(user)
        return user

    @_on_server
    async def change_group(self, group: UserGroup, members: list[str]) -> None:
        """Who is in a user group from now on."""
        before, group.members = group.members, list(members)
        added = [one for one in members if one not in before]
        removed = [one for one in before if one not in members]
        self._parts.events.group_changed(group, added, removed)

    @_on_server
    async def change_user(
        self,
        user: User | str,
        *,
        real_name: str | None = None,
        email: str | None = None,
        locale: str | None = None,
        tz: str | None = None,
        deleted: bool | None = None,
    ) -> User:
        who = self._user(user)
        who.real_name = who.real_name if real_name is None else real_name
        who.email = who.email if email is None else email
        who.locale = who.locale if locale is None else locale
        who.tz = who.tz if tz is None else tz
        who.deleted = who.deleted if deleted is None else deleted
        who.updated = int(time.time())
        self._parts.workspace.changes.advance()
        self._parts.events.user_changed(who)
        return who

    # --- interactions

    @_on_server
    async def press(
        self,
        user: User | str,
        source: Message | View,
        action_id: str,
        value: Any = None,
        *,
        deliveries: int = 1,
    ) -> Answer:
        """Press a button, or pick `value` (an option's, a user id, a date …) where one picks.

        Slack delivers a press once; with more `deliveries` its very payload comes again, as from
        whatever stands between Slack and the app.
        """
        who = self._user(user)
        block, element = inputs.find(source.blocks, action_id)
        if isinstance(source, Message):
            payload = self._payloads.message_action(who, source, block, element, value)
        else:
            typed = {action_id: value} if element["type"] in inputs.KEEPS_STATE else {}
            source.values = inputs.filled(source, typed)
            payload = self._payloads.view_action(who, source, block, element, value)
        for _ in range(deliveries - 1):
            await self.delivery.interact(Envelope.INTERACTION, payload)
        return await self.delivery.interact(Envelope.INTERACTION, payload)

    @_on_server
    async def shortcut(self, user: User | str, message: Message, callback_id: str) -> Answer:
        """Choose what the app offers in the menu of a message."""
        who = self._user(user)
        if callback_id not in self._parts.app.shortcuts or message.only_for is not None:
            raise LookupError(f"this message does not offer {callback_id!r}")
        payload = self._payloads.shortcut(who, message, callback_id)
        return await self.delivery.interact(Envelope.INTERACTION, payload)

    @_on_server
    async def submit(
        self, user: User | str, view: View, values: Mapping[str, Any] | None = None
    ) -> Answer:
        """Send a modal in, with `values` by action_id or block_id; what it says is in `view`."""
        who = self._user(user)
        view.values = inputs.filled(view, values or {})
        view.errors, view.notice = inputs.missing(view), ""
        if view.errors:
            self._parts.workspace.changes.advance()
            return Answer(False, reason="incomplete")
        payload = self._payloads.submission(who, view)
        answer = await self.delivery.interact(Envelope.INTERACTION, payload)
        return self._submitted(view, answer)

    @_on_server
    async def dismiss(self, user: User | str, view: View, *, everything: bool = False) -> None:
        """Close a modal, or with `everything` its whole stack."""
        who = self._user(user)
        stack = list(self._parts.workspace.modals.get(who.id, []))
        closing = reversed(stack) if everything else [view]
        for each in closing:
            self._parts.modals.pop(each)
            if each.body.get("notify_on_close"):
                payload = self._payloads.closed(who, each, cleared=everything)
                await self.delivery.interact(Envelope.INTERACTION, payload)

    @_on_server
    async def command(
        self, user: User | str, channel: Channel | str, command: str, text: str = ""
    ) -> Answer:
        who, where = self._user(user), self._channel(channel)
        payload = self._payloads.command(who, where, command, text)
        answer = await self.delivery.interact(Envelope.COMMAND, payload)
        if answer.acked and answer.body:
            url = ResponseUrl(who.id, where.id, at=self._parts.monotonic())
            try:
                respond(self._parts, url, answer.body)
            except Refusal as refusal:
                return replace(answer, acked=False, reason=refusal.code)
        return answer

    @_on_server
    async def open_home(self, user: User | str) -> View | None:
        """The Home tab as it stands; the app is told and may publish a newer one."""
        await self._open(user, "home")
        return self._parts.workspace.home(self._user(user).id)

    @_on_server
    async def open_messages(self, user: User | str) -> None:
        """The conversation with the app, which is told: Slack calls that its home too."""
        await self._open(user, "messages")

    async def _open(self, user: User | str, tab: str) -> None:
        who = self._user(user)
        direct, _ = self._parts.workspace.direct([self._parts.workspace.bot.id, who.id])
        self._parts.events.home_opened(who, direct, tab)

    # --- the connection to the app

    @_on_server
    async def refresh_connections(self, reason: Reason = "refresh_requested") -> None:
        """Ask every Socket Mode connection to come again, as Slack does every few hours."""
        await self.sockets.disconnect(reason)

    @_on_server
    async def break_connection(self) -> None:
        self.sockets.break_one()

    @_on_server
    async def settled(self) -> None:
        """Until every event was acknowledged or given up."""
        await self.delivery.settled()

    # ---

    def _user(self, user: User | str) -> User:
        return user if isinstance(user, User) else self._parts.workspace.users[user]

    def _channel(self, channel: Channel | str) -> Channel:
        known = self._parts.workspace.channels
        return channel if isinstance(channel, Channel) else known[channel]

    def _submitted(self, view: View, answer: Answer) -> Answer:
        """What the acknowledgement asks to be done with the modal."""
        body = answer.body or {}
        if not answer.acked:
            view.notice = "We had some trouble connecting. Try again?"
            self._parts.workspace.changes.advance()
            return answer
        try:
            self._carry_out(view, body)
        except Refusal as refusal:
            view.notice = refusal.code
            return replace(answer, acked=False, reason=refusal.code)
        return answer

    def _carry_out(self, view: View, body: Mapping[str, Any]) -> None:
        modals = self._parts.modals
        match body.get("response_action"):
            case "errors":
                view.errors = errors(view, body["errors"])
                self._parts.workspace.changes.advance()
            case "update":
                modals.replace(view, checked(body["view"], "modal"))
            case "push":
                modals.push(view.user, checked(body["view"], "modal"))
            case "clear":
                modals.clear(view.user)
            case _:
                modals.pop(view)

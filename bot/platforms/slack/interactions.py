"""Presses, commands, shortcuts and submissions: from Bolt's payloads to handlers and back."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.cards import ActionRef
from bot.features.programme.vocabulary import (
    means_introductions,
    means_profile,
    means_questions,
    means_report,
    means_roles,
    means_settings,
)
from bot.features.questions.doors import STAGE, page_meant
from bot.platforms.slack.errors import attempt
from bot.platforms.slack.forms import Forms, Request
from bot.platforms.slack.gestures import Gestures
from bot.platforms.slack.handlers import Message
from bot.platforms.slack.manifest import ASK_COMMAND, COMMANDS
from bot.platforms.slack.modals import View
from bot.platforms.slack.render import LINK_ID, Rendered
from bot.platforms.slack.replies import Replies, reply_body
from bot.platforms.slack.text import unescape, written
from bot.platforms.slack.views import Reply

ASK_FORM = "questions.ask"
MEET_FORM = "people.profile"
Body = dict[str, Any]


class Interactions:
    def __init__(self, gestures: Gestures, client: AsyncWebClient, replies: Replies) -> None:
        self._gestures, self._client, self._replies = gestures, client, replies
        self._forms = Forms(gestures, client)

    def listen(self, bolt: AsyncApp) -> None:
        bolt.action(re.compile(f"^{LINK_ID}"))(self._on_link)
        bolt.action(re.compile(".*"))(self._on_action)
        for command in COMMANDS:
            bolt.command(command)(self._on_command)
        bolt.message_shortcut(re.compile(".*"))(self._on_shortcut)
        bolt.view(re.compile(".*"))(self._on_submission)

    async def _on_link(self, ack: Any) -> None:
        """The browser opened the page; Slack only wants to hear that we heard."""
        await ack()

    async def _on_action(self, ack: Any, body: Body) -> None:
        user_id, trigger = body["user"]["id"], body["trigger_id"]
        value = body["actions"][0].get("value") or ""
        view, ref = _modal(body), ActionRef.decode(value)
        reply: Reply | None
        if ref is not None and ref.name in self._forms:
            request = Request(user_id, trigger, ref.event_id, inside=view)
            reply = await self._forms.open(ref.name, ref.args, request)
        else:
            reply = await self._gestures.press(user_id, value, trigger, view)
        await ack()
        self._answer(body, reply)

    async def _on_shortcut(self, ack: Any, body: Body) -> None:
        """A message's own menu; its entries are named after the forms they open."""
        message = body["message"]
        request = Request(
            body["user"]["id"],
            body["trigger_id"],
            message=Message(
                text=written(str(message.get("text") or ""), self._name),
                author="" if message.get("bot_id") else str(message.get("user") or ""),
                channel=body["channel"]["id"],
                ts=message["ts"],
            ),
        )
        reply = await self._forms.open(body["callback_id"], (), request)
        await ack()
        self._answer(body, reply)

    async def _on_submission(self, ack: Any, body: Body) -> None:
        user_id, trigger = body["user"]["id"], body["trigger_id"]
        await ack(**await self._forms.submit(user_id, trigger, body["view"]))

    async def _on_command(self, ack: Any, body: Body) -> None:
        reply = await self._command(body)
        if isinstance(reply, Rendered):
            await ack(text=reply.text, blocks=reply.blocks, response_type="ephemeral")
        else:
            await ack()

    async def _command(self, body: Body) -> Reply | None:
        user_id, key = body["user_id"], body["trigger_id"]
        text = body.get("text") or ""
        if body["command"] == ASK_COMMAND and ASK_FORM in self._forms:
            request = Request(user_id, key, typed=unescape(text).strip())
            return await self._forms.open(ASK_FORM, (), request)
        if not text.strip():
            return await self._gestures.make(user_id, "menu", (), key)
        if means_settings(text):
            return await self._gestures.make(user_id, "people.settings", (), key)
        if means_profile(text):
            return await self._gestures.make(user_id, "people.me", (), key)
        if means_introductions(text):
            return await self._forms.open(MEET_FORM, (), Request(user_id, key))
        if page_meant(text) == STAGE:
            return await self._gestures.make(user_id, "pages.words", (STAGE, text), key)
        if means_questions(text):
            return await self._gestures.make(user_id, "questions.overview", (), key)
        if means_roles(text):
            return await self._gestures.make(user_id, "roles.list", (), key)
        if means_report(text):
            return await self._gestures.make(user_id, "outcome.report", (), key)
        return await self._gestures.make(user_id, "programme.words", (text,), key)

    def _name(self, user_id: str) -> str:
        return self._gestures.members.get(user_id).name

    # Answering, once the gesture is acknowledged

    def _answer(self, body: Body, reply: Reply | None) -> None:
        """At most once: what must not be lost is a post."""
        if reply is None:
            return
        if isinstance(reply, Rendered):
            in_place = bool((body.get("container") or {}).get("is_ephemeral"))
            words = reply_body(reply, in_place=in_place)
            self._gestures.later(self._replies.post(body["response_url"], words))
        else:
            view_id = body["view"]["id"]
            self._gestures.later(attempt(self._client.views_update(view_id=view_id, view=reply)))


def _modal(body: Body) -> View | None:
    """The modal that was pressed in; the Home tab is none."""
    view: View | None = body.get("view")
    return view if view and view.get("type") == "modal" else None

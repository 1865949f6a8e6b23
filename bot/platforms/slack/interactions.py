"""Presses, commands, shortcuts and submissions: from Bolt's payloads to handlers and back."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.cards import ActionRef
from bot.delivery.gateway import DeliveryError
from bot.features.programme.vocabulary import (
    late_meant,
    means_agenda,
    means_alert,
    means_announcements,
    means_full,
    means_infos,
    means_introductions,
    means_materials,
    means_profile,
    means_questions,
    means_report,
    means_roles,
    means_settings,
)
from bot.features.questions.doors import STAGE, page_meant
from bot.platforms.slack.errors import attempt
from bot.platforms.slack.forms import Forms, NotOpenedError, Request
from bot.platforms.slack.gestures import Gestures
from bot.platforms.slack.handlers import Message
from bot.platforms.slack.home import FRAME, IN_PLACE, Homes
from bot.platforms.slack.manifest import ASK_COMMAND, COMMANDS
from bot.platforms.slack.modals import View
from bot.platforms.slack.render import LINK_ID, Rendered
from bot.platforms.slack.replies import Replies, reply_body
from bot.platforms.slack.text import unescape, written
from bot.platforms.slack.views import Reply

ASK_FORM = "questions.ask"
MEET_FORM = "people.profile"
ALERT_FORM = "bulletins.alert"
_FORMS = ((means_introductions, MEET_FORM), (means_alert, ALERT_FORM))
_GESTURES = (
    (means_settings, "people.settings"),
    (means_profile, "people.me"),
    (means_agenda, "agenda.show"),
    (means_questions, "questions.overview"),
    (means_roles, "roles.list"),
    (means_report, "outcome.report"),
    (means_announcements, "bulletins.overview"),
    (means_infos, "infos.view"),
    (means_materials, "programme.materials"),
)
"""What the words of `/maillon` lead to, where they are no words to look for."""
Body = dict[str, Any]


class Interactions:
    def __init__(
        self, gestures: Gestures, client: AsyncWebClient, replies: Replies, homes: Homes
    ) -> None:
        self._gestures, self._client = gestures, client
        self._replies, self._homes = replies, homes
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
        if _in_home(body):
            await self._on_home_action(ack, user_id, trigger, value)
            return
        view = _modal(body)
        reply = await self._pressed(user_id, trigger, value, view)
        await ack()
        self._answer(body, reply)
        if view is not None:
            self._homes.touched(user_id)

    async def _pressed(
        self, user_id: str, trigger: str, value: str, inside: View | None
    ) -> Reply | None:
        ref = ActionRef.decode(value)
        if ref is not None and ref.name in self._forms:
            request = Request(user_id, trigger, ref.event_id, inside=inside)
            return await self._forms.open(ref.name, ref.args, request)
        return await self._gestures.press(user_id, value, trigger, inside)

    async def _on_home_action(self, ack: Any, user_id: str, trigger: str, value: str) -> None:
        """Slack gives nowhere to answer but the tab itself, and a modal."""
        ref = ActionRef.decode(value)
        if ref is not None and ref.name in IN_PLACE:
            reply = await self._pressed(user_id, trigger, value, None)
            await ack()
            said = unescape(reply.text) if isinstance(reply, Rendered) else ""
            self._homes.show(user_id, said)
            return
        view = await self._pressed(user_id, trigger, value, FRAME)
        await ack()
        if view is not None:
            assert not isinstance(view, Rendered), "in the place of a modal everything is a view"
            self._gestures.later(self._open(user_id, trigger, view))
        self._homes.show(user_id)

    async def _open(self, user_id: str, trigger: str, view: View) -> None:
        """Over the tab, which says so where it came too late."""
        try:
            await attempt(self._client.views_open(trigger_id=trigger, view=view))
        except DeliveryError:
            sentence, _ = await self._gestures.sorry(user_id, "home", NotOpenedError())
            self._homes.show(user_id, sentence)

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
        self._homes.touched(user_id)

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
        for means, form in _FORMS:
            if means(text):
                return await self._forms.open(form, (), Request(user_id, key))
        if page_meant(text) == STAGE:
            return await self._gestures.make(user_id, "pages.words", (STAGE, text), key)
        if (minutes := late_meant(text)) is not None:
            late = (str(body.get("channel_name") or ""), str(minutes))
            return await self._gestures.make(user_id, "delays.words", late, key)
        for means, gesture in _GESTURES:
            if means(text):
                return await self._gestures.make(user_id, gesture, (), key)
        name = "programme.full_words" if means_full(text) else "programme.words"
        return await self._gestures.make(user_id, name, (text,), key)

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


def _in_home(body: Body) -> bool:
    return (body.get("view") or {}).get("type") == "home"

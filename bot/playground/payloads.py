"""Interactions and commands as Slack sends them to the app.

https://docs.slack.dev/reference/interaction-payloads
"""

from __future__ import annotations

import time
from collections.abc import Callable

from bot.playground.inputs import pressed
from bot.playground.installed import InstalledApp
from bot.playground.shapes import Shapes
from bot.playground.triggers import Triggers
from bot.playground.workspace import Channel, Json, Message, User, View, Workspace


class Payloads:
    """`base_url` is where response URLs lead; known once the server listens."""

    def __init__(
        self,
        workspace: Workspace,
        app: InstalledApp,
        shapes: Shapes,
        triggers: Triggers,
        base_url: Callable[[], str],
    ) -> None:
        self._workspace = workspace
        self._app = app
        self._shapes = shapes
        self._triggers = triggers
        self._base_url = base_url

    def message_action(
        self, user: User, message: Message, block: Json, element: Json, value: object
    ) -> Json:
        channel = self._workspace.channels[message.channel]
        thread = {"thread_ts": message.thread_ts} if message.is_reply else {}
        return {
            **self._interaction("block_actions", user),
            "container": {
                "type": "message", "message_ts": message.ts, "channel_id": channel.id,
                "is_ephemeral": message.only_for is not None, **thread,
            },
            "channel": {"id": channel.id, "name": self._name(channel)},
            "message": self._shapes.message(message),
            "state": {"values": {}},
            "response_url": self._response_url(user, channel, message),
            "actions": [self._action(block, element, value)],
        }  # fmt: skip

    def shortcut(self, user: User, message: Message, callback_id: str) -> Json:
        """A message's menu: of the interactions the one that does not name its app."""
        channel = self._workspace.channels[message.channel]
        interaction = self._interaction("message_action", user)
        del interaction["api_app_id"]
        return {
            **interaction,
            "user": {"id": user.id, "name": user.name, "team_id": self._workspace.team.id},
            "callback_id": callback_id,
            "channel": {"id": channel.id, "name": self._name(channel)},
            "message": self._shapes.message(message), "message_ts": message.ts,
            "action_ts": f"{time.time():.6f}",
            "response_url": self._response_url(user, channel, None),
        }  # fmt: skip

    def view_action(
        self, user: User, view: View, block: Json, element: Json, value: object
    ) -> Json:
        return {
            **self._interaction("block_actions", user),
            "container": {"type": "view", "view_id": view.id},
            "view": self._shapes.view(view),
            "actions": [self._action(block, element, value)],
        }

    def submission(self, user: User, view: View) -> Json:
        return {
            **self._interaction("view_submission", user),
            "view": self._shapes.view(view),
            "response_urls": [],
        }

    def closed(self, user: User, view: View, *, cleared: bool) -> Json:
        payload = self._interaction("view_closed", user)
        del payload["trigger_id"]  # closing entitles nobody to open something else
        return {**payload, "view": self._shapes.view(view), "is_cleared": cleared}

    def command(self, user: User, channel: Channel, command: str, text: str) -> Json:
        team = self._workspace.team
        return {
            "token": self._app.verification_token, "team_id": team.id,
            "team_domain": team.domain, "channel_id": channel.id,
            "channel_name": self._name(channel), "user_id": user.id, "user_name": user.name,
            "command": command, "text": text, "api_app_id": self._app.app_id,
            "is_enterprise_install": "false",  # a form field, so a word
            "response_url": self._response_url(user, channel, None),
            "trigger_id": self._triggers.new(user.id),
        }  # fmt: skip

    def _interaction(self, kind: str, user: User) -> Json:
        team = self._workspace.team
        who = {"id": user.id, "username": user.name, "name": user.name, "team_id": team.id}
        return {
            "type": kind, "user": who, "api_app_id": self._app.app_id,
            "token": self._app.verification_token, "trigger_id": self._triggers.new(user.id),
            "team": {"id": team.id, "domain": team.domain}, "enterprise": None,
            "is_enterprise_install": False,
        }  # fmt: skip

    def _action(self, block: Json, element: Json, value: object) -> Json:
        return {
            "type": element["type"], "action_id": element["action_id"],
            "block_id": block["block_id"], "action_ts": f"{time.time():.6f}",
            **pressed(element, value),
        }  # fmt: skip

    def _response_url(self, user: User, channel: Channel, original: Message | None) -> str:
        key = self._triggers.new_response_url(user.id, channel.id, original)
        return f"{self._base_url()}/response/{key}"

    def _name(self, channel: Channel) -> str:
        return "directmessage" if channel.kind == "im" else channel.name

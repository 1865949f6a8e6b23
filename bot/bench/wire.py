"""What people do, as Slack sends it: bodies by the thousand, and their signatures.

The same shapes as the playground's, made without a workspace that would have to hold them all.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bot.playground.installed import InstalledApp

CHANNEL = "C0BENCH0001"
_TS = "1733997600.000100"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True)
class Click:
    """Something that somebody does; `what` it does is the same for one that comes twice."""

    what: tuple[str, str]
    body: bytes
    content_type: str = FORM


def signed(clicks: Iterable[Click], app: InstalledApp, host: str) -> list[bytes]:
    """The clicks as requests; a signature is good for five minutes."""
    secret, timestamp = app.signing_secret.encode(), str(int(time.time()))
    requests = []
    for click in clicks:
        base = b"v0:" + timestamp.encode() + b":" + click.body
        digest = hmac.new(secret, base, hashlib.sha256).hexdigest()
        head = (
            f"POST /slack/events HTTP/1.1\r\nHost: {host}\r\n"
            "User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\nAccept: */*\r\n"
            f"Content-Type: {click.content_type}\r\nContent-Length: {len(click.body)}\r\n"
            f"X-Slack-Request-Timestamp: {timestamp}\r\nX-Slack-Signature: v0={digest}\r\n\r\n"
        )
        requests.append(head.encode() + click.body)
    return requests


@dataclass(frozen=True)
class Wire:
    """Bodies of one workspace; `key` is what tells an event from another, as Slack names them."""

    app: InstalledApp
    team_id: str
    response_url: str

    def press(self, user: str, key: str, value: str, label: str) -> bytes:
        """Of a button in a message of a channel."""
        words = {"type": "plain_text", "text": label, "emoji": True}
        button = {"type": "button", "action_id": value, "value": value, "text": words}
        block = {
            "type": "section", "block_id": "b1", "accessory": button,
            "text": {"type": "mrkdwn", "text": f"*{value}*", "verbatim": True},
        }  # fmt: skip
        return _form({
            **self._interaction("block_actions", user, key),
            "container": {
                "type": "message", "message_ts": _TS, "channel_id": CHANNEL, "is_ephemeral": False,
            },
            "channel": {"id": CHANNEL, "name": "programme"},
            "message": {
                "type": "message", "subtype": "bot_message", "user": "U0BOT", "ts": _TS,
                "bot_id": self.app.bot_id, "text": "Questions", "blocks": [block],
                "team": self.team_id,
            },
            "state": {"values": {}},
            "response_url": f"{self.response_url}/{key}",
            "actions": [{
                "type": "button", "action_id": value, "block_id": "b1", "value": value,
                "text": words, "action_ts": "1733997600.000200",
            }],
        })  # fmt: skip

    def submission(
        self, user: str, key: str, callback_id: str, values: dict[str, dict[str, Any]]
    ) -> bytes:
        """Of a modal with these inputs; `key` names it too."""
        view_id = f"V{key.replace('.', '')}"  # ids of Slack's are letters and digits
        return _form({
            **self._interaction("view_submission", user, key),
            "view": {
                "id": view_id, "team_id": self.team_id, "type": "modal", "blocks": [],
                "private_metadata": "", "callback_id": callback_id, "external_id": "",
                "state": {"values": {name: {name: value} for name, value in values.items()}},
                "hash": "1733997600.bench", "title": {"type": "plain_text", "text": "Question"},
                "submit": {"type": "plain_text", "text": "Envoyer"}, "close": None,
                "clear_on_close": False, "notify_on_close": False, "submit_disabled": False,
                "root_view_id": view_id, "previous_view_id": None, "app_id": self.app.app_id,
                "bot_id": self.app.bot_id, "app_installed_team_id": self.team_id,
            },
            "response_urls": [],
        })  # fmt: skip

    def command(self, user: str, key: str, command: str, text: str) -> bytes:
        return urlencode({
            "token": self.app.verification_token, "team_id": self.team_id, "team_domain": "bench",
            "channel_id": CHANNEL, "channel_name": "programme", "user_id": user,
            "user_name": user, "command": command, "text": text, "api_app_id": self.app.app_id,
            "is_enterprise_install": "false", "trigger_id": key,
            "response_url": f"{self.response_url}/{key}",
        }).encode()  # fmt: skip

    def home_opened(self, user: str, key: str) -> bytes:
        return self._event(key, {
            "type": "app_home_opened", "user": user, "channel": f"D{user}", "tab": "home",
            "event_ts": _TS,
        })  # fmt: skip

    def message(self, user: str, key: str, text: str) -> bytes:
        """To Maillon alone."""
        return self._event(key, {
            "type": "message", "user": user, "channel": f"D{user}", "channel_type": "im",
            "text": text, "ts": _TS, "event_ts": _TS, "team": self.team_id,
        })  # fmt: skip

    def _interaction(self, kind: str, user: str, key: str) -> dict[str, Any]:
        return {
            "type": kind,
            "user": {"id": user, "username": user, "name": user, "team_id": self.team_id},
            "api_app_id": self.app.app_id, "token": self.app.verification_token,
            "trigger_id": key, "team": {"id": self.team_id, "domain": "bench"},
            "enterprise": None, "is_enterprise_install": False,
        }  # fmt: skip

    def _event(self, key: str, event: dict[str, Any]) -> bytes:
        authorization = {
            "enterprise_id": None, "team_id": self.team_id, "user_id": self.app.bot_id,
            "is_bot": True, "is_enterprise_install": False,
        }  # fmt: skip
        return json.dumps({
            "token": self.app.verification_token, "team_id": self.team_id,
            "api_app_id": self.app.app_id, "event": event, "type": "event_callback",
            "event_id": key, "event_time": int(time.time()), "authorizations": [authorization],
            "is_ext_shared_channel": False, "event_context": key,
        }).encode()  # fmt: skip


def _form(payload: dict[str, Any]) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()

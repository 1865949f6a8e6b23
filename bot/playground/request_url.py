"""Delivery by signed HTTP requests, as an app without Socket Mode receives them.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import aiohttp

from bot.playground.answer import Answer, Attempt, Envelope
from bot.playground.installed import InstalledApp
from bot.playground.workspace import Json


class RequestUrl:
    def __init__(self, app: InstalledApp, url: str, ack_within: float) -> None:
        self._app = app
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=ack_within)
        self._session: aiohttp.ClientSession | None = None

    async def deliver(self, kind: Envelope, payload: Json, attempt: Attempt) -> Answer:
        if self._session is None:  # made where the loop is, which is not where we were built
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        body, content_type = _encoded(kind, payload)
        headers = self._signed(body) | {"Content-Type": content_type}
        if attempt.number:
            headers["X-Slack-Retry-Num"] = str(attempt.number)
            headers["X-Slack-Retry-Reason"] = attempt.reason
        try:
            async with self._session.post(self._url, data=body, headers=headers) as response:
                if response.status != 200:
                    retry = response.headers.get("X-Slack-No-Retry") != "1"
                    return Answer(False, reason="http_error", retry=retry)
                return Answer(True, _decoded(response.content_type, await response.text()))
        except TimeoutError:
            return Answer(False, reason="http_timeout")
        except aiohttp.ClientError:
            return Answer(False, reason="connection_failed")

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        base = b"v0:" + timestamp.encode() + b":" + body
        digest = hmac.new(self._app.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


def _encoded(kind: Envelope, payload: Json) -> tuple[bytes, str]:
    if kind is Envelope.EVENT:
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind is Envelope.COMMAND else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _decoded(content_type: str, text: str) -> Json | None:
    """An acknowledgement is empty, words for the person, or JSON."""
    if not text:
        return None
    if content_type == "application/json":
        body = json.loads(text)
        return body if isinstance(body, dict) and body else None
    return {"text": text}

"""Slack's requests over HTTP: signed or not taken; understood or refused; only then listened to."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable

import structlog
from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from bot.platforms.slack.incoming import MalformedError, of_request

log = structlog.get_logger(__name__)

ADDRESS = "/slack/events"
MAX_EVENT = 1024 * 1024
"""Bytes. A view has 250 kB at most, of which each may take three in a form."""
FRESH_S = 300
"""Machine seconds; what is older is somebody's copy. Slack's own figure."""


class Signature:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack"""

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._secret, self._clock = secret.encode(), clock

    def of(self, headers: Headers, body: bytes) -> bool:
        """Whether Slack sent these very bytes, just now."""
        at = headers.get("x-slack-request-timestamp", "")
        if not (at.isascii() and at.isdecimal() and len(at) < 12):
            return False
        if abs(self._clock() - int(at)) > FRESH_S:
            return False
        base = b"v0:" + at.encode() + b":" + body
        ours = "v0=" + hmac.new(self._secret, base, hashlib.sha256).hexdigest()
        theirs = headers.get("x-slack-signature", "")
        return hmac.compare_digest(ours.encode(), theirs.encode())


class Incoming:
    """Bolt would read a body before it knows who sent it, and in whatever shape it comes."""

    def __init__(self, bolt: AsyncApp, secret: str) -> None:
        self._bolt, self._signature = bolt, Signature(secret)

    async def handle(self, request: Request) -> Response:
        body = await request.body()
        if not self._signature.of(request.headers, body):
            return Response(status_code=401)
        content_type = request.headers.get("content-type", "").split(";")[0].strip()
        try:
            understood = of_request(body, content_type)
        except MalformedError as error:
            log.warning("slack.request_malformed", why=error.why)
            # Slack need not send it again: it would be no better.
            return Response("malformed", 400, {"X-Slack-No-Retry": "1"}, "text/plain")
        # To Bolt it is as what comes over a socket: who sent it is known, and it is read.
        heard = AsyncBoltRequest(mode="socket_mode", body=understood)
        return to_starlette_response(await self._bolt.async_dispatch(heard))

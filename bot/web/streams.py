"""A live topic over HTTP: a stream of server-sent events, or a question now and then.

Both stand at one address and say the same, `{"version": …, "html": …, "banners": …}`;
`static/live.js` asks.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from bot.web.live import Live, Snapshot, Topic

STREAM = "text/event-stream"
_BEAT = "event: beat\ndata: \N{BLACK HEART SUIT}\n\n"
"""An event rather than a comment: the page cannot see comments, and counts the silence."""


async def live_response(live: Live, request: Request, topic: Topic, language: str) -> Response:
    """What a route answers to `live.js`: 410 where there is no such topic any more."""
    state = await live.snapshot(topic)
    if state is None:
        raise HTTPException(410)
    if STREAM in request.headers.get("accept", ""):
        return _Events(_events(live, topic, language))
    etag = f'"{state.version}"'
    headers = {"ETag": etag, "Vary": "Accept, Accept-Language"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(_said(state, language), media_type="application/json", headers=headers)


class _Events(StreamingResponse):
    def __init__(self, events: AsyncGenerator[str, None]) -> None:
        self._events = events
        # X-Accel-Buffering: nginx would keep events until it has a page full of them.
        super().__init__(events, media_type=STREAM, headers={"X-Accel-Buffering": "no"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._events):  # and with it the place among the viewers
            await super().__call__(scope, receive, send)


async def _events(live: Live, topic: Topic, language: str) -> AsyncGenerator[str, None]:
    async with aclosing(live.follow(topic)) as states:
        async for state in states:
            yield _BEAT if state is None else f"data: {_said(state, language)}\n\n"


def _said(state: Snapshot, language: str) -> str:
    said: dict[str, Any] = {"version": state.version}
    if state.fragments:
        said["html"] = state.fragments[language]
    if state.banners:
        said["banners"] = state.banners[language]
    return json.dumps(said)

"""What surrounds every page: what browsers may do with it, how much they may send, defects."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.core.errors import new_reference
from bot.web.errors import defect, refused
from bot.web.incoming import ADDRESS, MAX_EVENT

log = structlog.get_logger(__name__)

MAX_BODY = 64 * 1024
LENGTH_DIGITS = 12
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Guard:
    """`framed_by` are the sites that may show these pages inside their own: none, but the
    playground's in a rehearsal."""

    def __init__(self, app: ASGIApp, framed_by: Sequence[str] = ()) -> None:
        self._app = app
        policy = POLICY + (" ".join(framed_by) or "'none'")
        self._headers = HEADERS | {"Content-Security-Policy": policy}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        started = False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            if status := _refusal(request):
                response = await refused(request, HTTPException(status))
                await response(scope, receive, with_headers)
            else:
                await self._app(scope, _limited(receive, _most(request)), with_headers)
        except ClientDisconnect:
            log.debug("page.left", page=_name(scope))  # nobody is there to be answered
        except Exception:
            code = new_reference()
            # The endpoint and not the address, which may be somebody's personal link.
            log.exception("page.failed", page=_name(scope), reference=code)
            if not started:
                await defect(request, code)(scope, receive, with_headers)


def _refusal(request: Request) -> int | None:
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > LENGTH_DIGITS or int(length) > _most(request):
        return 413
    if "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]:
        return 404  # nothing of ours, and no database could look for it
    # Browsers say where a request comes from; another site has nothing to send here.
    if request.method not in ("GET", "HEAD"):
        origin = request.headers.get("sec-fetch-site", "same-origin")
        return None if origin in ("same-origin", "none") else 403
    return None


def _most(request: Request) -> int:
    return MAX_EVENT if request.scope["path"] == ADDRESS else MAX_BODY


def _limited(receive: Receive, most: int) -> Receive:
    """For bodies that do not say how long they are."""
    received = 0

    async def limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise HTTPException(413)
        return message

    return limited


def _name(scope: Scope) -> str:
    return str(getattr(scope.get("endpoint"), "__qualname__", "?"))

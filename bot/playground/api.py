"""The Web API: who may call what and how often, and what a bad day does to the call.

https://docs.slack.dev/apis/web-api
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.playground.arguments import Arguments, read_arguments
from bot.playground.connection import Dropped
from bot.playground.delivery import Delivery
from bot.playground.faults import Fault, Faults
from bot.playground.methods import METHODS
from bot.playground.parts import Parts
from bot.playground.refusal import Refusal
from bot.playground.sockets import Sockets
from bot.playground.workspace import Json

CONNECT = "apps.connections.open"


class TooFast(Exception):  # noqa: N818 -- an answer, not an error
    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


class Api:
    def __init__(self, parts: Parts, faults: Faults, delivery: Delivery, sockets: Sockets) -> None:
        self._parts = parts
        self._faults = faults
        self._delivery = delivery
        self._sockets = sockets
        self._scopes = {"x-oauth-scopes": ",".join(sorted(parts.app.scopes))}

    async def endpoint(self, request: Request) -> Response:
        name = request.path_params["method"]
        try:
            args = await read_arguments(request)
            self._admit(name, args)
        except Refusal as refusal:
            return JSONResponse(_refused(refusal), headers=self._scopes)
        except TooFast as fast:
            return _ratelimited(fast.wait)
        if name == CONNECT:
            return await self._address(request.url.netloc, self._faults.draw(name))
        return await self._answer(name, args, self._faults.draw(name))

    def _admit(self, name: str, args: Arguments) -> None:
        """In Slack's order: is there such a method, whose token is it, may it, not too fast."""
        if name != CONNECT and name not in METHODS:
            raise Refusal("unknown_method", req_method=name)
        self._authenticate(name, args.text("token"))
        if name != CONNECT:
            needed = METHODS[name].scopes(self._parts, args)
            if not self._parts.app.scopes.issuperset(needed):
                provided = ",".join(sorted(self._parts.app.scopes))
                raise Refusal("missing_scope", needed=",".join(needed), provided=provided)
        if wait := self._parts.limits.admit(name, args.text("channel")):
            raise TooFast(wait)

    def _authenticate(self, name: str, token: str) -> None:
        app = self._parts.app
        wanted = app.app_token if name == CONNECT else app.bot_token
        if not token:
            raise Refusal("not_authed")
        if token != wanted:
            known = token in (app.app_token, app.bot_token)
            raise Refusal("not_allowed_token_type" if known else "invalid_auth")
        if self._parts.workspace.bot.deleted:
            raise Refusal("account_inactive")

    async def _address(self, host: str, fault: Fault | None) -> Response:
        """One more connection may be opened there, once."""
        if fault is Fault.RATELIMITED:
            self._sockets.witness.not_to_be_had(self._faults.retry_after)
            return _ratelimited(self._faults.retry_after)
        if fault is Fault.ERROR_BEFORE:
            self._sockets.witness.not_to_be_had()
            return _broken()
        ticket = self._sockets.ticket()
        url = f"ws://{host}/link?ticket={ticket}&app_id={self._parts.app.app_id}"
        return JSONResponse({"ok": True, "url": url})

    async def _answer(self, name: str, args: Arguments, fault: Fault | None) -> Response:
        if fault is Fault.RATELIMITED:
            return _ratelimited(self._faults.retry_after)
        if fault is Fault.ERROR_BEFORE:
            return _broken()
        if fault is Fault.LATE:
            self._delivery.spawn(self._apply_late(name, args))
            return Dropped()
        reply = self._apply(name, args)
        if reply["ok"] and (hold := self._faults.held(name)):
            await hold.stand()
        if fault is Fault.DROP_AFTER_RECEIPT:
            posted = reply["ok"] and name == "chat.postMessage"
            self._parts.receipts.drops_after_receipt += 1 if posted else 0
            return Dropped()
        if fault is Fault.ERROR_AFTER:
            return _broken()
        if fault is Fault.SLOW:
            await asyncio.sleep(self._faults.slow_by)
        if fault is Fault.DISCONNECT:
            self._sockets.break_one()
        return JSONResponse(reply, headers=self._scopes)

    def _apply(self, name: str, args: Arguments) -> Json:
        try:
            return {"ok": True, **METHODS[name].run(self._parts, args)}
        except Refusal as refusal:
            return _refused(refusal)

    async def _apply_late(self, name: str, args: Arguments) -> None:
        await asyncio.sleep(self._faults.late_by)
        posted = self._apply(name, args)["ok"] and name == "chat.postMessage"
        self._parts.receipts.late += 1 if posted else 0


def _refused(refusal: Refusal) -> Json:
    return {"ok": False, "error": refusal.code, **refusal.details}


def _ratelimited(wait: int) -> Response:
    body = {"ok": False, "error": "ratelimited"}
    return JSONResponse(body, 429, headers={"Retry-After": str(wait)})


def _broken() -> Response:
    return Response("upstream connect error", 503, media_type="text/plain")

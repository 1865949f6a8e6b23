"""What a method was called with, however it was encoded."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, TypeVar

from starlette.requests import Request

from bot.playground.refusal import Refusal, invalid_arguments
from bot.playground.workspace import Json

_Item = TypeVar("_Item")


async def read_arguments(request: Request) -> Arguments:
    """Query, form or JSON: slack_sdk uses all three."""
    given: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        body = await request.body()
        try:
            parsed = json.loads(body) if body else {}
        except ValueError:
            raise Refusal("invalid_json") from None
        if not isinstance(parsed, dict):
            raise Refusal("json_not_object")
        given |= parsed
    elif kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        async with request.form() as form:
            given |= dict(form)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        given["token"] = token
    return Arguments(given)


class Arguments:
    def __init__(self, given: Json) -> None:
        self._given = given

    def __contains__(self, name: str) -> bool:
        return self._given.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        value = self._given.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        if name not in self:
            raise invalid_arguments([f"missing required field: {name}"])
        return self.text(name)

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in ("true", "1")

    def names(self, name: str) -> list[str]:
        """A list, which a form writes with commas."""
        value = self._given.get(name)
        if isinstance(value, list):
            return [str(item) for item in value]
        return [item.strip() for item in self.text(name).split(",") if item.strip()]

    def parsed(self, name: str, refusal: str) -> Any:
        """A JSON value, or its text in a form; `refusal` when the text is not JSON."""
        value = self._given.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise Refusal(refusal) from None

    def limit(self, default: int, most: int = 1000) -> int:
        text = self.text("limit", str(default))
        if not text.isdecimal() or not 0 <= int(text) <= most:
            raise Refusal("invalid_limit")
        return int(text) or default

    def cursor(self, kind: str) -> str:
        """What a cursor of this kind names; empty at the beginning."""
        cursor = self.text("cursor")
        if not cursor:
            return ""
        try:
            found, _, name = base64.b64decode(cursor, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise Refusal("invalid_cursor") from None
        if found != kind or not name:
            raise Refusal("invalid_cursor")
        return name

    def page(self, items: list[_Item], size: int) -> tuple[list[_Item], str]:
        """The page that `cursor` names and the cursor of the next, empty after the last."""
        offset = self.cursor("offset") or "0"
        if not offset.isdecimal():
            raise Refusal("invalid_cursor")
        start, following = int(offset), int(offset) + size
        more = following < len(items)
        return items[start:following], cursor_to("offset", str(following)) if more else ""


def cursor_to(kind: str, name: str) -> str:
    """Opaque to its reader, as Slack's are."""
    return base64.b64encode(f"{kind}:{name}".encode()).decode()

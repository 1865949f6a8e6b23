"""What an app says back to one interaction: through its response URL, or in a command's ack."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.playground.methods.chat import checked_content
from bot.playground.parts import Parts
from bot.playground.refusal import Refusal
from bot.playground.triggers import ResponseUrl
from bot.playground.workspace import Json, Message


class ResponseUrls:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def endpoint(self, request: Request) -> Response:
        try:
            url = self._parts.triggers.use_response_url(request.path_params["key"])
        except Refusal as refusal:
            return JSONResponse({"ok": False, "error": refusal.code}, 404)
        try:
            respond(self._parts, url, await request.json())
        except Refusal as refusal:
            return JSONResponse({"ok": False, "error": refusal.code, **refusal.details}, 400)
        except ValueError:
            return JSONResponse({"ok": False, "error": "invalid_json"}, 400)
        return PlainTextResponse("ok")


def respond(parts: Parts, url: ResponseUrl, body: Json) -> None:
    """Take the original away, change it, or say something: to the person unless told otherwise."""
    if body.get("delete_original"):
        _delete(parts, _original(url))
    elif body.get("replace_original"):
        _replace(parts, _original(url), body)
    else:
        _say(parts, url, body)


def _original(url: ResponseUrl) -> Message:
    if url.original is None:
        raise Refusal("message_not_found")
    return url.original


def _delete(parts: Parts, message: Message) -> None:
    if parts.workspace.message(message.channel, message.ts) is None:
        raise Refusal("message_not_found")
    parts.workspace.remove_message(message)
    if message.only_for is None:
        parts.events.deleted(message)


def _replace(parts: Parts, message: Message, body: Json) -> None:
    """Unlike chat.update, the answer is the whole message: blocks not given are gone."""
    before = parts.shapes.message(message)
    text = str(body.get("text") or "")
    message.blocks = checked_content(text, body.get("blocks"))
    message.text, message.edited_ts = text, parts.workspace.next_ts()
    parts.workspace.changes.advance()
    if message.only_for is None:
        parts.events.edited(message, before)


def _say(parts: Parts, url: ResponseUrl, body: Json) -> None:
    text = str(body.get("text") or "")
    public = body.get("response_type") == "in_channel"
    message = parts.workspace.add_message(
        Message(
            ts=parts.workspace.next_ts(),
            channel=url.channel,
            user=parts.workspace.bot.id,
            text=text,
            moment=parts.clock.now(),
            blocks=checked_content(text, body.get("blocks")),
            thread_ts=body.get("thread_ts"),
            only_for=None if public else url.user,
        )
    )
    if public:
        parts.events.posted(message)

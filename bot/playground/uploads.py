"""The address that takes the bytes of a file: raw, or as the one part of a form."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.playground.parts import Parts


class Uploads:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def endpoint(self, request: Request) -> Response:
        file = self._parts.uploads.get(request.path_params["key"])
        if file is None:
            return PlainTextResponse("not found", 404)
        content = await _sent(request)
        if len(content) != file.size:
            return PlainTextResponse("the length is not the one that was announced", 400)
        file.content = content
        return PlainTextResponse(f"OK - {len(content)}")


async def _sent(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    async with request.form() as form:
        for part in form.values():
            if isinstance(part, UploadFile):
                return await part.read()
    return b""

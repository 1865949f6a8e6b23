"""A request to an application in this process, without a network between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message


@dataclass
class Reply:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


async def call(
    app: ASGIApp,
    method: str,
    path: str,
    headers: Mapping[str, str],
    chunks: Iterable[bytes] = (),
    raw_path: bytes | None = None,
) -> Reply:
    """`path` as the server decoded it; `chunks` come one after the other, and end."""
    waiting = iter((*chunks, b""))
    reply = Reply()
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": raw_path or path.encode("utf-8", "surrogatepass"),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in headers.items()],
        "client": ("192.0.2.1", 1),
        "server": ("127.0.0.1", 80),
    }

    async def receive() -> Message:
        chunk = next(waiting, None)
        if chunk is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": chunk, "more_body": bool(chunk)}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            reply.status = message["status"]
            for name, value in message["headers"]:
                reply.headers[name.decode().lower()] = value.decode("latin-1")
        else:
            reply.body += message.get("body", b"")

    await app(scope, receive, send)
    return reply

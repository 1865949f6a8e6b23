"""Where response URLs lead."""

from __future__ import annotations

import asyncio

from bot.bench.crowd import all_closed, content_length


class Letterbox:
    """Where response URLs lead: takes every reply, says ok, and counts."""

    def __init__(self) -> None:
        self.replied = 0
        self._server: asyncio.Server | None = None
        self._transports: set[asyncio.Transport] = set()

    async def open(self) -> str:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Slot(self), "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        return f"http://{host}:{port}/response"

    def add(self, transport: asyncio.Transport) -> None:
        self._transports.add(transport)

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        await all_closed(self._transports)


class _Slot(asyncio.Protocol):
    transport: asyncio.Transport

    def __init__(self, box: Letterbox) -> None:
        self._box = box
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._box.add(transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while True:
            head, gap, rest = self._received.partition(b"\r\n\r\n")
            length = content_length(head)
            if not gap or len(rest) < length:
                return
            self._received = rest[length:]
            self._box.replied += 1
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

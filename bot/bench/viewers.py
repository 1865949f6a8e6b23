"""Many who watch one stream, in a process of their own: `python -m bot.bench.viewers`.

It takes host, port, path and number; says `ready` once each has seen something; reads from
standard input the version that is the last; and prints when each viewer saw each version, in
seconds of the monotonic clock, which the processes of a machine share.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from contextlib import suppress

from bot.bench.limits import allow_connections

AT_ONCE = 100
PATIENCE_S = 30
_VERSION = re.compile(rb'"version": "([^"]*)"')


class Viewer(asyncio.Protocol):
    """One connection that reads and never asks again."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._unread = b""
        self.seen: list[tuple[str, float]] = []
        self.news = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        *events, self._unread = (self._unread + data).split(b"\n\n")
        for event in events:
            if found := _VERSION.search(event):
                self.seen.append((found[1].decode(), time.monotonic()))
                self.news.set()

    async def until(self, version: str | None) -> None:
        """Something was seen, or this."""
        while not self.seen or version not in (None, self.seen[-1][0]):
            self.news.clear()
            await self.news.wait()


async def watch(host: str, port: int, path: str, viewers: int) -> list[list[tuple[str, float]]]:
    loop = asyncio.get_running_loop()
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: text/event-stream\r\n\r\n"
    ).encode()
    watching: list[Viewer] = []
    while len(watching) < viewers:
        batch = [
            loop.create_connection(lambda: Viewer(request), host, port)
            for _ in range(min(AT_ONCE, viewers - len(watching)))
        ]
        watching += [viewer for _, viewer in await asyncio.gather(*batch)]
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*(viewer.until(None) for viewer in watching))
    print("ready", flush=True)
    last = (await asyncio.to_thread(sys.stdin.readline)).strip()
    everybody = asyncio.gather(*(viewer.until(last) for viewer in watching))
    with suppress(TimeoutError):  # what is missing is counted
        await asyncio.wait_for(everybody, PATIENCE_S)
    return [viewer.seen for viewer in watching]


if __name__ == "__main__":
    host, port, path, viewers = sys.argv[1:]
    allow_connections(int(viewers))
    print(json.dumps(asyncio.run(watch(host, int(port), path, int(viewers)))), flush=True)

"""Signed requests over HTTP, as fast as the server takes them or at a given rate.

Everything is made and signed before the clock runs; connections are kept alive, as a platform
keeps them, and the client does no more than write bytes and look for the end of an answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.bench.wire import Click

CONNECTIONS = 100
TICK_S = 0.001


@dataclass
class Outcome:
    """What a run came to; latencies from the moment a click was due, in seconds."""

    seconds: float = 0.0
    answered: int = 0
    refused: int = 0
    carried: set[tuple[str, str]] = field(default_factory=set)
    """What was answered well at least once."""
    due: list[tuple[float, str]] = field(default_factory=list)
    """When each of those was to be done, by `time.perf_counter`, and the second word of it."""
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.answered / self.seconds

    def p99_ms(self) -> float:
        ordered = sorted(self.latencies)
        return ordered[int(len(ordered) * 0.99)] * 1_000 if ordered else 0.0


class _Connection(asyncio.Protocol):
    """Sends a request when told to, and tells `crowd` the status of each answer."""

    transport: asyncio.Transport

    def __init__(self, crowd: _Crowd) -> None:
        self._crowd = crowd
        self._received = b""
        self.number = 0
        self.due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def send(self, number: int, due: float, request: bytes) -> None:
        self.number, self.due = number, due
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, gap, body = self._received.partition(b"\r\n\r\n")
        if not gap or len(body) < content_length(head):
            return
        self._received = b""
        self._crowd.answered(self, head[9:12] == b"200")

    def connection_lost(self, error: Exception | None) -> None:
        self._crowd.lost(self)


def content_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


class _Crowd:
    """The connections of one run."""

    def __init__(self, clicks: Sequence[Click], requests: Sequence[bytes]) -> None:
        self._clicks, self._requests = clicks, requests
        self.outcome = Outcome()
        self.waiting: deque[tuple[int, float]] = deque()  # due, and no connection free
        self.idle: list[_Connection] = []
        self.busy = 0
        self.endless = False
        self._next = 0
        self._quiet = asyncio.Event()

    async def gather(self, host: str, port: int, count: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(count):
            _, connection = await loop.create_connection(lambda: _Connection(self), host, port)
            self.idle.append(connection)

    def click(self, due: float) -> bool:
        """The next goes out now, or as soon as a connection is free; False if none is left."""
        if self._next >= len(self._clicks):
            return False
        self.waiting.append((self._next, due))
        self._next += 1
        self._send()
        return True

    def _send(self) -> None:
        while self.waiting and self.idle:
            number, due = self.waiting.popleft()
            self.busy += 1
            self.idle.pop().send(number, due, self._requests[number])

    def answered(self, connection: _Connection, well: bool) -> None:
        now = time.perf_counter()
        self.busy -= 1
        self.idle.append(connection)
        if well:
            self.outcome.answered += 1
            what = self._clicks[connection.number].what
            if what not in self.outcome.carried:
                self.outcome.carried.add(what)
                self.outcome.due.append((connection.due, what[1]))
            self.outcome.latencies.append(now - connection.due)
        else:
            self.outcome.refused += 1
        if self.endless:
            self.click(now)
        else:
            self._send()
        if not self.busy:
            self._quiet.set()

    def lost(self, connection: _Connection) -> None:
        if connection in self.idle:
            self.idle.remove(connection)
        else:
            self.busy -= 1
            self.outcome.refused += 1
        if not self.busy:
            self._quiet.set()

    async def quiet(self, within: float | None = None) -> None:
        """Until nobody waits for an answer, or for so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self.busy:
                    self._quiet.clear()
                    await self._quiet.wait()

    async def close(self) -> None:
        await all_closed(connection.transport for connection in self.idle)


async def press_all_the_time(
    clicks: Sequence[Click], requests: Sequence[bytes], address: tuple[str, int], seconds: float
) -> Outcome:
    """Each of the connections presses again as soon as it is answered."""
    crowd = _Crowd(clicks, requests)
    await crowd.gather(*address, CONNECTIONS)
    began = time.perf_counter()
    crowd.endless = True
    for _ in range(CONNECTIONS):
        crowd.click(began)
    await crowd.quiet(within=seconds)
    crowd.endless = False
    await crowd.quiet()
    crowd.outcome.seconds = time.perf_counter() - began
    await crowd.close()
    return crowd.outcome


async def press_at(
    rate: float, clicks: Sequence[Click], requests: Sequence[bytes], address: tuple[str, int],
    seconds: float,
) -> Outcome:  # fmt: skip
    """`rate` presses a second, whether or not those before were answered."""
    crowd = _Crowd(clicks, requests)
    await crowd.gather(*address, CONNECTIONS)
    began = time.perf_counter()
    pressed = 0
    while (passed := time.perf_counter() - began) < seconds:
        while pressed <= passed * rate and crowd.click(began + pressed / rate):
            pressed += 1
        await asyncio.sleep(TICK_S)
    await crowd.quiet()
    crowd.outcome.seconds = time.perf_counter() - began
    await crowd.close()
    return crowd.outcome


async def all_closed(transports: Iterable[asyncio.Transport]) -> None:
    for transport in list(transports):
        transport.close()
    await asyncio.sleep(0)  # they are closed in the loop's next round

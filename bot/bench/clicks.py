"""Signed presses of *Soutenir* over HTTP, as fast as the server takes them or at a given rate.

Everything is made and signed before the clock runs; connections are kept alive, as a platform
keeps them, and the client does no more than write bytes and look for the end of an answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlencode

from bot.core.cards import Action
from bot.playground.installed import InstalledApp

CONNECTIONS = 100
REDELIVERED = 0.01
TICK_S = 0.001


@dataclass(frozen=True)
class Click:
    """One press; `vote` is who presses on what, the same for a press that comes twice."""

    vote: tuple[str, str]
    body: bytes


@dataclass
class Outcome:
    """What a run came to; latencies from the moment a click was due, in seconds."""

    seconds: float = 0.0
    answered: int = 0
    refused: int = 0
    votes: set[tuple[str, str]] = field(default_factory=set)
    due: list[tuple[float, str]] = field(default_factory=list)
    """When each was to be pressed, by `time.perf_counter`, and its question."""
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.answered / self.seconds

    def p99_ms(self) -> float:
        ordered = sorted(self.latencies)
        return ordered[int(len(ordered) * 0.99)] * 1_000 if ordered else 0.0


class Presses:
    """An endless supply of distinct votes, in one shuffled order, each press with its own key."""

    def __init__(
        self, app: InstalledApp, team_id: str, event_id: str, response_url: str,
        users: Sequence[str], questions: Sequence[str],
    ) -> None:  # fmt: skip
        self._app, self._team, self._event = app, team_id, event_id
        self._response_url, self._chance = response_url, Random(1)  # noqa: S311
        self._votes = [(user, question) for user in users for question in questions]
        self._chance.shuffle(self._votes)
        self._made = 0

    def take(self, count: int) -> list[Click]:
        """`count` votes nobody cast before, and one of a hundred presses comes again."""
        votes = self._votes[self._made : self._made + count]
        clicks: list[Click] = []
        for number, vote in enumerate(votes, self._made):
            clicks.append(Click(vote, self._press(vote, number)))
            if self._chance.random() < REDELIVERED:
                clicks.insert(max(0, len(clicks) - self._chance.randrange(1, 50)), clicks[-1])
        self._made += len(votes)
        return clicks

    def _press(self, vote: tuple[str, str], number: int) -> bytes:
        user, question = vote
        value = Action("", "questions.support", (question,)).encode(self._event)
        button = {
            "type": "button", "action_id": value, "value": value,
            "text": {"type": "plain_text", "text": "Soutenir", "emoji": True},
        }  # fmt: skip
        channel, ts = "C0BENCH0001", "1733997600.000100"
        block = {
            "type": "section", "block_id": "b1", "accessory": button,
            "text": {"type": "mrkdwn", "text": f"*Question {question}*", "verbatim": True},
        }  # fmt: skip
        team = {"id": self._team, "domain": "bench"}
        return urlencode({"payload": json.dumps({
            "type": "block_actions",
            "user": {"id": user, "username": user, "name": user, "team_id": self._team},
            "api_app_id": self._app.app_id, "token": self._app.verification_token,
            "container": {
                "type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": False,
            },
            "trigger_id": f"{number}.{self._team}.{number:032x}",
            "team": team, "enterprise": None, "is_enterprise_install": False,
            "channel": {"id": channel, "name": "programme"},
            "message": {
                "type": "message", "subtype": "bot_message", "user": "U0BOT", "ts": ts,
                "bot_id": self._app.bot_id, "text": "Questions", "blocks": [block],
                "team": self._team,
            },
            "state": {"values": {}},
            "response_url": f"{self._response_url}/{number}",
            "actions": [{
                "type": "button", "action_id": value, "block_id": "b1", "value": value,
                "text": button["text"], "action_ts": "1733997600.000200",
            }],
        })}).encode()  # fmt: skip

    def signed(self, clicks: Iterable[Click], host: str) -> list[bytes]:
        """The clicks as requests; a signature is good for five minutes."""
        secret, timestamp = self._app.signing_secret.encode(), str(int(time.time()))
        requests = []
        for click in clicks:
            base = b"v0:" + timestamp.encode() + b":" + click.body
            digest = hmac.new(secret, base, hashlib.sha256).hexdigest()
            head = (
                f"POST /slack/events HTTP/1.1\r\nHost: {host}\r\n"
                "User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\nAccept: */*\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(click.body)}\r\n"
                f"X-Slack-Request-Timestamp: {timestamp}\r\nX-Slack-Signature: v0={digest}\r\n\r\n"
            )
            requests.append(head.encode() + click.body)
        return requests


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
        if not gap or len(body) < _length(head):
            return
        self._received = b""
        self._crowd.answered(self, head[9:12] == b"200")

    def connection_lost(self, error: Exception | None) -> None:
        self._crowd.lost(self)


def _length(head: bytes) -> int:
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
            vote = self._clicks[connection.number].vote
            if vote not in self.outcome.votes:
                self.outcome.votes.add(vote)
                self.outcome.due.append((connection.due, vote[1]))
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
        await _closed(connection.transport for connection in self.idle)


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
        await _closed(self._transports)


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
            length = _length(head)
            if not gap or len(rest) < length:
                return
            self._received = rest[length:]
            self._box.replied += 1
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


async def _closed(transports: Iterable[asyncio.Transport]) -> None:
    for transport in list(transports):
        transport.close()
    await asyncio.sleep(0)  # they are closed in the loop's next round

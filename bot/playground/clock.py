"""Event time for every process of a playground: one clock, asked and followed over HTTP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.core.clock import SimulatedClock
from bot.playground.revision import Revision
from bot.playground.workspace import Json

LONG_POLL = 25.0  # seconds; shorter than the half minute after which proxies hang up


class PlaygroundClock(SimulatedClock):
    """A simulated clock that tells its followers when it was moved.

    `due` is what the bot says comes next. It is no change of time, so it does not advance
    `revision`: a bot that reports it after each answer would wake itself for ever.
    """

    def __init__(self, start: datetime, speed: float, monotonic: Callable[[], float]) -> None:
        super().__init__(start, speed, monotonic)
        self.revision = Revision()
        self.knowing: Counter[int] = Counter()
        """How many followers know a revision, and wait for the next."""
        self.due: datetime | None = None

    def set(self, moment: datetime | None = None, speed: float | None = None) -> None:
        super().set(moment, speed)
        self.revision.advance()

    def jump(self) -> bool:
        """Go to the next due moment; False when there is none ahead."""
        if self.due is None or self.due <= self.now():
            return False
        self.set(self.due)
        return True

    def state(self) -> Json:
        return {
            "revision": self.revision.number,
            "moment": self.now().isoformat(),
            "speed": self.speed,
            "due": self.due.isoformat() if self.due else None,
        }


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment says its zone")
    return moment.astimezone(UTC)


class ClockPages:
    """`due_changed` lets the browser page show what is next as soon as the bot says so."""

    def __init__(self, clock: PlaygroundClock, due_changed: Callable[[], None]) -> None:
        self._clock = clock
        self._due_changed = due_changed

    def routes(self) -> list[Route]:
        return [
            Route("/clock", self.read, methods=["GET"]),
            Route("/clock", self.write, methods=["POST"]),
            Route("/clock/due", self.due, methods=["POST"]),
            Route("/clock/next", self.next, methods=["POST"]),
        ]

    async def read(self, request: Request) -> Response:
        seen = request.query_params.get("after", "")
        if seen.isdecimal():
            self._clock.knowing[int(seen)] += 1
            try:
                await self._clock.revision.beyond(int(seen), LONG_POLL)
            finally:
                self._clock.knowing[int(seen)] -= 1
        return self._answer()

    async def write(self, request: Request) -> Response:
        try:
            wanted = await request.json()
            moment = _moment(wanted["moment"]) if "moment" in wanted else None
            speed = float(wanted["speed"]) if "speed" in wanted else None
        except (ValueError, TypeError) as problem:
            return JSONResponse({"error": str(problem)}, 400)
        if moment and moment < self._clock.now():
            return JSONResponse({"error": "event time does not run backwards"}, 409)
        if speed is not None and speed < 0:
            return JSONResponse({"error": "event time does not run backwards"}, 409)
        self._clock.set(moment, speed)
        return self._answer()

    async def due(self, request: Request) -> Response:
        try:
            text = (await request.json())["moment"]
            self._clock.due = _moment(text) if text else None
        except (ValueError, TypeError, KeyError) as problem:
            return JSONResponse({"error": str(problem)}, 400)
        self._due_changed()
        return self._answer()

    async def next(self, request: Request) -> Response:
        self._clock.jump()
        return self._answer()

    def _answer(self) -> Response:
        return JSONResponse(self._clock.state())

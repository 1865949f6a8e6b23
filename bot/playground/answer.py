"""What came back from the app for something it was sent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.playground.workspace import Json


class Envelope(StrEnum):
    """Socket Mode's own names."""

    EVENT = "events_api"
    INTERACTION = "interactive"
    COMMAND = "slash_commands"


@dataclass(frozen=True)
class Answer:
    """`acked` within the deadline or not; `reason` is what a retry says of the failure."""

    acked: bool
    body: Json | None = None
    reason: str = ""
    retry: bool = True


@dataclass(frozen=True)
class Attempt:
    number: int = 0
    reason: str = ""


class Line(Protocol):
    """The way to the app: Socket Mode or its request URL."""

    async def deliver(self, kind: Envelope, payload: Json, attempt: Attempt) -> Answer: ...

    async def close(self) -> None: ...

"""What the workspace was given to post and to edit, in the order it came: a drill's independent
witness."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.playground.workspace import Json


@dataclass(frozen=True)
class Receipt:
    """One post or edit that was applied, whatever its caller was told."""

    received: float  # machine time, monotonic
    moment: datetime  # event time
    channel: str
    ts: str
    text: str
    blocks: list[Json]
    thread_ts: str | None
    metadata: Json | None


@dataclass
class Receipts:
    """Nothing is ever taken out: a message deleted later was still received."""

    posts: list[Receipt] = field(default_factory=list)
    edits: list[Receipt] = field(default_factory=list)
    drops_after_receipt: int = 0  # posts applied whose answer never left
    late: int = 0  # posts applied after their connection was gone

"""What Prometheus asks for: the counts of this process, and the state of what all share."""

from __future__ import annotations

import asyncio
import math

from prometheus_client import Gauge, generate_latest

from bot.core.clock import EventClock
from bot.db.runtime import Runtime
from bot.delivery.backlog import backlog

READABLE = Gauge("maillon_database_readable", "1 if the database could be read just now, else 0")
OLDEST = Gauge(
    "maillon_oldest_due_delivery_seconds",
    "How late the oldest delivery is that is due and not done, event seconds",
    ["class"],
)
UNKNOWN = Gauge("maillon_unknown_deliveries", "Posts whose outcome nobody knows yet")
WITHIN_S = 5.0
"""Prometheus gives up after ten."""


async def exposition(runtime: Runtime, clock: EventClock) -> bytes:
    """Asked of the database as it is scraped: a bot that hangs could not keep a figure true."""
    try:
        async with asyncio.timeout(WITHIN_S):
            found = await runtime.read(lambda session: backlog(session, clock.now()))
    except Exception:  # whatever is wrong with the database, the answer is the same
        READABLE.set(0)
        UNKNOWN.set(math.nan)
        OLDEST.clear()
    else:
        READABLE.set(1)
        UNKNOWN.set(found.unknown)
        for kind, late in found.oldest.items():
            OLDEST.labels(kind).set(late)
    return generate_latest()

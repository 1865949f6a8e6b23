"""The beginning of a connection, where Slack cannot be reached yet: again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from bot.delivery.gateway import DeliveryError, ThrottledError
from bot.platforms.slack.errors import out_of_reach

T = TypeVar("T")
log = structlog.get_logger(__name__)

FIRST_S, LONGEST_S = 1.0, 30.0
"""Between two attempts, twice as long each time."""


async def reached(
    attempt: Callable[[], Awaitable[T]],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> T:
    """What `attempt` answers once Slack is there; what Slack refuses is raised at once."""
    wait = FIRST_S
    while True:
        try:
            return await attempt()
        except DeliveryError as error:
            if not out_of_reach(error):
                raise
            asked = error.retry_after if isinstance(error, ThrottledError) else 0.0
            log.warning("slack.out_of_reach", reason=str(error), again_in_s=max(wait, asked))
            await sleep(max(wait, asked))
            wait = min(2 * wait, LONGEST_S)

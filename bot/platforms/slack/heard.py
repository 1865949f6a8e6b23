"""Bolt's app, and what is known of everything that comes in: its id, and how soon it was taken."""

from __future__ import annotations

import re
import time
from typing import Any

import structlog
from prometheus_client import Histogram
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

log = structlog.get_logger(__name__)

ACKS = Histogram(
    "maillon_ack_seconds",
    "From the arrival of an event or a gesture to its ack",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0),
)
_ID = re.compile(r"[\w.-]{1,100}")


class HeardApp(AsyncApp):
    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """While it is dealt with, every line of the log carries the id of what came in."""
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(**_cause(req.body)):
            response: BoltResponse = await super().async_dispatch(req)
            taken = time.perf_counter() - began
            if response.status == 200:
                ACKS.observe(taken)
            log.debug("slack.answered", status=response.status, seconds=round(taken, 4))
        return response


def _cause(body: dict[str, Any]) -> dict[str, str]:
    """Before a signature was checked: a stranger's words are no id."""
    key = body.get("event_id") or body.get("trigger_id")
    return {"cause": key} if isinstance(key, str) and _ID.fullmatch(key) else {}

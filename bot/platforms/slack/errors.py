"""What a failed call of Slack's Web API says about its outcome."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import aiohttp
from prometheus_client import Counter
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.delivery.gateway import (
    DeliveryError,
    NotSentError,
    OutcomeUnknownError,
    RefusedError,
    ThrottledError,
)

THROTTLED = Counter("maillon_throttled_total", "Answers of Slack's that were a 429", ["method"])

# Slack says of these that the request may have been carried out all the same.
_MAYBE = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
# A mended token or scope makes the same call succeed: nothing is lost by waiting.
_UNTIL_MENDED = {
    "not_authed",
    "invalid_auth",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "missing_scope",
    "no_permission",
    "org_login_required",
    "team_access_not_granted",
}
_DEFAULT_RETRY_AFTER_S = 30.0


def understood(error: Exception) -> DeliveryError:
    if isinstance(error, SlackApiError):
        return _answered(error)
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return NotSentError(f"no connection to Slack: {type(error).__name__}")
    # Whatever else broke (time-out, reset, garbled answer): the request may have arrived.
    return OutcomeUnknownError(type(error).__name__)


def _answered(error: SlackApiError) -> DeliveryError:
    response: Any = error.response
    # A body that is no JSON leaves slack_sdk with aiohttp's own response.
    status: int = getattr(response, "status_code", 0) or getattr(response, "status", 200)
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        THROTTLED.labels(_method(response)).inc()
        return ThrottledError(_retry_after(response))
    if status >= 500 or code in _MAYBE or not code:
        return OutcomeUnknownError(code or f"HTTP {status}")
    if code in _UNTIL_MENDED:
        return NotSentError(code)
    return RefusedError(code)


def _method(response: Any) -> str:
    """The method that was called: the end of its address."""
    address = getattr(response, "api_url", None) or getattr(response, "url", "")
    return str(address).rpartition("/")[2]


def _retry_after(response: Any) -> float:
    try:
        return float(response.headers["Retry-After"])
    except (KeyError, ValueError, TypeError):
        return _DEFAULT_RETRY_AFTER_S


def out_of_reach(error: DeliveryError) -> bool:
    """Whether it goes by itself; what Slack refuses is for a person to mend."""
    return not isinstance(error, RefusedError) and str(error) not in _UNTIL_MENDED


async def attempt(call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """The answer of one call, or what its failure means for delivery."""
    try:
        return await call
    except DeliveryError:
        raise
    except Exception as error:
        raise understood(error) from error

"""What each answer of Slack, and none at all, says about the outcome of a call."""

from __future__ import annotations

import aiohttp
import pytest
from prometheus_client import REGISTRY
from slack_sdk.errors import SlackApiError

from bot.delivery.gateway import (
    DeliveryError,
    NotSentError,
    OutcomeUnknownError,
    RefusedError,
    ThrottledError,
)
from bot.platforms.slack.errors import understood


class Response:
    def __init__(self, status: int, data: object, **headers: str) -> None:
        self.api_url = "https://slack.com/api/chat.postMessage"
        self.status_code, self.data, self.headers = status, data, headers


def answered(status: int, data: object, **headers: str) -> DeliveryError:
    response = Response(status, data, **headers)
    return understood(SlackApiError("", response))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("status", "code", "means"),
    [
        (200, "is_archived", RefusedError),
        (200, "channel_not_found", RefusedError),
        (200, "msg_too_long", RefusedError),
        (200, "invalid_auth", NotSentError),
        (200, "token_revoked", NotSentError),
        (200, "missing_scope", NotSentError),
        (200, "internal_error", OutcomeUnknownError),
        (200, "fatal_error", OutcomeUnknownError),
        (200, "ratelimited", ThrottledError),
        (429, "ratelimited", ThrottledError),
        (503, "service_unavailable", OutcomeUnknownError),
        (500, "is_archived", OutcomeUnknownError),
    ],
)
def test_each_code(status: int, code: str, means: type[DeliveryError]) -> None:
    assert type(answered(status, {"ok": False, "error": code})) is means


def test_how_long_to_be_silent() -> None:
    for headers, wait in (({"Retry-After": "7"}, 7.0), ({}, 30.0), ({"Retry-After": "soon"}, 30.0)):
        error = answered(429, {"error": "ratelimited"}, **headers)
        assert isinstance(error, ThrottledError)
        assert error.retry_after == wait


def test_each_429_is_counted_by_its_method() -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("maillon_throttled_total", {"method": "chat.update"}) or 0

    before = counted()
    response = Response(429, {"error": "ratelimited"})
    response.api_url = "https://slack.com/api/chat.update"
    understood(SlackApiError("", response))  # type: ignore[no-untyped-call]
    assert counted() == before + 1


def test_an_answer_that_is_no_answer_may_hide_a_post() -> None:
    nothing: tuple[object, ...] = (b"<html>", "<html>", {}, None)
    for data in nothing:
        assert type(answered(502, data)) is OutcomeUnknownError
        assert type(answered(200, data)) is OutcomeUnknownError
    assert type(understood(TimeoutError())) is OutcomeUnknownError
    assert type(understood(aiohttp.ServerDisconnectedError())) is OutcomeUnknownError


def test_a_connection_that_was_never_made_carried_nothing() -> None:
    assert type(understood(aiohttp.ConnectionTimeoutError())) is NotSentError

"""Slack cannot be reached yet: what is tried again, how soon, and what is not."""

from __future__ import annotations

import asyncio

import pytest

from bot.delivery.gateway import (
    DeliveryError,
    NotSentError,
    OutcomeUnknownError,
    RefusedError,
    ThrottledError,
)
from bot.platforms.slack.reaching import LONGEST_S, reached

AWAY = "no connection to Slack: ClientConnectorError"


def attempts(*errors: DeliveryError) -> tuple[str | None, list[float]]:
    """What `reached` answers after these errors, and how long it waited after each."""
    left, waits = list(errors), list[float]()

    async def attempt() -> str:
        if left:
            raise left.pop(0)
        return "here"

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    return asyncio.run(reached(attempt, sleep)), waits


def test_it_is_tried_again_more_and_more_rarely() -> None:
    answer, waits = attempts(*[NotSentError(AWAY)] * 4, *[OutcomeUnknownError("TimeoutError")] * 3)
    assert (answer, waits) == ("here", [1, 2, 4, 8, 16, LONGEST_S, LONGEST_S])


def test_slack_says_when() -> None:
    assert attempts(ThrottledError(45)) == ("here", [45])


@pytest.mark.parametrize(
    "error", [NotSentError("invalid_auth"), NotSentError("token_revoked"), RefusedError("no_team")]
)
def test_what_a_person_must_mend_is_told_at_once(error: DeliveryError) -> None:
    with pytest.raises(DeliveryError, match=str(error)):
        attempts(error)

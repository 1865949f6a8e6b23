"""What a platform has to offer for delivery, and what may go wrong with each send.

A gateway makes one attempt and says what is known of its outcome; it never retries. Whether
another attempt is safe is decided here, in one place, for all platforms.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.core.cards import Card
from bot.core.i18n import Reader


@dataclass(frozen=True)
class Address:
    """A channel by its name, a person by the platform's user id, or people who are told
    together in a conversation of their own."""

    channel: str | None = None
    user_id: str | None = None
    user_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Posted:
    """Where a message stands on the platform."""

    channel: str
    ts: str


class DeliveryError(Exception):
    """An attempt failed; the class says what that means. The text is the platform's code."""


class RefusedError(DeliveryError):
    """The platform said no and will say no again (archived channel, unknown user)."""


class ThrottledError(DeliveryError):
    """Nothing was sent; the platform wants `retry_after` machine seconds of silence.

    `opening`: conversations were opened too fast; what needs none may go on.
    """

    def __init__(self, retry_after: float, *, opening: bool = False) -> None:
        super().__init__("ratelimited")
        self.retry_after, self.opening = retry_after, opening


class NotSentError(DeliveryError):
    """It certainly did not reach the platform (connection refused); trying again is safe.

    `wait`: machine seconds until that makes sense, where the platform said so.
    """

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class OutcomeUnknownError(DeliveryError):
    """It may or may not have been accepted (time-out, reset, 5xx); it has to be looked up."""


class Gateway(Protocol):
    async def post(
        self, to: Address, card: Card, reader: Reader, event_id: str, delivery_id: str
    ) -> Posted:
        """Post `card`, marked with `delivery_id` so that `find` sees it."""
        ...

    async def edit(self, posted: Posted, card: Card, reader: Reader, event_id: str) -> None: ...

    async def delete(self, posted: Posted) -> None:
        """What is gone already is deleted too."""
        ...

    async def find(
        self, to: Address, delivery_ids: Collection[str], since: float
    ) -> Mapping[str, Posted]:
        """Those of `delivery_ids` that stand in the conversation, posted after `since`
        (machine time); one look, however many are asked for.

        A look that did not reach back to `since` raises, and may be continued by the next.
        """
        ...

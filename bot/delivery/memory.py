"""A gateway in memory: for tests and for rehearsing features without a platform.

It ships, and runs the same contract test as the platforms' gateways, so that it stays honest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.core.cards import Card
from bot.core.i18n import Reader
from bot.delivery.gateway import Address, OutcomeUnknownError, Posted, RefusedError


@dataclass
class Message:
    place: str
    card: Card
    delivery_id: str
    edits: int = 0


@dataclass
class MemoryGateway:
    """`failures` holds, in order, what the next calls raise; None lets one through.

    An `OutcomeUnknownError` in it is raised *after* the message was accepted.
    """

    messages: list[Message] = field(default_factory=list)
    failures: list[Exception | None] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)

    async def post(
        self, to: Address, card: Card, reader: Reader, event_id: str, delivery_id: str
    ) -> Posted:
        place = to.channel or to.user_id or ""
        if place in self.closed:
            raise RefusedError("is_archived")
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None and not isinstance(failure, OutcomeUnknownError):
            raise failure
        self.messages.append(Message(place, card, delivery_id))
        if failure is not None:
            raise failure
        return Posted(place, str(len(self.messages)))

    async def edit(self, posted: Posted, card: Card, reader: Reader, event_id: str) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        index = int(posted.ts) - 1
        if not 0 <= index < len(self.messages):
            raise RefusedError("message_not_found")
        self.messages[index].card = card
        self.messages[index].edits += 1

    async def find(
        self, to: Address, delivery_ids: Collection[str], since: float
    ) -> Mapping[str, Posted]:
        place = to.channel or to.user_id or ""
        return {
            message.delivery_id: Posted(place, str(number))
            for number, message in enumerate(self.messages, start=1)
            if message.place == place and message.delivery_id in delivery_ids
        }

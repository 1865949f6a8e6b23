"""A gateway in memory: for tests and for rehearsing features without a platform.

It ships, and runs the same contract test as the platforms' gateways, so that it stays honest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from bot.core.cards import Card
from bot.core.i18n import Reader
from bot.delivery.gateway import Address, OutcomeUnknownError, Posted, RefusedError


class LostError(OutcomeUnknownError):
    """It never arrived, which who sent it cannot know."""


class LateError(OutcomeUnknownError):
    """It arrives when the gateway's `arrive()` is called."""


def place_of(to: Address) -> str:
    """The same people have the same conversation, in whatever order they are named."""
    return to.channel or to.user_id or "+".join(sorted(to.user_ids))


@dataclass
class Message:
    place: str
    card: Card
    delivery_id: str
    edits: int = 0


@dataclass
class MemoryGateway:
    """`failures` holds, in order, what the next attempts raise; None lets one through.

    An `OutcomeUnknownError` in it is raised *after* the message was accepted.
    """

    messages: list[Message] = field(default_factory=list)
    failures: list[Exception | None] = field(default_factory=list)
    blind: list[Exception] = field(default_factory=list)
    """What the next looks raise."""
    closed: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    """Ids of deliveries whose messages were deleted."""
    _late: list[Callable[[], object]] = field(default_factory=list)

    async def post(
        self, to: Address, card: Card, reader: Reader, event_id: str, delivery_id: str
    ) -> Posted:
        place = place_of(to)
        if place in self.closed:
            raise RefusedError("is_archived")

        def accept() -> Posted:
            self.messages.append(Message(place, card, delivery_id))
            return Posted(place, str(len(self.messages)))

        return self._meeting(self._failure(), accept)

    async def edit(self, posted: Posted, card: Card, reader: Reader, event_id: str) -> None:
        index = int(posted.ts) - 1
        known = 0 <= index < len(self.messages)
        if not known or self.messages[index].delivery_id in self.deleted:
            raise RefusedError("message_not_found")

        def accept() -> Posted:
            self.messages[index].card = card
            self.messages[index].edits += 1
            return posted

        self._meeting(self._failure(), accept)

    async def delete(self, posted: Posted) -> None:
        def accept() -> Posted:
            self.deleted.add(self.messages[int(posted.ts) - 1].delivery_id)
            return posted

        failure = self._failure()
        if failure is not None or 0 < int(posted.ts) <= len(self.messages):
            self._meeting(failure, accept)

    async def find(
        self, to: Address, delivery_ids: Collection[str], since: float
    ) -> Mapping[str, Posted]:
        if self.blind:
            raise self.blind.pop(0)
        place = place_of(to)
        return {
            message.delivery_id: Posted(place, str(number))
            for number, message in enumerate(self.messages, start=1)
            if message.place == place
            and message.delivery_id in delivery_ids
            and message.delivery_id not in self.deleted
        }

    def arrive(self) -> None:
        """What was on its way is accepted now."""
        while self._late:
            self._late.pop(0)()

    def _failure(self) -> Exception | None:
        return self.failures.pop(0) if self.failures else None

    def _meeting(self, failure: Exception | None, accept: Callable[[], Posted]) -> Posted:
        if failure is None:
            return accept()
        if isinstance(failure, LateError):
            self._late.append(accept)
        elif isinstance(failure, OutcomeUnknownError) and not isinstance(failure, LostError):
            accept()
        raise failure

"""The hall in the breaks: people who come to rounds, answer in their conversations, and are asked
whether they met.

They press what they find. What they pressed is kept, since what has to stand in the end follows
from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.core.cards import ActionRef
from bot.drill.breaks import OPENS_EARLIER, WINDOW, Round
from bot.drill.deeds import ANSWERS, COMING, PRESENCE, Said, Say
from bot.drill.hands import Hands, buttons
from bot.drill.ledger import Ledger
from bot.drill.process import DrillError
from bot.playground.workspace import Message, User

ACTIONS = {
    Say.COME: "rounds.come",
    Say.SKIP: "rounds.skip",
    Say.HERE: "meet.here",
    Say.LATE: "meet.late",
    Say.CANNOT: "meet.cannot",
    Say.YES: "met.yes",
    Say.NOT_YET: "met.not_yet",
    Say.NO: "met.no",
}
ANSWERED_WITHIN = timedelta(hours=1)

Found = tuple[ActionRef, Message, str]


class Hall:
    def __init__(self, hands: Hands, ledger: Ledger, general: str, rounds: Iterable[Round]) -> None:
        self._hands, self._ledger, self._general = hands, ledger, general
        self._rounds = {one.session: one for one in rounds}
        self._calls: dict[str, tuple[Message, str]] = {}
        """The last button seen in the channel, which somebody may press too late."""
        self.presence: dict[tuple[str, str], Say] = {}
        """What a person, by e-mail, last pressed of an introduction."""
        self.pressed: set[tuple[str, str, Say]] = set()
        """All of it."""
        self.answers: dict[tuple[str, str, str], Say] = {}
        """What a person last said of an introduction to another, by their participant id."""

    async def press(self, said: Said, user: User, seen: Mapping[str, Sequence[Message]]) -> None:
        for ref, message, button in self._found(said, user, seen):
            for _ in range(said.presses):
                await self._hands.press(user, message, button, deliveries=said.delivered)
            if said.say in PRESENCE:
                self.presence[ref.args[0], said.who] = said.say
                self.pressed.add((ref.args[0], said.who, said.say))
            if said.say in ANSWERS:
                self.answers[ref.args[0], said.who, ref.args[1]] = said.say

    def _found(self, said: Said, user: User, seen: Mapping[str, Sequence[Message]]) -> list[Found]:
        row = self._rounds[said.round]
        if said.say in COMING:
            return [self._call(said, user, seen)]
        theirs = self._in_directs(user, seen)
        if said.say in PRESENCE:
            since, until = row.opens - OPENS_EARLIER, row.window + WINDOW
        else:
            since, until = row.asks, row.asks + ANSWERED_WITHIN
        return list(_buttons(theirs, ACTIONS[said.say], since, until))

    def _call(self, said: Said, user: User, seen: Mapping[str, Sequence[Message]]) -> Found:
        """In a message of their own, if they were asked; otherwise in the channel, where even
        who forgot to press before still has the button on the screen."""
        round_id = self._ledger.round_id(said.round)
        name = ACTIONS[said.say]
        in_channel = seen.get(self._hands.channel(self._general), ())
        for messages in (self._in_directs(user, seen), in_channel):
            for message in reversed(messages):
                for ref, button in buttons(message):
                    if ref.name == name and ref.args[:1] == (round_id,):
                        if messages is in_channel:
                            self._calls[said.round] = message, button
                        return ref, message, button
        if said.round in self._calls and said.say is Say.COME:
            return ActionRef("", name, (round_id,)), *self._calls[said.round]
        raise DrillError(f"nothing to press for {said}")

    def _in_directs(self, user: User, seen: Mapping[str, Sequence[Message]]) -> list[Message]:
        channels = self._hands.workspace.conversations_of(user.id)
        return [one for channel in channels if channel.direct for one in seen.get(channel.id, ())]


def _buttons(
    messages: Sequence[Message], name: str, since: datetime, until: datetime
) -> Iterator[Found]:
    for message in messages:
        if since <= message.moment <= until:
            for ref, button in buttons(message):
                if ref.name == name:
                    yield ref, message, button

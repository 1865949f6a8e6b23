"""Presses of *Soutenir*: distinct votes in one shuffled order."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from bot.bench.wire import Click, Wire
from bot.core.cards import Action

REDELIVERED = 0.01


class Presses:
    """An endless supply of distinct votes, in one shuffled order, each press with its own key."""

    def __init__(
        self, wire: Wire, event_id: str, users: Sequence[str], questions: Sequence[str]
    ) -> None:
        self._wire, self._event = wire, event_id
        self._chance = Random(1)  # noqa: S311
        self._votes = [(user, question) for user in users for question in questions]
        self._chance.shuffle(self._votes)
        self._made = 0

    def take(self, count: int) -> list[Click]:
        """`count` votes nobody cast before, and one of a hundred presses comes again."""
        votes = self._votes[self._made : self._made + count]
        clicks: list[Click] = []
        for number, (user, question) in enumerate(votes, self._made):
            value = Action("", "questions.support", (question,)).encode(self._event)
            key = f"{number}.{self._wire.team_id}.{number:032x}"
            clicks.append(Click((user, question), self._wire.press(user, key, value, "Soutenir")))
            if self._chance.random() < REDELIVERED:
                clicks.insert(max(0, len(clicks) - self._chance.randrange(1, 50)), clicks[-1])
        self._made += len(votes)
        return clicks

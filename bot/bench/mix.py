"""What a congress does at its busiest, in the shares that its crowd has in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from random import Random

from bot.bench.hall import Hall
from bot.bench.wire import JSON, Click, Wire
from bot.core.cards import Action

VOTE, STAR, COMMAND, HOME, MESSAGE, QUESTION = (
    "vote", "star", "command", "home", "message", "question",
)  # fmt: skip
SHARES = {VOTE: 72, STAR: 8, COMMAND: 7, HOME: 6, MESSAGE: 6, QUESTION: 1}
"""Of a hundred events: round tables whose questions are supported, and what others do meanwhile."""
WORDS = ("maintenant", "programme", "", "salle 1", "mon programme")


class Mix:
    """An endless supply of events, each new; a vote and a star are one person's on one thing."""

    def __init__(self, wire: Wire, hall: Hall, users: Sequence[str]) -> None:
        self._wire, self._hall, self._users = wire, hall, users
        self._chance = Random(1)  # noqa: S311
        self._votes = self._pairs(hall.questions)
        self._stars = self._pairs(hall.talks)
        self._made = 0
        self._make: dict[str, Callable[[str], Click]] = {
            VOTE: self._vote, STAR: self._star, COMMAND: self._command, HOME: self._home,
            MESSAGE: self._message, QUESTION: self._question,
        }  # fmt: skip

    def take(self, count: int) -> list[Click]:
        kinds = self._chance.choices(list(SHARES), list(SHARES.values()), k=count)
        return [self.make(kind) for kind in kinds]

    def make(self, kind: str) -> Click:
        return self._make[kind](self._key(kind))

    def _pairs(self, things: Sequence[str]) -> list[tuple[str, str]]:
        pairs = list(product(self._users, things))
        self._chance.shuffle(pairs)
        return pairs

    def _key(self, kind: str) -> str:
        self._made += 1
        return f"{kind}.{self._made:012}"

    def _vote(self, key: str) -> Click:
        user, question = self._votes.pop()
        return self._press(VOTE, user, key, "questions.support", question)

    def _star(self, key: str) -> Click:
        user, session = self._stars.pop()
        return self._press(STAR, user, key, "programme.star", session)

    def _press(self, kind: str, user: str, key: str, action: str, on: str) -> Click:
        value = Action("", action, (on,)).encode(self._hall.event_id)
        return Click((kind, key), self._wire.press(user, key, value, "Soutenir"))

    def _command(self, key: str) -> Click:
        text = self._chance.choice(WORDS)
        return Click((COMMAND, key), self._wire.command(self._anybody(), key, "/maillon", text))

    def _home(self, key: str) -> Click:
        return Click((HOME, key), self._wire.home_opened(self._anybody(), key), JSON)

    def _message(self, key: str) -> Click:
        text = self._chance.choice(WORDS[:2])
        return Click((MESSAGE, key), self._wire.message(self._anybody(), key, text), JSON)

    def _question(self, key: str) -> Click:
        session = self._chance.choice(self._hall.round_tables)
        form = Action("", "questions.ask", (session,)).encode(self._hall.event_id)
        words = f"Comment le procédé {key} résiste-t-il à la chaleur ?"
        values = {"text": {"type": "plain_text_input", "value": words}}
        return Click((QUESTION, key), self._wire.submission(self._anybody(), key, form, values))

    def _anybody(self) -> str:
        return self._chance.choice(self._users)

"""The dice of the rounds: who wants to meet somebody, what they say when, and what they do then.

What depends on another's press comes at a later moment, as with questions. Who withdraws and whom
they leave alone cannot be planned: it follows from who meets whom.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.drill.breaks import Round
from bot.drill.deeds import Said, Say
from bot.drill.files import Person, Rules, Session

UNWILLING = 3
"""Press *J'y serai* without having agreed to be introduced."""
STANDING = 0.2
TOO_LATE = 2
COMES = 0.9
CANNOT_SOON, CANNOT_LATE = 0.1, 0.05
TWICE, REDELIVERED = 0.15, 0.1


@dataclass(frozen=True)
class Comers:
    willing: Sequence[str]
    """By e-mail, like everybody here."""
    standing: Sequence[str]
    """Of them, who always want to be asked."""
    unwilling: Sequence[str]
    said: Sequence[Said]

    @property
    def everybody(self) -> list[str]:
        return [*self.willing, *self.unwilling]


def plan_comers(
    seed: int,
    people: Sequence[Person],
    sessions: Sequence[Session],
    rules: Rules,
    rounds: Sequence[Round],
    how_many: int,
) -> Comers:
    """`people` have nothing else to do when the rounds are."""
    chance = random.Random(seed)  # noqa: S311 (repeatable on purpose)
    chosen = [one.email for one in chance.sample(people, min(len(people), how_many + UNWILLING))]
    unwilling, willing = chosen[:UNWILLING], chosen[UNWILLING:]
    standing = willing[: int(STANDING * len(willing))]
    said: list[Said] = []
    for one in rounds:
        plan = _Plan(chance, one, _pressed_at(one, sessions, rules), one is rounds[-1])
        said += plan.said(willing, standing, unwilling)
    return Comers(willing, standing, unwilling, sorted(said, key=lambda one: one.at))


def _pressed_at(row: Round, sessions: Sequence[Session], rules: Rules) -> datetime:
    """Five minutes after the last post that asks who comes."""
    starts = [
        session.start
        for session in sessions
        if rules.channel(session) == rules.general
        and session.start.date() == row.starts.date()
        and session.start < row.closes
    ]
    return max(starts) - rules.announce + timedelta(minutes=5)


class _Plan:
    def __init__(
        self, chance: random.Random, row: Round, pressed_at: datetime, is_last: bool
    ) -> None:
        self._chance, self._round, self._pressed_at = chance, row, pressed_at
        # Who does not keep two meetings is asked no more: that is another story.
        self._answers = (Say.NOT_YET, Say.NO) if is_last else (Say.NOT_YET,)

    def said(
        self, willing: Sequence[str], standing: Sequence[str], unwilling: Sequence[str]
    ) -> Iterator[Said]:
        asked_at = self._round.calls + timedelta(minutes=20)
        away = [who for who in willing if self._chance.random() > COMES]
        for who in willing:
            if who in standing:
                yield from self._answer(asked_at, who, not_coming=who in away)
            elif who not in away:
                yield self._press(self._pressed_at, who, Say.COME)
        for who in unwilling:
            yield self._press(self._pressed_at, who, Say.COME)
        for who in [one for one in away if one not in standing][:TOO_LATE]:
            yield self._press(self._round.opens + timedelta(minutes=1), who, Say.COME)
        for who in willing:
            yield from self._attend(who)

    def _answer(self, at: datetime, who: str, *, not_coming: bool) -> Iterator[Said]:
        last = Say.SKIP if not_coming else Say.COME
        if self._chance.random() < TWICE:
            other = Say.COME if not_coming else Say.SKIP
            yield self._press(at - timedelta(minutes=2), who, other)
        yield self._press(at, who, last)

    def _attend(self, who: str) -> Iterator[Said]:
        starts, asks = self._round.starts, self._round.asks
        mood = self._chance.random()
        if mood < CANNOT_SOON:
            yield self._press(starts - timedelta(minutes=15), who, Say.CANNOT)
            return
        if mood < CANNOT_SOON + CANNOT_LATE:
            yield self._press(starts + timedelta(minutes=2), who, Say.CANNOT)
            return
        if mood < 0.3:
            yield self._press(starts + timedelta(minutes=5), who, Say.LATE)
        if 0.2 < mood < 0.8:
            yield self._press(starts + timedelta(minutes=9), who, Say.HERE)
        answer = Say.YES if self._chance.random() < 0.7 else self._chance.choice(self._answers)
        if mood < 0.85:
            yield self._press(asks + timedelta(minutes=15), who, answer)
        if self._chance.random() < TWICE:
            yield self._press(asks + timedelta(minutes=20), who, Say.YES)

    def _press(self, at: datetime, who: str, say: Say) -> Said:
        twice = self._chance.random() < TWICE
        again = self._chance.random() < REDELIVERED
        return Said(at, who, say, self._round.session, 1 + twice, 1 + again)

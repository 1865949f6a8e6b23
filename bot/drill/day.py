"""The questioned, voted, moderated part of the drill: who does what with questions, when.

Deeds of one moment are done by many people at once. So they are chosen such that their order
changes nothing: what depends on another comes at a later moment.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.drill.deeds import Asked, Deed, Do
from bot.drill.files import Person, Session

AT_ONCE = ("S010", "S019")
"""Sessions whose questions are published before they are read."""
ASKED = 8
"""Questions of a session at most: a board shows ten."""
HELD = (
    "Ma mère a fait un malaise grave après son traitement pendant {} : que faire ?",
    "Mon fils est malade depuis sa perfusion, comme dans {} : est-ce un effet connu ?",
)
ANONYMOUS = 0.4
VOTERS = 24
TWICE, REDELIVERED = 0.15, 0.1


@dataclass(frozen=True)
class Team:
    """The équipe Questions and who has the stage, by e-mail."""

    members: Sequence[str]
    hosts: Mapping[str, Sequence[str]]
    """By session."""


def plan_deeds(
    seed: int,
    people: Sequence[Person],
    sessions: Sequence[Session],
    texts: Mapping[str, Sequence[str]],
    team: Team,
) -> list[Deed]:
    """`texts` are the questions that the sessions, by their code, are asked."""
    chance = random.Random(seed)  # noqa: S311 (repeatable on purpose)
    workers = {*team.members, *(one for hosts in team.hosts.values() for one in hosts)}
    others = [person for person in people if person.email not in workers]
    deeds: list[Deed] = []
    for session in sorted(sessions, key=lambda one: (one.start, one.id)):
        if session.code in texts:
            deeds += _Plan(chance, others, session, texts[session.code], team).deeds()
    return sorted(deeds, key=lambda deed: deed.at)


class _Plan:
    def __init__(
        self,
        chance: random.Random,
        people: Sequence[Person],
        session: Session,
        texts: Sequence[str],
        team: Team,
    ) -> None:
        self._chance, self._session, self._team = chance, session, team
        chosen = chance.sample(people, VOTERS)
        self._voters = [person.email for person in chosen]
        # The oracle knows what is said in French; nobody asks twice, nobody supports their own.
        asking = [p.email for p in people if p.french and p not in chosen]
        texts = texts[:ASKED]
        askers = chance.sample(asking, len(texts) + len(HELD))
        self._open = [
            Asked(text, session.id, askers.pop(), anonymous=chance.random() < ANONYMOUS)
            for text in texts
        ]
        self._held = [
            Asked(text.format(f"« {session.code} »"), session.id, askers.pop(), bool(n), held=True)
            for n, text in enumerate(HELD)
        ]

    def deeds(self) -> Iterator[Deed]:
        half = len(self._open) // 2
        early, late = self._open[:half], self._open[half:]
        first, second, third, *rest = late + early
        yield from self._ask(-25, early[:1] + self._held[:1])
        yield from self._sort(-20, Do.PUBLISH, early[:1])
        yield from self._ask(-12, early[1:])
        yield from self._sort(-8, Do.PUBLISH, early[1:])
        yield from self._sort(-8, Do.DECLINE, self._held[:1])
        yield from self._ask(3, late + self._held[1:])
        yield from self._sort(7, Do.PUBLISH, late)
        yield from self._support(11, early + late)
        yield from self._sort(16, Do.SCREEN, [first])
        yield from self._support(18, early + late)
        yield from self._merge(18, rest[0], into=second)
        yield from self._sort(23, Do.ANSWERED, [first])
        yield from self._sort(23, Do.DECLINE, rest[1:2])
        yield from self._support(27, [second, third, *rest[2:]])
        yield from self._sort(31, Do.SCREEN, [second])
        yield from self._sort(35, Do.SCREEN, [third])
        yield self._deed(35, rest[-1].asker, Do.WITHDRAW, rest[-1])
        yield from self._sort(39, Do.ANSWERED, [third])
        yield from self._support(43, [second])

    def _deed(
        self, minute: int, who: str, do: Do, question: Asked, into: Asked | None = None
    ) -> Deed:
        return Deed(self._session.start + timedelta(minutes=minute), who, do, question, into)

    def _ask(self, minute: int, questions: Sequence[Asked]) -> Iterator[Deed]:
        for one in questions:
            yield self._deed(minute, one.asker, Do.ASK, one)

    def _sort(self, minute: int, do: Do, questions: Sequence[Asked]) -> Iterator[Deed]:
        """By one of the team, and sometimes by two of them at the same moment."""
        if do is Do.PUBLISH and self._session.code in AT_ONCE:
            return
        hosts = self._team.hosts[self._session.id]
        who = hosts if do in (Do.SCREEN, Do.ANSWERED) else self._team.members
        for one in questions:
            for member in self._chance.sample(who, min(len(who), self._chance.choice((1, 1, 2)))):
                yield self._deed(minute, member, do, one)

    def _merge(self, minute: int, question: Asked, into: Asked) -> Iterator[Deed]:
        yield self._deed(minute, self._chance.choice(self._team.members), Do.MERGE, question, into)

    def _support(self, minute: int, questions: Sequence[Asked]) -> Iterator[Deed]:
        for voter in self._voters:
            for one in self._chance.sample(questions, min(len(questions), 2)):
                yield replace(
                    self._deed(minute, voter, Do.SUPPORT, one),
                    presses=2 if self._chance.random() < TWICE else 1,
                    delivered=2 if self._chance.random() < REDELIVERED else 1,
                )

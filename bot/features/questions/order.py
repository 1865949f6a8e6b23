"""In which order the open questions of a session are read: popular, recent, balanced.

*Balanced* is sequential Phragmén (Phragmén 1894; as in Brill, Freeman, Janson and Lackner,
"Phragmén's voting methods and justified representation", Mathematical Programming 203,
2024). Votes are approval ballots. Everybody who votes earns at the same pace; as soon as the
supporters of a question own together what a place costs, the question takes the next place
and they pay all they have. What a voter has paid by then is called their load, the moment at
which a question could be paid its level: the lowest level is next.

It is the rule of choice because a list grows by its end only: place 6 never changes the first
five, whatever the length that is read. The method of equal shares (Peters and Skowron 2020)
represents more, but has to be told how many places there are.

Without its past a list made anew after each answer would always begin with the most popular
question, and a majority would fill the session. Therefore `heard`: the questions that were
on stage, in their order, whose supporters have paid for them.

`docs/decisions/0013-order.md` says what is promised, and what is not.
"""

from __future__ import annotations

import heapq
from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from math import gcd

FLOOR = 5
"""The place at which, at the latest, a question is the patients' voice."""

PROPORTIONAL_PLACES = 50
"""Nobody compares shares further down; below, places go by popularity, at no cost."""

PATIENT_ASSOCIATION = "patient_association"


@dataclass(frozen=True)
class Question:
    """What an order has to know of a question.

    `voters` are opaque keys, one a person (or device): a set, so that nobody counts twice.
    """

    id: str
    asked_at: datetime
    voters: frozenset[str] = frozenset()
    patients: bool = False
    """Whether it counts as the patients' voice: see `is_patients_voice`."""


def is_patients_voice(
    *, anonymous: bool, asker_kind: str | None, ticked: bool, association_by_name: bool
) -> bool:
    """Whether the patients' floor may use a question.

    `asker_kind` is a confirmed kind, and is never looked at behind an anonymous question: its
    place on the list would tell it. `ticked` is *Compter comme parole des patients*, which an
    anonymous asker chooses. `association_by_name`: a patient association gave its name to the
    question; a vote of one of its people, which is nobody's business, is not enough.
    """
    stated = ticked if anonymous else asker_kind == PATIENT_ASSOCIATION
    return stated or association_by_name


def united(
    votes: Iterable[tuple[str, str]], merged_into: Mapping[str, str]
) -> dict[str, frozenset[str]]:
    """The voters of each question, of (question, voter): a merged one gives its voters to the
    one that stands for it, through any number of merges.
    """
    kept = {gone: _end_of(gone, merged_into) for gone in merged_into}
    voters: defaultdict[str, set[str]] = defaultdict(set)
    for question_id, voter in votes:
        voters[question_id].add(voter)
    for gone, into in kept.items():
        if gone in voters:
            voters[into] |= voters.pop(gone)
    return {question_id: frozenset(some) for question_id, some in voters.items()}


def _end_of(question_id: str, merged_into: Mapping[str, str]) -> str:
    seen = {question_id}
    while (into := merged_into.get(question_id)) is not None:
        if into in seen:
            raise ValueError(f"questions merged in a circle: {sorted(seen)}")
        seen.add(into)
        question_id = into
    return question_id


def popular(questions: Iterable[Question]) -> list[Question]:
    """Most votes first."""
    return sorted(questions, key=lambda one: (-len(one.voters), *_seniority(one)))


def recent(questions: Iterable[Question]) -> list[Question]:
    """Newest first."""
    by_id = sorted(questions, key=lambda one: one.id)
    return sorted(by_id, key=lambda one: one.asked_at, reverse=True)


def balanced(
    questions: Iterable[Question], heard: Sequence[Question] = (), first: int | None = None
) -> list[Question]:
    """The `first` places of the proportional order with the patients' floor, or all.

    `heard` are the questions that had their turn, earliest first; one that is still among
    `questions` is left out of the order.
    """
    had_turn = {one.id for one in heard}
    waiting = [one for one in questions if one.id not in had_turn]
    return list(islice(_in_balance(waiting, heard), first))


def floor_place(heard: Sequence[Question]) -> int:
    """The place, from 1, at which the patients' voice is due at the latest.

    It is counted since they were last heard. Counted from the top of each new list, a question
    in fifth place would be fifth again after every answer, and never reach the stage.
    """
    since = next((n for n, one in enumerate(reversed(heard)) if one.patients), len(heard))
    return max(1, FLOOR - since)


def _seniority(question: Question) -> tuple[datetime, str]:
    """Equal claims: who waited longer goes first.

    Neither fewer nor more votes: the level already holds all that votes entitle to. The id is
    random, so that it favours nobody, and leaves nothing open.
    """
    return question.asked_at, question.id


def _in_balance(questions: Sequence[Question], heard: Sequence[Question]) -> Iterator[Question]:
    ledger = _Ledger((*heard, *questions))
    for one in heard:
        ledger.charge(one)
    queue = _Queue(questions, ledger, precision=_precision(heard, questions))
    due: int | None = floor_place(heard)
    for place in range(1, PROPORTIONAL_PLACES + 1):
        chosen = (queue.take_for_patients() if place == due else None) or queue.take()
        if chosen is None:
            break
        if chosen.patients:
            due = None
        ledger.charge(chosen)
        yield chosen
    yield from queue.rest()


def _precision(heard: Sequence[Question], questions: Sequence[Question]) -> int:
    """So many binary digits tell any two different levels apart.

    A level is a fraction; each charge multiplies its denominator by a number of voters at most,
    and two fractions differ by 1 over the product of their denominators at least.
    """
    most = max((len(one.voters) for one in (*heard, *questions)), default=0)
    return 2 * (len(heard) + PROPORTIONAL_PLACES + 1) * most.bit_length() + 1


class _Ledger:
    """Who paid how much, exactly: rounding would break ties that the rule leaves to time.

    Sets of voters are bits of whole numbers. All who pay for a question have the same load
    afterwards, so that there are few different ones.
    """

    def __init__(self, questions: Sequence[Question]) -> None:
        everybody = frozenset[str]().union(*(one.voters for one in questions))
        self._bit_of = {voter: 1 << at for at, voter in enumerate(everybody)}
        self._bits: dict[str, int] = {}
        self._loads: list[tuple[int, int]] = []
        """(load × denominator, who has it), lightest first, without those who paid nothing."""
        self._unpaid = (1 << len(everybody)) - 1
        self._denominator = 1
        self.charges = 0

    def level(self, question: Question) -> tuple[int, int]:
        """When the supporters can pay, as a fraction.

        Those who already paid for more than that have nothing yet; they only exist where the
        floor or the person on stage chose a question before its turn.
        """
        mine = self._bits_of(question)
        paid, people = self._denominator, (mine & self._unpaid).bit_count()
        for load, theirs in self._loads:
            if people and paid <= load * people:
                break
            if number := (mine & theirs).bit_count():
                paid += load * number
                people += number
        return paid, people * self._denominator

    def charge(self, question: Question) -> None:
        """The supporters pay for its place; one that nobody supports is free."""
        if not question.voters:
            return
        numerator, denominator = self.level(question)
        wider = denominator // gcd(numerator, denominator)
        wider = wider * self._denominator // gcd(wider, self._denominator)
        scale, load = wider // self._denominator, numerator * wider // denominator
        payers = self._bits_of(question)
        for other, theirs in self._loads:
            if other * scale > load:
                payers &= ~theirs
        kept = ((other * scale, theirs & ~payers) for other, theirs in self._loads)
        self._loads = [(other, theirs) for other, theirs in kept if theirs]
        insort(self._loads, (load, payers))
        self._unpaid &= ~payers
        self._denominator = wider
        self.charges += 1

    def _bits_of(self, question: Question) -> int:
        bits = self._bits.get(question.id)
        if bits is None:
            bits = self._bits[question.id] = sum(map(self._bit_of.__getitem__, question.voters))
        return bits


class _Queue:
    """The questions by level; those without votes wait at its end, the oldest first.

    Levels only rise. So a level that is out of date is a lower bound, and a question is looked
    at again only when it stands first by such a bound: few are, of a thousand.
    """

    def __init__(self, questions: Sequence[Question], ledger: _Ledger, precision: int) -> None:
        self._ledger, self._precision = ledger, precision
        by_seniority = sorted(questions, key=_seniority)
        self._waiting = dict(enumerate(by_seniority))
        self._silent = [at for at, one in self._waiting.items() if not one.voters]
        self._silent.reverse()
        # What a question costs supporters who never paid: the lowest that its level can be.
        self._heap = [
            ((1 << precision) // len(one.voters), at, 0)
            for at, one in self._waiting.items()
            if one.voters
        ]
        heapq.heapify(self._heap)

    def _entry(self, at: int) -> tuple[int, int, int]:
        """The level in units of the precision, the seniority, and as of how many charges."""
        numerator, denominator = self._ledger.level(self._waiting[at])
        return (numerator << self._precision) // denominator, at, self._ledger.charges

    def take(self) -> Question | None:
        while self._heap:
            _, at, as_of = self._heap[0]
            if at in self._waiting and as_of < self._ledger.charges:
                heapq.heapreplace(self._heap, self._entry(at))
                continue
            heapq.heappop(self._heap)
            if at in self._waiting:
                return self._waiting.pop(at)
        while self._silent:
            at = self._silent.pop()
            if at in self._waiting:
                return self._waiting.pop(at)
        return None

    def take_for_patients(self) -> Question | None:
        """The one of the patients' that the rule would come to first."""
        theirs = [at for at, one in self._waiting.items() if one.patients]
        supported = [at for at in theirs if self._waiting[at].voters]
        if not theirs:
            return None
        chosen = min(map(self._entry, supported))[1] if supported else min(theirs)
        return self._waiting.pop(chosen)

    def rest(self) -> list[Question]:
        return popular(self._waiting.values())

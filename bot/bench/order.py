"""How long the first places of the balanced order take, of a full session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from time import perf_counter

from bot.features.questions.order import Question, balanced, popular, united

QUESTIONS, VOTES, PLACES, RUNS = 1_000, 50_000, 20, 15
VOTERS = 1_250
"""Forty votes each."""

_NINE = datetime(2024, 12, 12, 9, tzinfo=UTC)


def measure() -> dict[str, float | int]:
    """Seconds of the balanced order and, in turns with it, of a plain sort by votes.

    Twice: with a few questions that many support, and with votes spread evenly, where
    hundreds of questions claim the next place with nearly the same right.
    """
    rows = _votes(skew=0.8)
    began = perf_counter()
    voters = united(rows, {})
    grouping = perf_counter() - began
    skewed, even = _questions(voters), _questions(united(_votes(skew=0.0), {}))
    by_rule, by_votes, by_rule_even = [], [], []
    for _ in range(RUNS):
        by_rule.append(_seconds(lambda: balanced(skewed, first=PLACES)))
        by_votes.append(_seconds(lambda: popular(skewed)[:PLACES]))
        by_rule_even.append(_seconds(lambda: balanced(even, first=PLACES)))
    return {
        "questions": QUESTIONS,
        "votes": len(rows),
        "voters": VOTERS,
        "places": PLACES,
        "seconds": round(median(by_rule), 4),
        "worst_seconds": round(max(by_rule), 4),
        "even_seconds": round(median(by_rule_even), 4),
        "worst_even_seconds": round(max(by_rule_even), 4),
        "popular_seconds": round(median(by_votes), 5),
        "ratio": round(median(by_rule) / median(by_votes), 1),
        "grouping_seconds": round(grouping, 4),
    }


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def _votes(skew: float) -> list[tuple[str, str]]:
    """Rows (question, voter), none twice; the n-th question is wished for as often as 1/n^skew."""
    chance = Random(1)  # noqa: S311 (the same votes in every run)
    wishes = [1 / (rank + 1) ** skew for rank in range(QUESTIONS)]
    rows: list[tuple[str, str]] = []
    for voter in range(VOTERS):
        chosen: set[int] = set()
        while missing := VOTES // VOTERS - len(chosen):
            chosen.update(chance.choices(range(QUESTIONS), wishes, k=missing))
        rows += [(f"q{question}", f"v{voter}") for question in chosen]
    chance.shuffle(rows)
    return rows


def _questions(voters: dict[str, frozenset[str]]) -> list[Question]:
    """One of ten is the patients' voice: none of those that many support."""
    return [
        Question(
            f"q{number}",
            _NINE + timedelta(seconds=number),
            voters.get(f"q{number}", frozenset()),
            patients=number % 10 == 9,
        )
        for number in range(QUESTIONS)
    ]

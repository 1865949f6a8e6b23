"""Do questions that mean the same find each other, and do the others stay apart?

Each question that names its twin is asked again among all others of its session. Those that neither
have nor are a twin must find none: one of them with any candidate above the threshold is a false
alarm.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.features.questions.encoder import DIMENSIONS
from bot.features.questions.twins import SHOWN, THRESHOLD, Candidate, Twin, nearest

if TYPE_CHECKING:
    from bot.features.questions.encoder import Vector

MANY = 5000
REPEATED = 20
_COLUMNS = {"id", "session", "language", "text", "duplicate_of"}

Encode = Callable[[str], "Vector | None"]


class QuestionsUnreadableError(MaillonError):
    msgid = N_("This cannot be read as a table: {reason}")


@dataclass(frozen=True)
class Row:
    id: str
    session: str
    language: str
    text: str
    duplicate_of: str


@dataclass(frozen=True)
class Found:
    """Where a question's twin came among the nearest."""

    among_first: bool
    suggested: bool
    across_languages: bool


def parse_questions(content: bytes) -> list[Row]:
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig", "replace"), newline=""))
    missing = _COLUMNS - set(reader.fieldnames or ())
    if missing:
        raise QuestionsUnreadableError(reason=", ".join(sorted(missing)))
    rows = [Row(**{name: row[name] or "" for name in _COLUMNS}) for row in reader]
    session_of = {row.id: row.session for row in rows}
    for row in rows:
        if row.duplicate_of and session_of.get(row.duplicate_of) != row.session:
            raise QuestionsUnreadableError(reason=f"{row.id} → {row.duplicate_of}")
    return rows


def measure(rows: Sequence[Row], encode: Encode) -> dict[str, float | int]:
    """Rates are of the questions that have a twin, false alarms of those that have none."""
    language_of = {row.id: row.language for row in rows}
    paired = {name for row in rows if row.duplicate_of for name in (row.id, row.duplicate_of)}
    answers = _answers(rows, encode)
    found = [_found(row, answers[row.id], language_of) for row in rows if row.duplicate_of]
    across = [one for one in found if one.across_languages]
    alone = [answers[row.id] for row in rows if row.id not in paired]
    return {
        "questions": len(rows),
        "twins": len(found),
        "top3": _rate([one.among_first for one in found]),
        "suggested": _rate([one.suggested for one in found]),
        "without_twin": len(alone),
        "false_alarms": _rate([any(twin.suggested for twin in answer) for answer in alone]),
        "cross_twins": len(across),
        "cross_top3": _rate([one.among_first for one in across]),
        "cross_suggested": _rate([one.suggested for one in across]),
        "threshold": THRESHOLD,
    }


def _answers(rows: Sequence[Row], encode: Encode) -> dict[str, tuple[Twin, ...]]:
    sessions: dict[str, list[Candidate]] = defaultdict(list)
    for row in rows:
        sessions[row.session].append(Candidate(row.id, row.text, encode(row.text)))
    return {
        asked.id: nearest(asked.vector, asked.text, [one for one in candidates if one is not asked])
        for candidates in sessions.values()
        for asked in candidates
    }


def _found(row: Row, answer: Sequence[Twin], language_of: Mapping[str, str]) -> Found:
    twin = next((one for one in answer[:SHOWN] if one.id == row.duplicate_of), None)
    return Found(
        among_first=twin is not None,
        suggested=twin is not None and twin.suggested,
        across_languages=language_of[row.duplicate_of] != row.language,
    )


def _rate(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 3) if values else 0.0


def milliseconds_among_many(texts: Sequence[str], encode: Encode) -> dict[str, float]:
    """One question asked among 5,000, its encoding included; the middle one of twenty.

    The 5,000 are the file's, each a little moved: what they say changes nothing for the clock.
    """
    noise = np.random.default_rng(0)
    base = {text: encode(text) for text in texts}
    candidates = []
    for number in range(MANY):
        text = texts[number % len(texts)]
        vector = base[text]
        if vector is not None:
            vector = vector + noise.normal(0, 0.01, DIMENSIONS).astype(np.float32)
        candidates.append(Candidate(f"{number:05}", f"{text} ({number})", vector))

    def timed(text: str, encode: Encode) -> float:
        began = perf_counter()
        nearest(encode(text), text, candidates)
        return (perf_counter() - began) * 1000

    asked = [f"{texts[number % len(texts)]} {number}" for number in range(REPEATED)]
    first = timed(asked[0], encode)
    vectors = [timed(text, encode) for text in asked]
    words = [timed(text, lambda _: None) for text in asked]
    return {
        "milliseconds": round(median(vectors), 1),
        "milliseconds_slowest": round(max(vectors), 1),
        "milliseconds_first": round(first, 1),
        "milliseconds_words_only": round(median(words), 1),
    }

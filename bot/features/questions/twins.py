"""Questions that mean the same, found before the second one is asked.

Two ways to compare, on one scale from 0 to 1 where `THRESHOLD` is worth showing: vectors where both
questions have one, words where not. How both were chosen and what they reach:
docs/decisions/0012-twins.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from math import exp, log
from typing import TYPE_CHECKING

from bot.features.questions.words import overlap, plain, rarity, terms

if TYPE_CHECKING:
    from bot.features.questions.encoder import Vector

THRESHOLD = 0.5
"""From here on a candidate is shown as a twin, whichever way it was compared."""

SHOWN = 3


@dataclass(frozen=True, eq=False)
class Candidate:
    """A question of the session. Keep it between two calls: what is worked out stays with it."""

    id: str
    text: str
    vector: Vector | None = None

    @cached_property
    def plain(self) -> str:
        return plain(self.text)

    @cached_property
    def terms(self) -> frozenset[str]:
        return terms(self.text)


@dataclass(frozen=True)
class Twin:
    id: str
    similarity: float

    @property
    def suggested(self) -> bool:
        return self.similarity >= THRESHOLD


def nearest(
    vector: Vector | None, text: str, candidates: Iterable[Candidate], limit: int = SHOWN
) -> tuple[Twin, ...]:
    """The nearest first; also those below the threshold, which only `suggested` tells apart.

    What shares nothing with the question is not near, however few there are.
    """
    # By id, because sums of floats depend on their order and an answer must not.
    known = sorted(candidates, key=lambda one: one.id)
    asked = Candidate("", text, vector)
    found = zip(_similarities(asked, known), known, strict=True)
    first = nsmallest(limit, ((-value, one.id) for value, one in found if value))
    return tuple(Twin(name, -negative) for negative, name in first)


def similarity(a: Candidate, b: Candidate, session: Sequence[Candidate] = ()) -> float:
    """Of two questions, beside the others of their session."""
    first, second = sorted((a, b), key=lambda one: (one.id, one.text))
    others = sorted((one for one in session if one.id not in (a.id, b.id)), key=lambda one: one.id)
    return _similarities(first, [second, *others])[0]


def _similarities(asked: Candidate, known: Sequence[Candidate]) -> list[float]:
    found = _by_words(asked, known) if _some_need_words(asked, known) else [0.0] * len(known)
    if asked.vector is not None:
        places = [place for place, one in enumerate(known) if one.vector is not None]
        vectors = [one.vector for one in known if one.vector is not None]
        for place, value in zip(places, _by_vectors(asked.vector, vectors), strict=True):
            found[place] = value
    return [
        1.0 if one.plain == asked.plain else min(value, _LESS_THAN_THE_SAME)
        for one, value in zip(known, found, strict=True)
    ]


def _some_need_words(asked: Candidate, known: Sequence[Candidate]) -> bool:
    return asked.vector is None or any(one.vector is None for one in known)


_LESS_THAN_THE_SAME = 0.999

# ---------------------------------------------------------------- by vectors

_PRIOR = 4
"""The session's own average counts once it has more questions than this: with two or three,
their average is themselves, and taking it away would leave nothing."""

_CUT, _CUT_AT, _CUT_PER_LOG, _CUT_LIMIT = 0.27, 17, 0.10, 200
"""The more questions, the nearer the nearest stranger: measured over 5 to 136 questions, the cosine
of the nearest one that means something else grows with the logarithm of their number. Beyond the
last figure nothing was measured, and the cut stays."""

_STEEPNESS = 12.0


def _by_vectors(asked: Vector, known: Sequence[Vector]) -> list[float]:
    """Cosines once the session's common subject is taken away, as twins stand out from it."""
    if not known:
        return []
    import numpy as np  # whoever has a vector has paid for it

    everyone = np.array([asked, *known], dtype=np.float32)
    everyone -= everyone.sum(axis=0) / (len(everyone) + _PRIOR)
    lengths = np.sqrt(np.einsum("ij,ij->i", everyone, everyone))
    cosines = (everyone[1:] @ everyone[0]) / np.maximum(lengths[1:] * lengths[0], 1e-9)
    cut = _CUT + _CUT_PER_LOG * log(min(len(everyone), _CUT_LIMIT) / _CUT_AT)
    values = 1 / (1 + np.exp(-_STEEPNESS * (cosines - cut)))
    found: list[float] = values.round(6).tolist()
    return found


# ---------------------------------------------------------------- by words

_WORDS_CUT = 0.33


def _by_words(asked: Candidate, known: Sequence[Candidate]) -> list[float]:
    weight = rarity([asked.terms, *(one.terms for one in known)])
    shared = (overlap(asked.terms, one.terms, weight) for one in known)
    return [
        round(1 / (1 + exp(-_STEEPNESS * (value - _WORDS_CUT))), 6) if value else 0.0
        for value in shared
    ]

"""Which pairs the solver looks at: all of a small round, the most promising of a large one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.features.introductions.matching.scoring import Crowd, Floats

Ints = NDArray[np.int64]

_EACH = 20
_EACH_OF_MANY_ALIKE = 40
"""Where one kind is most of the round, many want the same few."""
_ALL = 256
"""Up to so many people, every allowed pair is looked at."""
_BLOCK = 256
_LUCK = np.float32(1e-4)
_NEVER = np.float32(-1e6)


@dataclass(frozen=True)
class Pairs:
    """Allowed pairs, each once with `one` before `other`, and what they are worth."""

    one: Ints
    other: Ints
    weight: Floats
    worse: Floats
    """What the one of the two has of it who has less."""


def promising(crowd: Crowd) -> Pairs:
    """For each, the pairs of the least regret: what both lose against the best each could have."""
    n = crowd.n
    each = n if n <= _ALL else _each(crowd)
    best = np.full(n, _NEVER, dtype=np.float32)
    for rows in _blocks(n):
        best[rows] = _weights(crowd, rows).max(axis=1, initial=_NEVER)
    chosen = []
    for rows in _blocks(n):
        weight = _weights(crowd, rows)
        possible = weight > _NEVER
        weight -= best[None, :]
        if each < n:
            nearest = np.argpartition(-weight, each, axis=1)[:, :each]
            near = np.zeros_like(possible)
            np.put_along_axis(near, nearest, True, axis=1)
            possible &= near
        one, other = np.nonzero(possible)
        chosen.append(np.stack([one + rows.start, other]))
    return pairs(crowd, np.concatenate(chosen, axis=1))


def pairs(crowd: Crowd, ends: Ints) -> Pairs:
    """What pairs that may stand twice, either way round, are worth."""
    low, high = ends.min(axis=0), ends.max(axis=0)
    both = np.unique(low * crowd.n + high)
    one, other = both // crowd.n, both % crowd.n
    mine, theirs = crowd.values_of(one, other)
    weight = crowd.weights(one, other, mine, theirs)
    weight += np.float32(1e-6) * crowd.luck(one, other)
    return Pairs(one, other, weight, np.minimum(mine, theirs))


def _each(crowd: Crowd) -> int:
    largest = np.bincount(crowd.kind).max(initial=0)
    return _EACH_OF_MANY_ALIKE if 2 * largest > crowd.n else _EACH


def _blocks(n: int) -> list[slice]:
    return [slice(start, min(n, start + _BLOCK)) for start in range(0, n, _BLOCK)]


def _weights(crowd: Crowd, rows: slice) -> Floats:
    everyone = slice(0, crowd.n)
    mine, theirs = crowd.values(rows, everyone)
    one, other = np.arange(rows.start, rows.stop)[:, None], np.arange(crowd.n)[None, :]
    weight = crowd.weights(one, other, mine, theirs)
    weight += _LUCK * crowd.luck(one, other)
    weight[~crowd.allowed(rows, everyone)] = _NEVER
    return weight

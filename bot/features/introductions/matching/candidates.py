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
_SAFE = 16
"""So many pairs above the floor are enough for anybody."""
_TILE = 256
"""People a side: what is computed at once stays near the processor."""
_LUCK = np.float32(0.02)
_STEP = np.float32(1 / 2000)
"""While candidates are chosen, weights are whole numbers of these, to take half the memory."""
_NEVER = np.int16(-32000)


@dataclass(frozen=True)
class Pairs:
    """Allowed pairs, each once with `one` before `other`, and what they are worth."""

    one: Ints
    other: Ints
    weight: Floats
    worse: Floats
    """What the one of the two has of it who has less."""

    @property
    def ends(self) -> Ints:
        return np.stack([self.one, self.other])


def promising(crowd: Crowd) -> Pairs:
    """For each, the pairs of the least regret: what both lose against the best each could have."""
    n = crowd.n
    each = n if n <= _ALL else _each(crowd)
    tiles = _tiles(crowd)
    best = np.concatenate([_row(tiles, a).max(axis=1) for a in range(len(_blocks(n)))])
    chosen = []
    for number, rows in enumerate(_blocks(n)):
        weight = _row(tiles, number)
        possible = weight > _NEVER
        if each < n:
            # The own best is the same in the whole row and left away. Halves fit the small numbers.
            regret = best[None, :] // 2 - weight // 2
            near = np.argpartition(regret, each, axis=1)[:, :each]
            one, place = np.nonzero(np.take_along_axis(possible, near, axis=1))
            other = near[one, place]
        else:
            one, other = np.nonzero(possible)
        chosen.append(np.stack([one + rows.start, other]))
    return pairs_of(crowd, np.concatenate(chosen, axis=1))


def with_safer_pairs(crowd: Crowd, pairs: Pairs, floor: float) -> Pairs:
    """For those who have few pairs above a floor, also the ones in which both have the most.

    Who is best with whom says little of them: their best is not much, and others regret it.
    """
    if crowd.n <= _ALL:
        return pairs
    above = pairs.ends[:, pairs.worse > floor]
    few = np.flatnonzero(np.bincount(above.ravel(), minlength=crowd.n) < _SAFE)
    everyone = np.arange(crowd.n)
    found = [pairs.ends]
    for start in range(0, len(few), _TILE):
        some = few[start : start + _TILE]
        worse = np.minimum(*crowd.values(some, everyone))
        worse += np.float32(1e-3) * crowd.luck(some[:, None], everyone[None, :])
        worse[~crowd.allowed(some, everyone)] = -1
        best = np.argpartition(-worse, _SAFE, axis=1)[:, :_SAFE]
        one, place = np.nonzero(np.take_along_axis(worse, best, axis=1) > floor)
        found.append(np.stack([some[one], best[one, place]]))
    return pairs_of(crowd, np.concatenate(found, axis=1))


Tiles = dict[tuple[int, int], NDArray[np.int16]]


def _tiles(crowd: Crowd) -> Tiles:
    """The weights of all pairs, each computed once: of a tile and its mirror, one is kept."""
    blocks = list(enumerate(_blocks(crowd.n)))
    return {
        (a, b): _weights(crowd, rows, columns)
        for a, rows in blocks
        for b, columns in blocks
        if a <= b
    }


def _row(tiles: Tiles, number: int) -> NDArray[np.int16]:
    """All tiles beside one another that a block of people is in."""
    many = max(b for _, b in tiles) + 1
    return np.hstack([tiles[b, number].T if b < number else tiles[number, b] for b in range(many)])


def pairs_of(crowd: Crowd, ends: Ints) -> Pairs:
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
    return [slice(start, min(n, start + _TILE)) for start in range(0, n, _TILE)]


def _weights(crowd: Crowd, rows: slice, columns: slice) -> NDArray[np.int16]:
    one = np.arange(rows.start, rows.stop)[:, None]
    other = np.arange(columns.start, columns.stop)[None, :]
    mine, theirs = crowd.values(rows, columns)
    weight = crowd.weights(one, other, mine, theirs)
    weight += _LUCK * crowd.luck(one, other)
    weight /= _STEP
    np.clip(weight, _NEVER + 1, -_NEVER, out=weight)
    weight[~crowd.allowed(rows, columns)] = _NEVER
    return weight.astype(np.int16)

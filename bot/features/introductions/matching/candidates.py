"""Which pairs the solver looks at: all of a small round, the most promising of a large one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.features.introductions.matching.rough import NEVER, Rough, Shorts
from bot.features.introductions.matching.scoring import Crowd
from bot.features.introductions.matching.tag_arrays import Floats, Ints

_EACH = 20
_EACH_OF_MANY_ALIKE = 40
"""Where one kind is most of the round, many want the same few."""
_ALL = 256
"""Up to so many people, every allowed pair is looked at."""
_SAFE = 16
"""So many pairs above the floor are enough for anybody."""
_TOGETHER = 256
"""People whose safer pairs are looked for at once."""
_GROUPS = 16
"""So many groups of columns for each pair that is wanted, before the least of them are found."""


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
    if crowd.n <= _ALL:
        everyone = slice(0, crowd.n)
        return pairs_of(crowd, np.stack(np.nonzero(crowd.allowed(everyone, everyone))))
    each = _each(crowd)
    near = pairs_of(crowd, _near(Rough(crowd), each))
    return _fewer(crowd, near, each) if len(near.one) > each * crowd.n else near


def _near(rough: Rough, each: int) -> Ints:
    """Pairs in which somebody regrets less than in all but so many others, or as much.

    What a person has at best is the same in all of their pairs: only the other's is counted.
    """
    n, blocks = rough.crowd.n, rough.blocks
    tiles = {(a, b): rough.weights(a, b) for b in range(len(blocks)) for a in range(b + 1)}
    best = np.full(n, NEVER, dtype=np.int16)
    for (a, b), weight in tiles.items():
        for block, axis in ((blocks[a], 1), (blocks[b], 0)):
            best[block] = np.maximum(best[block], weight.max(axis=axis))
    halvings = max(0, (n // (_GROUPS * each)).bit_length() - 1)
    least: dict[int, list[Shorts]] = {number: [] for number in range(len(blocks))}
    for (a, b), weight in tiles.items():
        least[a].append(_least(best[blocks[b]] - weight, halvings))
        if a != b:
            least[b].append(_least((best[blocks[a]][:, None] - weight).T, halvings))
    limit = np.concatenate(
        [np.partition(np.hstack(some), each - 1, axis=1)[:, each - 1] for some in least.values()]
    )
    found = []
    for (a, b), weight in tiles.items():
        near = best[blocks[b]] - weight <= limit[blocks[a]][:, None]
        near |= best[blocks[a]][:, None] - weight <= limit[blocks[b]]
        near &= weight > NEVER
        one, other = np.divmod(np.flatnonzero(near), near.shape[1])
        found.append(np.stack([one + blocks[a].start, other + blocks[b].start]))
    return np.concatenate(found, axis=1)


def _least(regret: Shorts, halvings: int) -> Shorts:
    """The least of every few columns: what is among the first of all is among these."""
    for _ in range(halvings):
        half = regret.shape[1] // 2
        lower = np.minimum(regret[:, :half], regret[:, half : 2 * half])
        regret = np.hstack([lower, regret[:, 2 * half :]]) if regret.shape[1] % 2 else lower
    return regret


def _fewer(crowd: Crowd, pairs: Pairs, each: int) -> Pairs:
    """Where many are alike, as many are equally near: those go on by lot."""
    person, partner = np.concatenate([pairs.ends, pairs.ends[::-1]], axis=1)
    weight = np.concatenate([pairs.weight, pairs.weight])
    best = np.full(crowd.n, -np.inf, dtype=np.float32)
    np.maximum.at(best, person, weight)
    regret = best[partner] - weight
    order = np.lexsort((regret, person))
    first = np.searchsorted(person[order], person[order])
    kept = order[np.arange(len(order)) - first < each] % len(pairs.one)
    chosen = np.zeros(len(pairs.one), dtype=bool)
    chosen[kept] = True
    return Pairs(pairs.one[chosen], pairs.other[chosen], pairs.weight[chosen], pairs.worse[chosen])


def with_safer_pairs(crowd: Crowd, pairs: Pairs, floor: float) -> Pairs:
    """For those who have few pairs above a floor, also the ones in which both have the most.

    Who is best with whom says little of them: their best is not much, and others regret it.
    """
    if crowd.n <= _ALL:
        return pairs
    above = pairs.ends[:, pairs.worse > floor]
    few = np.flatnonzero(np.bincount(above.ravel(), minlength=crowd.n) < _SAFE)
    everyone = slice(0, crowd.n)
    found = []
    for start in range(0, len(few), _TOGETHER):
        some = few[start : start + _TOGETHER]
        worse = np.minimum(*crowd.values(some, everyone))
        worse += np.float32(1e-3) * crowd.luck(some[:, None], np.arange(crowd.n))
        worse[~crowd.allowed(some, everyone)] = -1
        best = np.argpartition(-worse, _SAFE, axis=1)[:, :_SAFE]
        one, place = np.nonzero(np.take_along_axis(worse, best, axis=1) > floor)
        found.append(np.stack([some[one], best[one, place]]))
    return with_pairs(crowd, pairs, np.concatenate(found, axis=1)) if found else pairs


def with_pairs(crowd: Crowd, pairs: Pairs, ends: Ints) -> Pairs:
    """And these, where they are new."""
    known = pairs.one * crowd.n + pairs.other
    new = ~np.isin(ends.min(axis=0) * crowd.n + ends.max(axis=0), known)
    more = pairs_of(crowd, ends[:, new])
    return Pairs(
        np.concatenate([pairs.one, more.one]),
        np.concatenate([pairs.other, more.other]),
        np.concatenate([pairs.weight, more.weight]),
        np.concatenate([pairs.worse, more.worse]),
    )


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

"""What all pairs are worth, roughly: to choose the candidates among the fifty million of a crowd.

How well a search is met is counted in steps, one byte each, and people stand in blocks of one
kind. So a small table says for two blocks what any two numbers of steps are worth together, and
looking it up is all that is left to do for a pair.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.features.introductions.matching import objective as o
from bot.features.introductions.matching.scoring import Crowd, phi, worth
from bot.features.introductions.matching.tag_arrays import Floats

Bytes = NDArray[np.uint8]
Shorts = NDArray[np.int16]

_STEPS = 120
"""Rounded down, so that no meeting has more."""
_BEST = round(o.BEST_SEARCH * _STEPS)
_BLOCK = 256
"""People: what is computed at once stays near the processor."""
_UNIT = 2000
"""Weights are whole numbers of such parts of one."""
_MOST = 15_000
NEVER = -16_000
"""What is forbidden, below every weight; the best weight less this is still a short number."""
_LUCK_BITS = 5


class Rough:
    """The weights of all pairs, block by block."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.blocks = [
            slice(start, min(stop, start + _BLOCK))
            for begin, stop in _runs(crowd.kind.tolist())
            for start in range(begin, stop, _BLOCK)
        ]
        self._read_steps()
        self._worth: dict[tuple[int, int], tuple[Floats, Floats, Shorts]] = {}
        self._alike = not crowd.fairness or bool((crowd.multiplier == 1).all())
        self._hash = (crowd.hash >> np.uint32(16)).astype(np.uint16)

    def _read_steps(self) -> None:
        """Tables a block: what a search adds as the best of all, and as one of so many."""
        searches = self.crowd.searches
        many = np.unique(searches.count)
        best = (searches.found * np.float32(_BEST)).astype(np.uint8)
        each = [
            (searches.found * np.float32((_STEPS - _BEST) / count)).astype(np.uint8)
            for count in many.tolist()
        ]
        self._steps = [
            np.concatenate([table[:, block] for table in (best, *each)]) for block in self.blocks
        ]
        table = 1 + np.searchsorted(many, searches.count)
        self._among = searches.slots + (table * len(best))[:, None]

    def weights(self, a: int, b: int) -> Shorts:
        """Of the people of one block in rows and those of another in columns."""
        crowd, rows, columns = self.crowd, self.blocks[a], self.blocks[b]
        code = self._met(a, b).astype(np.int16)
        code *= _STEPS + 1
        code += self._met(b, a).T
        kinds = int(crowd.kind[rows.start]), int(crowd.kind[columns.start])
        mine, theirs, both = self._tables(*kinds)
        if self._alike:
            weight = both.take(code)
        else:
            exact = crowd.multiplier[rows][:, None] * mine.take(code)
            exact += crowd.multiplier[columns] * theirs.take(code)
            weight = np.clip(exact, -_MOST, _MOST).astype(np.int16)
        if crowd.fairness:
            bonus = crowd.crossing[kinds] - crowd.shared[rows, kinds[1]]
            weight += _units(bonus)[:, None]
            weight -= _units(crowd.shared[columns, kinds[0]])
        luck = self._hash[rows][:, None] ^ self._hash[columns]
        luck *= np.uint16(0x9E3B)
        luck >>= np.uint16(16 - _LUCK_BITS)
        weight += luck.view(np.int16)
        weight[~crowd.allowed(rows, columns)] = NEVER
        return weight

    def _met(self, a: int, b: int) -> Bytes:
        """m(i→j), in steps."""
        rows, steps = self.blocks[a], self._steps[b]
        best = np.zeros((rows.stop - rows.start, steps.shape[1]), dtype=np.uint8)
        total = np.zeros_like(best)
        for slot, among in zip(self.crowd.searches.slots[rows].T, self._among[rows].T, strict=True):
            np.maximum(best, steps.take(slot, axis=0), out=best)
            total += steps.take(among, axis=0)
        total += best
        return total

    def _tables(self, kind: int, other: int) -> tuple[Floats, Floats, Shorts]:
        """For two kinds, what one has, what the other has, and both together."""
        found = self._worth.get((kind, other))
        if found is None:
            steps = np.arange(_STEPS + 1, dtype=np.float32) / np.float32(_STEPS)
            there = np.repeat(steps[:, None], len(steps), axis=1)
            back = np.ascontiguousarray(there.T)
            affinity = self.crowd.affinity[kind, other]
            mine, theirs = worth(there, back, affinity), worth(back, there, affinity)
            if self.crowd.fairness:
                mine, theirs = phi(mine), phi(theirs)
            found = mine * _UNIT, theirs * _UNIT, _units(mine + theirs)
            self._worth[kind, other] = found
        return found


def _units(value: Floats) -> Shorts:
    units: Shorts = np.rint(value * np.float32(_UNIT)).astype(np.int16)
    return units


def _runs(kinds: list[int]) -> list[tuple[int, int]]:
    """From where to where people are of one kind."""
    begins = [n for n, kind in enumerate(kinds) if n == 0 or kind != kinds[n - 1]]
    return list(zip(begins, [*begins[1:], len(kinds)], strict=True))

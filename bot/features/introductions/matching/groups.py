"""Groups of three and more: the odd one out joins two others, and members change places.

The best groups of four cannot be found for sure in a reasonable time. One member is taken out of
every group and all of those are assigned again, exactly, until that gains nothing any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np

from bot.features.introductions.matching.scoring import Crowd
from bot.features.introductions.matching.tag_arrays import Flags, Floats, Ints

Groups = list[list[int]]

IMPOSSIBLE = 1e4
_POOR_PRICE = 16.0
"""Below the floor, as for a pair: more than any group gains."""
_HAIR = 1e-6
"""What adding small numbers in another order may change."""
TOGETHER = 400
"""So many groups at once exchange a member."""


def joined(
    crowd: Crowd, groups: Groups, left: Sequence[int], relaxed: Sequence[str] = ()
) -> dict[int, int]:
    """Which group each of those left takes part in, as many of them as can; one a group."""
    if not groups or not left:
        return {}
    possible, value = offers(crowd, groups, np.array(left), relaxed)
    chosen = _assigned(possible, value - worth(crowd, groups)[None, :])
    return {left[row]: column for row, column in chosen}


def worth(crowd: Crowd, groups: Groups) -> Floats:
    """What each group adds to the round: the pairs in it, shared among its members."""
    _, first, size = _flat(groups)
    inner, _ = _inside(crowd, groups)
    shared: Floats = (np.add.reduceat(inner, first) / 2 / np.maximum(1, size - 1)).astype(
        np.float32
    )
    return shared


def offers(
    crowd: Crowd, rests: Groups, people: Ints, relaxed: Sequence[str] = ()
) -> tuple[Flags, Floats]:
    """Whether each person may join each group, and what it would then be worth."""
    flat, first, size = _flat(rests)
    mine, theirs = crowd.values(people, flat)
    weight = crowd.weights(people[:, None], flat[None, :], mine, theirs)
    allowed = crowd.allowed(people, flat, relaxed, size=3)
    possible = np.logical_and.reduceat(allowed, first, axis=1)
    possible &= _fits(crowd, rests, people, relaxed)
    inner_weight, inner_value = _inside(crowd, rests)
    value = np.add.reduceat(inner_weight, first)[None, :] / 2
    value = (value + np.add.reduceat(weight, first, axis=1)) / size
    if crowd.fairness:
        own = np.add.reduceat(mine, first, axis=1) / size
        others = (inner_value[None, :] + theirs) / np.repeat(size, size)[None, :]
        worst = np.minimum(own, np.minimum.reduceat(others, first, axis=1))
        below = np.maximum(0, crowd.floor - worst)
        value -= _POOR_PRICE * np.where(below > _HAIR, 1 + below, 0)
    return possible, value.astype(np.float32)


def _flat(groups: Groups) -> tuple[Ints, Ints, Ints]:
    size = np.array([len(group) for group in groups], dtype=np.int64)
    flat = np.array([person for group in groups for person in group], dtype=np.int64)
    return flat, np.concatenate([[0], np.cumsum(size)[:-1]]), size


def _inside(crowd: Crowd, groups: Groups) -> tuple[Floats, Floats]:
    """For each member, the weight and the value of all pairs with the others of the group."""
    ends = [(a, b) for group in groups for a in group for b in group if a != b]
    if not ends:
        nothing = np.zeros(sum(map(len, groups)), dtype=np.float32)
        return nothing, nothing.copy()
    one, other = np.array(ends, dtype=np.int64).T
    mine, theirs = crowd.values_of(one, other)
    weight = crowd.weights(one, other, mine, theirs)
    place = {person: n for n, person in enumerate(p for group in groups for p in group)}
    at = np.array([place[person] for person in one.tolist()])
    return (
        np.bincount(at, weight, len(place)).astype(np.float32),
        np.bincount(at, mine, len(place)).astype(np.float32),
    )


def _fits(crowd: Crowd, rests: Groups, people: Ints, relaxed: Sequence[str]) -> Flags:
    """The rules about a group as a whole: a language of all, and the company of an authority."""
    flat, first, _ = _flat(rests)
    fits = np.ones((len(people), len(rests)), dtype=bool)
    if "language" not in relaxed:
        common = np.bitwise_and.reduceat(crowd.rules.languages[flat], first, axis=0)
        fits &= (crowd.rules.languages[people][:, None, :] & common[None, :, :]).any(axis=2)
    authority, business = crowd.rules.authority, crowd.rules.business
    named = ~authority & (crowd.rules.organisation >= 0)
    seated = np.logical_or.reduceat(authority[flat], first)[None, :] | authority[people][:, None]
    dealing = np.logical_or.reduceat(business[flat], first)[None, :] | business[people][:, None]
    there = np.array(
        [
            len(set(crowd.rules.organisation[[p for p in rest if named[p]]].tolist()))
            for rest in rests
        ]
    )
    organisations = there[None, :] + named[people][:, None]
    fits &= ~(seated & dealing) | (organisations >= 2)
    return fits


def _assigned(possible: Flags, value: Floats) -> list[tuple[int, int]]:
    """As many as can be, then of the greatest value."""
    from scipy.optimize import linear_sum_assignment

    cost = np.where(possible, -value, IMPOSSIBLE).astype(np.float64)
    rows, columns = linear_sum_assignment(cost)
    return [
        (row, column)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        if possible[row, column]
    ]


def exchanged(crowd: Crowd, groups: Groups, seed: int) -> Groups:
    """One member of every group is assigned again, until a whole turn gains nothing."""
    chance = Random(seed)  # noqa: S311 (the same for the same seed)
    groups = [list(group) for group in groups]
    many = [group for group in groups if len(group) > 2]
    without_gain, turn = 0, 0
    while many and without_gain < max(map(len, many)) and turn < 60:
        chance.shuffle(many)
        gained = False
        for start in range(0, len(many), TOGETHER):
            gained |= _exchange(crowd, many[start : start + TOGETHER], turn)
        without_gain = 0 if gained else without_gain + 1
        turn += 1
    return groups


def _exchange(crowd: Crowd, groups: Groups, turn: int) -> bool:
    out = np.array([group[turn % len(group)] for group in groups])
    rests = [[p for p in group if p != taken] for group, taken in zip(groups, out, strict=True)]
    possible, value = offers(crowd, rests, out)
    here = np.arange(len(groups))
    possible[here, here] = True
    chosen = _assigned(possible, value)
    gain = sum(value[row, column] for row, column in chosen) - value[here, here].sum()
    if gain < 1e-4 or len(chosen) < len(groups):
        return False
    for row, column in chosen:
        groups[column][:] = [*rests[column], int(out[row])]
    return True

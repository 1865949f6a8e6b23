"""Groups of three and more: the odd one out joins two others; fours are made of pairs.

The best groups of four cannot be found for sure in a reasonable time. One member is taken out of
every group and all of those are assigned again, exactly, until that gains nothing any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from bot.features.introductions.matching.scoring import Crowd
from bot.features.introductions.matching.tag_arrays import Flags, Floats, Ints

Groups = list[list[int]]

_IMPOSSIBLE = 1e4
_POOR_PRICE = 16.0
"""Below the floor, as for a pair: more than any group gains."""
_HAIR = 1e-6
"""What adding small numbers in another order may change."""
_TOGETHER = 400
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

    cost = np.where(possible, -value, _IMPOSSIBLE).astype(np.float64)
    rows, columns = linear_sum_assignment(cost)
    return [
        (row, column)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        if possible[row, column]
    ]


def of_size(crowd: Crowd, pairs: Groups, singles: list[int], size: int, seed: int) -> Groups:
    """Groups of `size`, or of one less where the numbers do not divide; what does not fit
    anywhere stays smaller."""
    groups = [*_doubled(crowd, pairs, size), *([person] for person in singles)]
    groups = _evened(crowd, groups, size)
    return exchanged(crowd, groups, seed)


def _doubled(crowd: Crowd, pairs: Groups, size: int) -> Groups:
    """Pairs of pairs."""
    from bot.features.introductions.matching.solver import Graph, best_pairs

    if size < 4 or len(pairs) < 2:
        return [list(pair) for pair in pairs]
    one, other, weight = _meetings_of_pairs(crowd, pairs)
    alone = np.full(len(pairs), _IMPOSSIBLE)
    partner = best_pairs(Graph(len(pairs), one, other, weight, alone))
    return [
        [*pairs[a], *pairs[b]] if a != b else list(pairs[a])
        for a, b in enumerate(partner.tolist())
        if a <= b
    ]


_PAIRS_EACH = 20


def _meetings_of_pairs(crowd: Crowd, pairs: Groups) -> tuple[Ints, Ints, NDArray[np.float64]]:
    ends: list[Ints] = []
    weights: list[Floats] = []
    for start in range(0, len(pairs), _TOGETHER):
        part = pairs[start : start + _TOGETHER]
        left, value = offers(crowd, pairs, np.array([a for a, _ in part]))
        right, more = offers(crowd, pairs, np.array([b for _, b in part]))
        value = np.where(left & right & _whole(crowd, part, pairs), value + more, -_IMPOSSIBLE)
        each = min(_PAIRS_EACH, len(pairs) - 1)
        near = (
            np.argpartition(-value, each - 1, axis=1)[:, :each]
            if len(pairs) > _TOGETHER
            else (np.broadcast_to(np.arange(len(pairs)), value.shape))
        )
        one, column = np.nonzero(np.take_along_axis(value, near, axis=1) > -_IMPOSSIBLE)
        other = near[one, column]
        ends.append(np.stack([one + start, other]))
        weights.append(value[one, other])
    both, weight = np.concatenate(ends, axis=1), np.concatenate(weights).astype(np.float64)
    low, high = both.min(axis=0), both.max(axis=0)
    _, first = np.unique(low * len(pairs) + high, return_index=True)
    return low[first], high[first], weight[first]


def _whole(crowd: Crowd, part: Groups, pairs: Groups) -> Flags:
    """Whether two pairs have a language in common."""
    mine = np.bitwise_and.reduce(crowd.rules.languages[np.array(part)], axis=1)
    theirs = np.bitwise_and.reduce(crowd.rules.languages[np.array(pairs)], axis=1)
    whole: Flags = (mine[:, None, :] & theirs[None, :, :]).any(axis=2)
    return whole


def _evened(crowd: Crowd, groups: Groups, size: int) -> Groups:
    """Whoever is in a group too small joins another, or is joined by one of a full group."""
    groups = [list(group) for group in groups]
    waiting = sorted((group for group in groups if len(group) < size - 1), key=len)
    while waiting:
        group = waiting.pop(0)
        merged = _into_another(crowd, groups, group, size)
        if merged is not None:
            waiting = [other for other in waiting if other is not merged[0]]
            groups = [other for other in groups if other is not group and other is not merged[0]]
            groups.append(merged[1])
            if len(merged[1]) < size - 1:
                waiting.append(merged[1])
        elif _joined_by_one(crowd, groups, group, size) and len(group) < size - 1:
            waiting.insert(0, group)
    return groups


def _into_another(
    crowd: Crowd, groups: Groups, group: list[int], size: int
) -> tuple[list[int], list[int]] | None:
    """The group that takes these in, and what it becomes."""
    room = [other for other in groups if other is not group and len(other) + len(group) <= size]
    if not room:
        return None
    possible, value = offers(crowd, room, np.array(group))
    value = np.where(possible.all(axis=0), value.sum(axis=0), -np.inf)
    for column in np.argsort(-value, kind="stable").tolist():
        if value[column] == -np.inf:
            return None
        merged = _merged(crowd, group, room[column])
        if merged:
            return room[column], merged
    return None


def _joined_by_one(crowd: Crowd, groups: Groups, group: list[int], size: int) -> bool:
    """One of a full group, which stays large enough without."""
    givers = [other for other in groups if len(other) == size]
    if not givers:
        return False
    people = np.array([person for giver in givers for person in giver])
    possible, value = offers(crowd, [group], people)
    value = np.where(possible[:, 0], value[:, 0], -np.inf)
    best = int(value.argmax())
    if value[best] == -np.inf:
        return False
    givers[best // size].remove(int(people[best]))
    group.append(int(people[best]))
    return True


def _merged(crowd: Crowd, one: list[int], other: list[int]) -> list[int] | None:
    merged = list(other)
    for person in one:
        possible, _ = offers(crowd, [merged], np.array([person]))
        if not possible[0, 0]:
            return None
        merged.append(person)
    return merged


def exchanged(crowd: Crowd, groups: Groups, seed: int) -> Groups:
    """One member of every group is assigned again, until a whole turn gains nothing."""
    chance = Random(seed)  # noqa: S311 (the same for the same seed)
    groups = [list(group) for group in groups]
    many = [group for group in groups if len(group) > 2]
    without_gain, turn = 0, 0
    while many and without_gain < max(map(len, many)) and turn < 60:
        chance.shuffle(many)
        gained = False
        for start in range(0, len(many), _TOGETHER):
            gained |= _exchange(crowd, many[start : start + _TOGETHER], turn)
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

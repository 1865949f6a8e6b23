"""Groups of four for a round of fours: made of pairs, as many as the rules allow.

A four keeps every rule in every pair of it. Two who may not meet, such as two competitors, need
two groups: where a third of a round are of industry, the others are not enough to make all fours.
Then some stay in pairs, rather than all in threes.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bot.features.introductions.matching.groups import (
    IMPOSSIBLE,
    TOGETHER,
    Groups,
    exchanged,
    offers,
)
from bot.features.introductions.matching.rules import why_not_group
from bot.features.introductions.matching.scoring import Crowd
from bot.features.introductions.matching.tag_arrays import Flags, Floats, Ints


def of_size(crowd: Crowd, pairs: Groups, singles: list[int], size: int, seed: int) -> Groups:
    """As many groups of `size` as can be; of one less where the numbers do not divide, and pairs
    where the rules allow no more."""
    groups = [*_doubled(crowd, pairs, size), *([person] for person in singles)]
    if size == 4:
        groups = _split_again(crowd, groups)
    groups = _evened(crowd, groups, size)
    return exchanged(crowd, groups, seed)


def _doubled(crowd: Crowd, pairs: Groups, size: int) -> Groups:
    """Pairs of pairs."""
    from bot.features.introductions.matching.solver import Graph, best_pairs

    if size < 4 or len(pairs) < 2:
        return [list(pair) for pair in pairs]
    one, other, weight = _meetings_of_pairs(crowd, pairs)
    alone = np.full(len(pairs), IMPOSSIBLE)
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
    for start in range(0, len(pairs), TOGETHER):
        part = pairs[start : start + TOGETHER]
        left, value = offers(crowd, pairs, np.array([a for a, _ in part]))
        right, more = offers(crowd, pairs, np.array([b for _, b in part]))
        value = np.where(left & right & _whole(crowd, part, pairs), value + more, -IMPOSSIBLE)
        each = min(_PAIRS_EACH, len(pairs) - 1)
        near = (
            np.argpartition(-value, each - 1, axis=1)[:, :each]
            if len(pairs) > TOGETHER
            else (np.broadcast_to(np.arange(len(pairs)), value.shape))
        )
        one, column = np.nonzero(np.take_along_axis(value, near, axis=1) > -IMPOSSIBLE)
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


def _split_again(crowd: Crowd, groups: Groups) -> Groups:
    """Two pairs that fit no other pair, with a group of four or two pairs more, are eight people:
    perhaps two fours."""
    while True:
        pairs = [group for group in groups if len(group) == 2][:_TRIED]
        fours = [group for group in groups if len(group) == 4][:_TRIED]
        found = _two_fours(crowd, pairs, fours)
        if found is None:
            return groups
        moved = {person for group in found for person in group}
        groups = [group for group in groups if moved.isdisjoint(group)] + found


_TRIED = 48
"""Pairs, and fours, of which every two and one are tried …"""
_FEW = 8
"""… and pairs of which every four are."""
_SPLITS = [
    ((0, *some), tuple(n for n in range(1, 8) if n not in some))
    for some in combinations(range(1, 8), 3)
]


def _two_fours(crowd: Crowd, pairs: Groups, fours: Groups) -> Groups | None:
    others = [*fours, *([*a, *b] for a, b in combinations(pairs[:_FEW], 2))]
    eights = np.array(
        [
            [*a, *b, *c]
            for a, b in combinations(pairs, 2)
            for c in others
            if a[0] not in c and b[0] not in c
        ]
    )
    if not len(eights):
        return None
    people = np.array(sorted(person for group in (*pairs, *fours) for person in group))
    allowed = crowd.allowed(people, people, size=4)
    place = np.searchsorted(people, eights)
    may = {
        ends: allowed[place[:, ends[0]], place[:, ends[1]]] for ends in combinations(range(8), 2)
    }
    for split in _SPLITS:
        ends = [pair for some in split for pair in combinations(some, 2)]
        for eight in eights[np.logical_and.reduce([may[pair] for pair in ends])].tolist():
            found = [[eight[n] for n in some] for some in split]
            if all(why_not_group([crowd.people[n] for n in some]) is None for some in found):
                return found
    return None


def _evened(crowd: Crowd, groups: Groups, size: int) -> Groups:
    """Who is alone joins others, or is joined by one of a full group; so is the last pair, which
    is one only because the numbers do not divide."""
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
        elif _is_the_last(group, groups, size) and _joined_by_one(crowd, groups, group, size):
            waiting += [group] if len(group) < size - 1 else []
    return groups


def _is_the_last(group: list[int], groups: Groups, size: int) -> bool:
    return len(group) == 1 or sum(len(other) < size - 1 for other in groups) == 1


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

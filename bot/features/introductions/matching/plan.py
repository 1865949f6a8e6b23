"""One round: who meets whom, where, and who is left out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from bot.features.introductions.matching.model import Candidate, Group, Plan, Point
from bot.features.introductions.matching.reasons import reasons
from bot.features.introductions.matching.rules import RELAXABLE, broken, why_not_group

if TYPE_CHECKING:
    from bot.features.introductions.matching.scoring import Crowd
    from bot.features.introductions.matching.tag_arrays import Ints

# NumPy, SciPy and rustworkx are loaded when a round is planned, not when the bot starts.


def plan_round(
    candidates: Sequence[Candidate],
    *,
    size: int = 2,
    points: Sequence[Point] | None = None,
    seed: int = 0,
    fairness: bool = True,
) -> Plan:
    """The round that is worth most under the hard rules; the same for the same seed.

    `points=None`: there is a table for every group. Without `fairness`, only the sum counts.
    """
    people = sorted(candidates, key=lambda person: (person.kind, person.key))
    taking_part, at_stands = _one_a_stand(people, seed)
    draft = _formed(taking_part, size, seed, fairness)
    placed, without_table = _seated(draft, taking_part, points)
    left = {**dict.fromkeys(at_stands, "stand_taken"), **draft.left, **without_table}
    by_key = {person.key: person for person in people}
    return Plan(
        tuple(_group(seat, by_key) for seat in placed),
        {key: left[key] for key in sorted(left)},
    )


def _one_a_stand(people: Sequence[Candidate], seed: int) -> tuple[list[Candidate], list[str]]:
    """One person a stand takes part: whoever waited longest, then by lot."""
    first: dict[str, Candidate] = {}
    for person in sorted(people, key=lambda person: (-person.waiting, lot(person.key, seed))):
        if person.stand:
            first.setdefault(person.stand, person)
    taking_part = [person for person in people if not person.stand or first[person.stand] is person]
    there = {person.key for person in taking_part}
    return taking_part, [person.key for person in people if person.key not in there]


def lot(key: str, seed: int) -> str:
    return hashlib.blake2b(f"{seed}\0{key}".encode(), digest_size=8).hexdigest()


@dataclass
class _Draft:
    """Groups of keys and what each is worth; who is in none, and why."""

    groups: list[list[str]] = field(default_factory=list)
    worth: list[float] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)


def _formed(people: Sequence[Candidate], size: int, seed: int, fairness: bool) -> _Draft:
    from bot.features.introductions.matching.fours import of_size
    from bot.features.introductions.matching.groups import joined, worth
    from bot.features.introductions.matching.pairing import paired
    from bot.features.introductions.matching.scoring import Crowd

    if len(people) < 2:
        return _Draft(left={person.key: "nobody_else" for person in people})
    crowd = Crowd(people, seed, fairness)
    groups, left = _pairs(paired(crowd, spare=len(people) % 2 == 1))
    if left and len(people) % 2 and not joined(crowd, groups, left):
        groups, left = _pairs(paired(crowd))
    if size > 2:
        groups = of_size(crowd, groups, left, size, seed)
        groups = [group for group in groups if _may_meet(crowd, group)]
        there = {person for group in groups for person in group}
        left = [person for person in range(crowd.n) if person not in there]
    groups, left = _with_those_left(crowd, groups, left, max(size, 3))
    return _Draft(
        [[people[n].key for n in group] for group in groups],
        worth(crowd, groups).tolist() if groups else [],
        {people[n].key: "taken" if crowd.allowed_row(n).any() else "nobody_allowed" for n in left},
    )


def _pairs(partner: Ints) -> tuple[list[list[int]], list[int]]:
    """The pairs, and those in none."""
    ends = list(enumerate(partner.tolist()))
    return [[a, b] for a, b in ends if a < b], [a for a, b in ends if a == b]


def _may_meet(crowd: Crowd, group: Sequence[int]) -> bool:
    return len(group) > 1 and why_not_group([crowd.people[n] for n in group]) is None


def _with_those_left(
    crowd: Crowd, groups: list[list[int]], left: list[int], largest: int
) -> tuple[list[list[int]], list[int]]:
    """The odd ones out join a group; only then do rules give way, one after the other."""
    from bot.features.introductions.matching.few import FEW, best_groups
    from bot.features.introductions.matching.groups import joined

    for relaxed in ((), RELAXABLE[:1], RELAXABLE):
        if relaxed:
            made, left = _paired_anyway(crowd, left, relaxed)
            groups = groups + made
        open_to_more = [group for group in groups if len(group) < largest]
        for person, column in joined(crowd, open_to_more, left, relaxed).items():
            open_to_more[column].append(person)
            left = [other for other in left if other != person]
        if not relaxed and left and largest == 3 and crowd.n <= FEW:
            certain = best_groups(crowd)
            fewer = sorted(set(range(crowd.n)).difference(*certain))
            if len(fewer) < len(left):
                groups, left = certain, fewer
    return groups, left


def _paired_anyway(
    crowd: Crowd, left: list[int], relaxed: Sequence[str]
) -> tuple[list[list[int]], list[int]]:
    from bot.features.introductions.matching.pairing import paired
    from bot.features.introductions.matching.scoring import Crowd

    if len(left) < 2:
        return [], left
    few = Crowd([crowd.people[n] for n in left], crowd.seed, crowd.fairness, relaxed)
    pairs, alone = _pairs(paired(few))
    return [[left[a], left[b]] for a, b in pairs], [left[n] for n in alone]


@dataclass(frozen=True)
class _Seat:
    members: tuple[str, ...]
    point: str | None
    stand: str | None


def _seated(
    draft: _Draft, people: Sequence[Candidate], points: Sequence[Point] | None
) -> tuple[list[_Seat], dict[str, str]]:
    """Stands first, which need no table; then those who waited and those worth most."""
    by_key = {person.key: person for person in people}
    seats: list[_Seat] = []
    without: list[tuple[tuple[int, float, tuple[str, ...]], tuple[str, ...]]] = []
    for group, worth in zip(draft.groups, draft.worth, strict=True):
        members = tuple(sorted(group))
        stand = next((by_key[key].stand for key in members if by_key[key].stand), None)
        if stand or points is None:
            seats.append(_Seat(members, None, stand))
        else:
            waited = max(by_key[key].waiting for key in members)
            without.append(((-waited, -worth, members), members))
    left: dict[str, str] = {}
    if points is not None:
        groups = [members for _, members in sorted(without)]
        for members, table, out in _at_tables(groups, by_key, points):
            left.update(dict.fromkeys(out, "no_table"))
            if members:
                seats.append(_Seat(members, table, None))
    return sorted(seats, key=lambda seat: seat.members), left


def _at_tables(
    groups: Sequence[tuple[str, ...]], people: Mapping[str, Candidate], points: Sequence[Point]
) -> Iterator[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """Each group with its table and those for whom it has no seat; large groups choose first,
    the smallest table that holds them, or else the largest there is."""
    free = sorted((point for point in points if point.seats >= 2), key=lambda p: (p.seats, p.key))
    kept, dropped = groups[: len(free)], groups[len(free) :]
    for members in dropped:
        yield (), "", members
    for members in sorted(kept, key=lambda members: -len(members)):
        table = next((p for p in free if p.seats >= len(members)), free[-1])
        free.remove(table)
        stay = _who_stays(members, table.seats, people)
        yield stay, table.key, tuple(key for key in members if key not in stay)


def _who_stays(
    members: tuple[str, ...], seats: int, people: Mapping[str, Candidate]
) -> tuple[str, ...]:
    """As many of a group as have a seat and may meet without the others; those who waited first."""
    if len(members) <= seats:
        return members
    for size in range(seats, 1, -1):
        for some in combinations(sorted(members, key=lambda k: (-people[k].waiting, k)), size):
            if why_not_group([people[key] for key in some]) in (None, *RELAXABLE):
                return tuple(sorted(some))
    return ()


def _group(seat: _Seat, people: Mapping[str, Candidate]) -> Group:
    members = [people[key] for key in seat.members]
    return Group(
        members=seat.members,
        reasons={
            member.key: reasons(member, [other for other in members if other is not member])
            for member in members
        },
        relaxed=broken(members),
        point=seat.point,
        stand=seat.stand,
    )

"""The values of all pairs, as arrays: people in rows, those whom they would meet in columns.

Nothing here knows a threshold, a solver or a group. Tiles of the whole are computed when asked
for, so that ten thousand people fit in the memory of a small machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from bot.features.introductions.matching import objective as o
from bot.features.introductions.matching.model import Candidate
from bot.features.introductions.matching.rules import (
    AUTHORITY,
    BUSINESS,
    COMPANIES,
    INDUSTRIAL,
    organisation_key,
)
from bot.features.introductions.matching.tag_arrays import alike, distinct, meanings, padded

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Some = slice | Ints
"""Positions of people: many in a row, or some of them."""


def utilities(people: Sequence[Candidate]) -> Floats:
    """`[i, j]` is u_i(j), what i has of meeting j, whether the rules allow it or not."""
    crowd = Crowd(people)
    everyone = slice(0, len(people))
    return crowd.values(everyone, everyone)[0]


class Crowd:
    """People as arrays. `people` must be in an order of their own: positions are all we know."""

    def __init__(
        self,
        people: Sequence[Candidate],
        seed: int = 0,
        fairness: bool = False,
        relaxed: Sequence[str] = (),
    ) -> None:
        self.people = people
        self.n = len(people)
        self.seed = seed
        self.fairness = fairness
        self.relaxed = tuple(relaxed)
        """Hard rules that give way for these people."""
        self.floor = 0.0
        """What nobody should have less than; known once the pairs are."""
        self._read_kinds()
        self._read_tags()
        self._read_rules()
        self._read_history()
        self._hash = np.array([_number(person.key, seed) for person in people], dtype=np.uint32)

    # What they are

    def _read_kinds(self) -> None:
        self.kinds = sorted({person.kind for person in self.people})
        number = {kind: position for position, kind in enumerate(self.kinds)}
        self.kind = np.array([number[person.kind] for person in self.people], dtype=np.int64)
        self._affinity = np.array(
            [[o.affinity(a, b) for b in self.kinds] for a in self.kinds], dtype=np.float32
        ).reshape(len(self.kinds), len(self.kinds))

    def _read_tags(self) -> None:
        """`_found[t, j]`: how well what j offers meets the search t, one search a row."""
        wanted = [meanings(person.seeks) for person in self.people]
        given = [meanings(person.offers) for person in self.people]
        seeks, offers = distinct(wanted), distinct(given)
        met = alike(list(seeks), list(offers))
        found = np.zeros((len(seeks), self.n), dtype=np.float32)
        offered = padded([[offers[meant] for meant in each] for each in given])
        for slot in offered.T:
            has = np.flatnonzero(slot >= 0)
            found[:, has] = np.maximum(found[:, has], met[:, slot[has]])
        self._found = found
        self._slots = padded([[seeks[meant] for meant in each] for each in wanted])
        self._count = np.array([max(1, len(each)) for each in wanted], dtype=np.float32)

    def _read_rules(self) -> None:
        people = self.people
        spoken = {
            tongue: n for n, tongue in enumerate(sorted({x for p in people for x in p.languages}))
        }
        self.languages = np.zeros((self.n, max(1, -(-len(spoken) // 64))), dtype=np.uint64)
        for position, person in enumerate(people):
            for tongue in person.languages:
                word, bit = divmod(spoken[tongue], 64)
                self.languages[position, word] |= np.uint64(1 << bit)
        organisations = [organisation_key(person.organisation) for person in people]
        known = {name: n for n, name in enumerate(sorted(set(organisations) - {""}))}
        # Those of no organisation are each their own.
        self.organisation = np.array(
            [known.get(name, -1 - n) for n, name in enumerate(organisations)], dtype=np.int64
        )
        self._meets = np.array(
            [[not p.meets or kind in p.meets for kind in self.kinds] for p in people], dtype=bool
        ).reshape(self.n, len(self.kinds))
        self._choosy = not self._meets.all()
        self.authority = np.array([p.kind == AUTHORITY for p in people], dtype=bool)
        self.business = np.array([p.kind in BUSINESS for p in people], dtype=bool)
        self._industrial = np.array([p.kind == INDUSTRIAL for p in people], dtype=bool)
        self._company = np.array([p.kind in COMPANIES for p in people], dtype=bool)
        self._quiet = np.array([p.no_soliciting for p in people], dtype=bool)
        self.stand = np.array([bool(p.stand) for p in people], dtype=bool)
        self._read_pairs(known)

    def _read_pairs(self, organisations: dict[str, int]) -> None:
        """Blocks, earlier meetings and avoided organisations are few: a list of pairs."""
        position = {person.key: n for n, person in enumerate(self.people)}
        members: dict[int, list[int]] = {}
        for n, name in enumerate(self.organisation.tolist()):
            members.setdefault(name, []).append(n)
        pairs = {
            (n, position[key])
            for n, person in enumerate(self.people)
            for key in person.blocks | person.met
            if key in position
        }
        pairs |= {
            (n, other)
            for n, person in enumerate(self.people)
            for name in person.avoided
            for other in members.get(organisations.get(organisation_key(name), -self.n - 1), ())
        }
        listed = np.array(sorted(pairs | {(b, a) for a, b in pairs}), dtype=np.int64).reshape(-1, 2)
        self._pairs = listed
        self._pairs_from = np.searchsorted(listed[:, 0], np.arange(self.n + 1))

    def _read_history(self) -> None:
        """λ, and how often each already met somebody of a scarce kind."""
        means = [p.mean_so_far for p in self.people]
        known = [mean for mean in means if mean is not None]
        overall = sum(known) / len(known) if known else 1.0
        low, high = o.LEAST_MULTIPLIER, o.GREATEST_MULTIPLIER
        self.multiplier = np.array(
            [
                1.0 if mean is None else min(high, max(low, sqrt(overall / mean) if mean else high))
                for mean in means
            ],
            dtype=np.float32,
        )
        size = np.bincount(self.kind, minlength=len(self.kinds))
        scarce = size < o.SCARCE * self.n
        position = {person.key: n for n, person in enumerate(self.people)}
        self._shared = np.zeros((self.n, len(self.kinds)), dtype=np.float32)
        for n, person in enumerate(self.people):
            for key in person.met:
                other = position.get(key)
                if other is not None and scarce[self.kind[other]]:
                    self._shared[n, self.kind[other]] += o.SHARING
        crossing = (self.kind[:, None] != np.arange(len(self.kinds))[None, :]) * o.CROSSING
        self._bonus = crossing.astype(np.float32) - self._shared

    # What a tile of the whole says

    def values(self, rows: Some, columns: Some) -> tuple[Floats, Floats]:
        """u_i(j), and u_j(i) laid out the same way."""
        there = self._meeting(rows, columns)
        back = np.ascontiguousarray(self._meeting(columns, rows).T)
        affinity = self._affinity[self.kind[rows]][:, self.kind[columns]]
        affinity *= o.AFFINITY
        one = o.FOUND * there
        one += o.WANTED * back
        one += affinity
        back *= o.FOUND
        there *= o.WANTED
        back += there
        back += affinity
        return one, back

    def _meeting(self, rows: Some, columns: Some) -> Floats:
        """m(i→j)."""
        best, total = self._searches(rows, columns)
        best *= o.BEST_SEARCH
        total *= (o.ALL_SEARCHES / self._count[rows])[:, None]
        best += total
        return best

    def _searches(self, rows: Some, columns: Some) -> tuple[Floats, Floats]:
        """Of the searches of each, the best met by each other one, and the sum."""
        slots = self._slots[rows]
        found = self._found[:, columns]
        best = np.zeros((len(slots), found.shape[1]), dtype=np.float32)
        total = np.zeros_like(best)
        for slot in slots.T:
            has = np.flatnonzero(slot >= 0)
            if len(has) == len(slot):
                met = found[slot]
                np.maximum(best, met, out=best)
                total += met
            else:
                met = found[slot[has]]
                best[has] = np.maximum(best[has], met)
                total[has] += met
        return best, total

    def values_of(self, one: Ints, other: Ints) -> tuple[Floats, Floats]:
        """The same for some pairs."""
        there, back = self._meeting_of(one, other), self._meeting_of(other, one)
        affinity = o.AFFINITY * self._affinity[self.kind[one], self.kind[other]]
        return (
            o.FOUND * there + o.WANTED * back + affinity,
            o.FOUND * back + o.WANTED * there + affinity,
        )

    def _meeting_of(self, one: Ints, other: Ints) -> Floats:
        best = np.zeros(len(one), dtype=np.float32)
        total = np.zeros_like(best)
        for slot in self._slots.T:
            met = np.where(slot[one] >= 0, self._found[slot[one], other], np.float32(0))
            np.maximum(best, met, out=best)
            total += met
        return o.BEST_SEARCH * best + total * (o.ALL_SEARCHES / self._count[one])

    def weights(self, one: Ints, other: Ints, mine: Floats, theirs: Floats) -> Floats:
        """What pairs are worth to the round, of positions that broadcast against each other."""
        if not self.fairness:
            return mine + theirs
        weight = self.multiplier[one] * _phi(mine)
        weight += self.multiplier[other] * _phi(theirs)
        weight += self._bonus[one, self.kind[other]]
        if self._shared.any():
            weight -= self._shared[other, self.kind[one]]
        return weight

    def luck(self, one: Ints, other: Ints) -> Floats:
        """The same for (i, j) and (j, i), from 0 to 1: what decides between equals."""
        mixed = self._hash[one] ^ self._hash[other]
        mixed *= np.uint32(0x9E3779B1)
        mixed ^= mixed >> np.uint32(15)
        return mixed.astype(np.float32) * np.float32(2**-32)

    def allowed(
        self, rows: Some, columns: Some, relaxed: Sequence[str] | None = None, size: int = 2
    ) -> Flags:
        """Which pairs no hard rule forbids in a group of this size."""
        relaxed = self.relaxed if relaxed is None else relaxed
        mine, theirs = np.arange(self.n)[rows], np.arange(self.n)[columns]
        free: Flags = mine[:, None] != theirs[None, :]
        if "language" not in relaxed:
            spoken = np.zeros_like(free)
            for word in self.languages.T:
                spoken |= (word[rows][:, None] & word[columns][None, :]) != 0
            free &= spoken
        if "organisation" not in relaxed:
            free &= self.organisation[rows][:, None] != self.organisation[columns][None, :]
        if self._choosy:
            free &= self._meets[rows][:, self.kind[columns]]
            free &= self._meets[columns][:, self.kind[rows]].T
        if size < 3 and self.authority.any():
            free &= ~(self.authority[rows][:, None] & self.business[columns][None, :])
            free &= ~(self.business[rows][:, None] & self.authority[columns][None, :])
        if self.stand.any():
            free &= ~(self.stand[rows][:, None] & self.stand[columns][None, :])
        self._forbid_deals(free, mine, theirs)
        self._forbid_pairs(free, mine, theirs)
        return free

    def allowed_row(self, person: int) -> Flags:
        """With whom one person may form a pair."""
        row: Flags = self.allowed(slice(person, person + 1), slice(0, self.n))[0]
        return row

    def _forbid_deals(self, free: Flags, mine: Ints, theirs: Ints) -> None:
        """The two rules that ask whether an offer meets a search."""
        for own, other in (
            (self._industrial, self._industrial),
            (self._quiet, self._company),
            (self._company, self._quiet),
        ):
            some, others = np.flatnonzero(own[mine]), np.flatnonzero(other[theirs])
            if len(some) and len(others):
                there = self._searches(mine[some], theirs[others])[0] >= o.MEETS
                back = self._searches(theirs[others], mine[some])[0].T >= o.MEETS
                free[np.ix_(some, others)] &= there | back

    def _forbid_pairs(self, free: Flags, mine: Ints, theirs: Ints) -> None:
        if not len(self._pairs) or not free.size:
            return
        row, column = np.full(self.n, -1), np.full(self.n, -1)
        row[mine], column[theirs] = np.arange(len(mine)), np.arange(len(theirs))
        listed = self._pairs[self._pairs_from[mine.min()] : self._pairs_from[mine.max() + 1]]
        one, other = row[listed[:, 0]], column[listed[:, 1]]
        inside = (one >= 0) & (other >= 0)
        free[one[inside], other[inside]] = False


def _phi(value: Floats) -> Floats:
    """u, less the price of a poor introduction and of what a middling one lacks."""
    lacking = np.float32(o.MIDDLING) - value
    np.maximum(lacking, 0, out=lacking)
    lacking *= np.float32(-o.MIDDLING_SLOPE)
    lacking += value
    lacking -= (value < np.float32(o.POOR)) * np.float32(o.POOR_PRICE)
    return lacking


def _number(key: str, seed: int) -> int:
    digest = hashlib.blake2b(f"{seed}\0{key}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big")

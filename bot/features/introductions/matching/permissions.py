"""The hard rules of `rules.py` for many people at once; a test holds the two equal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.features.introductions.matching.model import Candidate
from bot.features.introductions.matching.rules import (
    AUTHORITY,
    BUSINESS,
    COMPANIES,
    INDUSTRIAL,
    organisation_key,
)
from bot.features.introductions.matching.tag_arrays import Flags, Ints, Searches, Some


class Permissions:
    """Who may be introduced to whom. `kind` numbers the kind of each person among `kinds`."""

    def __init__(
        self, people: Sequence[Candidate], kinds: Sequence[str], kind: Ints, searches: Searches
    ) -> None:
        self.n = len(people)
        self.kind = kind
        self.searches = searches
        self._read_languages(people)
        organisations = [organisation_key(person.organisation) for person in people]
        known = {name: n for n, name in enumerate(sorted(set(organisations) - {""}))}
        # Those of no organisation are each their own.
        self.organisation = np.array(
            [known.get(name, -1 - n) for n, name in enumerate(organisations)], dtype=np.int32
        )
        self._meets = np.array(
            [[not p.meets or kind in p.meets for kind in kinds] for p in people], dtype=bool
        ).reshape(self.n, len(kinds))
        self._choosy = not self._meets.all()
        self.authority = np.array([p.kind == AUTHORITY for p in people], dtype=bool)
        self.business = np.array([p.kind in BUSINESS for p in people], dtype=bool)
        self._industrial = np.array([p.kind == INDUSTRIAL for p in people], dtype=bool)
        self._company = np.array([p.kind in COMPANIES for p in people], dtype=bool)
        self._quiet = np.array([p.no_soliciting for p in people], dtype=bool)
        self._stand = np.array([bool(p.stand) for p in people], dtype=bool)
        self._read_pairs(people, known)

    def _read_languages(self, people: Sequence[Candidate]) -> None:
        """Eight languages a byte."""
        spoken = {x for person in people for x in person.languages}
        number = {tongue: n for n, tongue in enumerate(sorted(spoken))}
        self.languages: NDArray[np.uint8] = np.zeros(
            (self.n, max(1, -(-len(number) // 8))), dtype=np.uint8
        )
        for position, person in enumerate(people):
            for tongue in person.languages:
                byte, bit = divmod(number[tongue], 8)
                self.languages[position, byte] |= 1 << bit

    def _read_pairs(self, people: Sequence[Candidate], organisations: dict[str, int]) -> None:
        """Blocks, earlier meetings and avoided organisations are few: a list of pairs."""
        position = {person.key: n for n, person in enumerate(people)}
        members: dict[int, list[int]] = {}
        for n, name in enumerate(self.organisation.tolist()):
            members.setdefault(name, []).append(n)
        pairs = {
            (n, position[key])
            for n, person in enumerate(people)
            for key in person.blocks | person.met
            if key in position
        }
        pairs |= {
            (n, other)
            for n, person in enumerate(people)
            for name in person.avoided
            for other in members.get(organisations.get(organisation_key(name), -self.n - 1), ())
        }
        listed = np.array(sorted(pairs | {(b, a) for a, b in pairs}), dtype=np.int64).reshape(-1, 2)
        self._pairs = listed
        self._pairs_from = np.searchsorted(listed[:, 0], np.arange(self.n + 1))

    def allowed(self, rows: Some, columns: Some, relaxed: Sequence[str], size: int) -> Flags:
        """Which pairs no hard rule forbids in a group of this size."""
        mine, theirs = np.arange(self.n)[rows], np.arange(self.n)[columns]
        free: Flags = mine[:, None] != theirs[None, :]
        if "language" not in relaxed:
            spoken = np.zeros_like(free)
            for byte in self.languages.T:
                spoken |= (byte[rows][:, None] & byte[columns][None, :]) != 0
            free &= spoken
        if "organisation" not in relaxed:
            free &= self.organisation[rows][:, None] != self.organisation[columns][None, :]
        if self._choosy:
            free &= self._meets[rows][:, self.kind[columns]]
            free &= self._meets[columns][:, self.kind[rows]].T
        if size < 3:
            _forbid(free, self.authority[rows], self.business[columns])
            _forbid(free, self.business[rows], self.authority[columns])
        _forbid(free, self._stand[rows], self._stand[columns])
        self._forbid_deals(free, rows, columns)
        self._forbid_pairs(free, mine, theirs)
        return free

    def _forbid_deals(self, free: Flags, rows: Some, columns: Some) -> None:
        """The two rules that ask whether an offer meets a search."""
        for own, other in (
            (self._industrial, self._industrial),
            (self._quiet, self._company),
            (self._company, self._quiet),
        ):
            some, others = np.flatnonzero(own[rows]), np.flatnonzero(other[columns])
            if len(some) and len(others):
                deals = self.searches.deals(_of(rows, some), _of(columns, others))
                free[some[:, None], others[None, :]] &= deals

    def _forbid_pairs(self, free: Flags, mine: Ints, theirs: Ints) -> None:
        if not len(self._pairs) or not free.size:
            return
        row, column = np.full(self.n, -1), np.full(self.n, -1)
        row[mine], column[theirs] = np.arange(len(mine)), np.arange(len(theirs))
        listed = self._pairs[self._pairs_from[mine.min()] : self._pairs_from[mine.max() + 1]]
        one, other = row[listed[:, 0]], column[listed[:, 1]]
        inside = (one >= 0) & (other >= 0)
        free[one[inside], other[inside]] = False


def _forbid(free: Flags, rows: Flags, columns: Flags) -> None:
    if rows.any() and columns.any():
        free &= ~(rows[:, None] & columns[None, :])


def _of(people: Some, some: Ints) -> Some:
    """Some of these; all of them stay in a row if they were."""
    if not isinstance(people, slice):
        return people[some]
    whole = len(some) == people.stop - people.start
    return people if whole else some + people.start

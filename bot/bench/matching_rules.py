"""The hard rules once more, written from what people are promised and not from the engine.

`breaches` reads one group as a person would; `allowed` says the same of all pairs at once, for the
bounds and the rivals. A test holds the two together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bot.bench.matching_vocabulary import SERVICES, service_of
from bot.features.introductions.matching.model import Candidate, Group, Plan

Pairs = NDArray[np.bool_]

COMPANIES = ("industrial", "sme", "startup")
COMPANIES_AND_INVESTORS = (*COMPANIES, "investor")
_RELAXABLE = {"language", "organisation"}


def violations(plan: Plan, candidates: Sequence[Candidate]) -> list[str]:
    """What a plan promised to nobody: each breach of a rule, named."""
    people = {one.key: one for one in candidates}
    found = [
        breach
        for group in plan.groups
        for breach in breaches([people[key] for key in group.members], group)
    ]
    times = Counter(key for group in plan.groups for key in group.members)
    times.update(plan.left_out.keys())
    found += [f"{key} is named {times[key]} times" for key in people if times[key] != 1]
    return found + [f"{key} never said yes" for key in times if key not in people]


def breaches(members: Sequence[Candidate], group: Group | None = None) -> list[str]:
    """Of one group; what it says was relaxed is none, where it may be."""
    relaxed = set(group.relaxed) & _RELAXABLE if group else set()
    found = []
    if not 2 <= len(members) <= 4:
        found.append("size")
    if not frozenset.intersection(*(one.languages for one in members)):
        found.append("language")
    for a, b in combinations(members, 2):
        found += _between(a, b)
        if {a.kind, b.kind} == {"industrial"} and not (_serves(a, b) or _serves(b, a)):
            found.append("competitors")
    found += [
        "authority" for one in members if one.kind == "health_authority" and _captured(one, members)
    ]
    return [one for one in found if one not in relaxed]


def _between(a: Candidate, b: Candidate) -> list[str]:
    found = []
    if b.key in a.blocks or a.key in b.blocks:
        found.append("block")
    if b.key in a.met or a.key in b.met:
        found.append("met")
    if a.organisation and _name(a.organisation) == _name(b.organisation):
        found.append("organisation")
    for one, other in ((a, b), (b, a)):
        if one.meets and other.kind not in one.meets:
            found.append("kind not met")
        if other.organisation and _name(other.organisation) in set(map(_name, one.avoided)):
            found.append("avoided")
        deal = _serves(one, other) or _serves(other, one)
        if one.no_soliciting and other.kind in COMPANIES and not deal:
            found.append("soliciting")
    return found


def _captured(authority: Candidate, members: Sequence[Candidate]) -> bool:
    """Beside a company or an investor there are two organisations that have nothing in common."""
    others = [one for one in members if one is not authority]
    if not any(one.kind in COMPANIES_AND_INVESTORS for one in others):
        return False
    return len({_name(one.organisation) for one in others if one.organisation}) < 2


def _serves(giver: Candidate, seeker: Candidate) -> bool:
    return bool(_services(giver.offers) & _services(seeker.seeks))


def _services(tags: Iterable[str]) -> set[int | None]:
    return {service_of(tag) for tag in tags} - {None}


def _name(organisation: str) -> str:
    return " ".join(organisation.split()).casefold()


def repeats(rounds: Iterable[Plan]) -> int:
    """Pairs that met again, in groups of any size."""
    times = Counter(
        frozenset(pair)
        for plan in rounds
        for group in plan.groups
        for pair in combinations(group.members, 2)
    )
    return sum(count - 1 for count in times.values())


def allowed(candidates: Sequence[Candidate]) -> Pairs:
    """Which pairs may be introduced, just the two of them."""
    index = {one.key: number for number, one in enumerate(candidates)}
    pairs: Pairs = _common_language(candidates)
    np.fill_diagonal(pairs, val=False)
    for number, one in enumerate(candidates):
        for key in one.blocks | one.met:
            if key in index:
                pairs[number, index[key]] = pairs[index[key], number] = False
    names = np.array([_name(one.organisation) for one in candidates])
    for name in set(names.tolist()) - {""}:
        colleagues = np.flatnonzero(names == name)
        pairs[np.ix_(colleagues, colleagues)] = False
    unwanted = _unwanted(candidates, names)
    pairs &= ~(unwanted | unwanted.T)
    return pairs


def _common_language(candidates: Sequence[Candidate]) -> Pairs:
    pairs = np.zeros((len(candidates), len(candidates)), bool)
    for language in sorted({spoken for one in candidates for spoken in one.languages}):
        speaks = np.array([language in one.languages for one in candidates], bool)
        pairs |= speaks[:, None] & speaks
    return pairs


def _unwanted(candidates: Sequence[Candidate], names: NDArray[np.str_]) -> Pairs:
    """[i, j]: something about i stands against meeting j."""
    kinds = np.array([one.kind for one in candidates])
    serves = _all_services(candidates)
    no_deal = ~(serves | serves.T)
    companies, industrial = np.isin(kinds, COMPANIES), kinds == "industrial"
    unwanted: Pairs = (kinds == "health_authority")[:, None] & np.isin(
        kinds, COMPANIES_AND_INVESTORS
    )
    unwanted |= industrial[:, None] & industrial & no_deal
    for number, one in enumerate(candidates):
        if one.meets:
            unwanted[number] |= ~np.isin(kinds, list(one.meets))
        if one.avoided:
            unwanted[number] |= np.isin(names, [_name(name) for name in one.avoided]) & (
                names != ""
            )
        if one.no_soliciting:
            unwanted[number] |= companies & no_deal[number]
    return unwanted


def _all_services(candidates: Sequence[Candidate]) -> Pairs:
    """[i, j]: an offer of i names a service that j seeks."""

    def held(tags_of: Mapping[int, Iterable[str]]) -> NDArray[np.float32]:
        table = np.zeros((len(candidates), len(SERVICES)), np.float32)
        for number, tags in tags_of.items():
            table[number, [one for one in _services(tags) if one is not None]] = 1
        return table

    offers = held({number: one.offers for number, one in enumerate(candidates)})
    seeks = held({number: one.seeks for number, one in enumerate(candidates)})
    serves: Pairs = offers @ seeks.T > 0
    return serves

"""The hard rules: who is not introduced to whom, and which groups do not form.

`scoring.Crowd.allowed` says the same of many people at once; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import combinations

from bot.features.introductions.matching.model import Candidate
from bot.features.introductions.matching.objective import MEETS
from bot.features.introductions.matching.tags import likeness

COMPANIES = frozenset({"industrial", "sme", "startup"})
BUSINESS = COMPANIES | {"investor"}
AUTHORITY = "health_authority"
INDUSTRIAL = "industrial"

RELAXABLE = ("language", "organisation")
"""Rules that give way, in this order, rather than leave somebody out."""


def forbidden(a: Candidate, b: Candidate, size: int = 2) -> str | None:
    """The code of the first rule that keeps two people out of one group of this size.

    The rules that may give way come last: what they say is then the only thing in the way.
    """
    if b.key in a.blocks or a.key in b.blocks:
        return "blocked"
    if b.key in a.met or a.key in b.met:
        return "met"
    return _rule_of_choice(a, b) or _rule_of_kind(a, b, size) or _rule_that_may_give_way(a, b)


def _rule_of_choice(a: Candidate, b: Candidate) -> str | None:
    if _avoids(a, b) or _avoids(b, a):
        return "avoided"
    if (a.meets and b.kind not in a.meets) or (b.meets and a.kind not in b.meets):
        return "meets"
    if _solicits(a, b) or _solicits(b, a):
        return "soliciting"
    if a.stand and b.stand:
        return "stand"
    return None


def _rule_of_kind(a: Candidate, b: Candidate, size: int) -> str | None:
    kinds = {a.kind, b.kind}
    if size < 3 and AUTHORITY in kinds and kinds & BUSINESS:
        return "authority"
    if a.kind == b.kind == INDUSTRIAL and not (offer_meets(a, b) or offer_meets(b, a)):
        return "industrial"
    return None


def _rule_that_may_give_way(a: Candidate, b: Candidate) -> str | None:
    mine, theirs = organisation_key(a.organisation), organisation_key(b.organisation)
    if mine and mine == theirs:
        return "organisation"
    return None if a.languages & b.languages else "language"


def why_not_group(members: Sequence[Candidate]) -> str | None:
    """The code of the first rule that keeps these people from forming a group."""
    for a, b in combinations(members, 2):
        code = forbidden(a, b, len(members))
        if code:
            return code
    if not reduce(frozenset.__and__, (member.languages for member in members)):
        return "language"
    return None if _authority_in_company(members) else "authority"


def broken(members: Sequence[Candidate]) -> tuple[str, ...]:
    """Which of the rules that may give way did, in this group."""
    named = [key for key in (organisation_key(member.organisation) for member in members) if key]
    of_one = len(set(named)) < len(named)
    silent = not reduce(frozenset.__and__, (member.languages for member in members))
    return tuple(
        code for code, gave_way in zip(RELAXABLE, (silent, of_one), strict=True) if gave_way
    )


def _authority_in_company(members: Sequence[Candidate]) -> bool:
    """Never alone with a company or an investor: two unrelated organisations sit with it."""
    others = [member for member in members if member.kind != AUTHORITY]
    if len(others) == len(members) or not any(member.kind in BUSINESS for member in others):
        return True
    named = {organisation_key(member.organisation) for member in others} - {""}
    return len(named) >= 2


def offer_meets(a: Candidate, b: Candidate) -> bool:
    """Whether something that `b` offers is what `a` seeks."""
    return any(likeness(seek, offer) >= MEETS for seek in a.seeks for offer in b.offers)


def _solicits(a: Candidate, b: Candidate) -> bool:
    """`a` wants no soliciting, and `b`, of a company, could do nothing else: nothing they offer
    is sought by `a`, and they seek nothing that `a` offers."""
    return (
        a.no_soliciting and b.kind in COMPANIES and not offer_meets(a, b) and not offer_meets(b, a)
    )


def _avoids(a: Candidate, b: Candidate) -> bool:
    theirs = organisation_key(b.organisation)
    return bool(theirs) and any(organisation_key(name) == theirs for name in a.avoided)


def organisation_key(name: str) -> str:
    return " ".join(name.casefold().split())

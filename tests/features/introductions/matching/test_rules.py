from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given

from bot.features.introductions.matching import objective as o
from bot.features.introductions.matching.groups import _fits
from bot.features.introductions.matching.model import Candidate
from bot.features.introductions.matching.rules import RELAXABLE, forbidden, why_not_group
from bot.features.introductions.matching.scoring import Crowd, utilities
from bot.features.introductions.matching.tags import likeness
from tests.features.introductions.matching.crowds import crowds, person

_OFFER, _SEARCH = ("apprentis",), ("apprentices",)


@pytest.mark.parametrize(
    ("a", "b", "code"),
    [
        (person("a"), person("b"), None),
        (person("a", blocks=frozenset("b")), person("b"), "blocked"),
        (person("a", met=frozenset("b")), person("b"), "met"),
        (person("a", avoided=frozenset({" B "})), person("b"), "avoided"),
        (person("a", meets=frozenset({"sme"})), person("b"), "meets"),
        (person("a", meets=frozenset({"academic"})), person("b"), None),
        (person("a", stand="E01"), person("b", stand="E02"), "stand"),
        (person("a", stand="E01"), person("b"), None),
        (person("a", kind="health_authority"), person("b", kind="sme"), "authority"),
        (person("a", kind="health_authority"), person("b", kind="investor"), "authority"),
        (person("a", kind="health_authority"), person("b", kind="patient_association"), None),
        (person("a", kind="industrial"), person("b", kind="industrial"), "industrial"),
        (
            person("a", kind="industrial", seeks=_SEARCH),
            person("b", kind="industrial", offers=_OFFER),
            None,
        ),
        (person("a", no_soliciting=True), person("b", kind="startup"), "soliciting"),
        (person("a", no_soliciting=True), person("b", kind="student"), None),
        (
            person("a", no_soliciting=True, seeks=_SEARCH),
            person("b", kind="sme", offers=_OFFER),
            None,
        ),
        (
            person("a", no_soliciting=True, offers=_OFFER),
            person("b", kind="sme", seeks=_SEARCH),
            None,
        ),
        (person("a", languages=frozenset({"en"})), person("b"), "language"),
    ],
)
def test_each_rule_keeps_two_people_apart(a: Candidate, b: Candidate, code: str | None) -> None:
    assert forbidden(a, b) == code
    assert forbidden(b, a) == code


def test_an_organisation_is_the_same_however_it_is_spelled() -> None:
    a, b = person("a"), person("b")
    same = Candidate("c", " A ", "sme", frozenset({"fr"}), (), (), ())
    assert forbidden(a, same) == "organisation"
    assert forbidden(same, b) is None


def test_an_authority_meets_companies_only_where_two_organisations_sit_with_it() -> None:
    authority = person("a", kind="health_authority")
    company, school = person("b", kind="sme"), person("c", kind="training")
    nameless = Candidate("d", "", "training", frozenset({"fr"}), (), (), ())
    assert why_not_group([authority, company]) == "authority"
    assert why_not_group([authority, company, school]) is None
    assert why_not_group([authority, company, nameless]) == "authority"


def test_a_group_has_a_language_of_all() -> None:
    one = person("a", languages=frozenset({"fr", "en"}))
    two = person("b", languages=frozenset({"fr", "de"}))
    three = person("c", languages=frozenset({"en", "de"}))
    assert why_not_group([one, two, three]) == "language"


@given(crowds())
def test_arrays_know_the_same_rules(crowd: list[Candidate]) -> None:
    arrays = Crowd(crowd)
    everybody = slice(0, len(crowd))
    for relaxed in ((), RELAXABLE[:1], RELAXABLE):
        for size in (2, 3):
            free = arrays.allowed(everybody, everybody, relaxed, size)
            for (n, a), (m, b) in permutations(enumerate(crowd), 2):
                code = _strictest(a, b, size, relaxed)
                assert free[n, m] == (code is None), (a, b, code)


def _strictest(a: Candidate, b: Candidate, size: int, relaxed: tuple[str, ...]) -> str | None:
    code = forbidden(a, b, size)
    if code == "organisation" and code in relaxed:
        return None if a.languages & b.languages or "language" in relaxed else "language"
    return None if code in relaxed else code


@given(crowds(least=3, most=5))
def test_arrays_know_the_same_groups(crowd: list[Candidate]) -> None:
    arrays = Crowd(crowd)
    for one, two, three in combinations(range(len(crowd)), 3):
        members = np.array([one, two, three])
        free = arrays.allowed(members, members, size=3)[np.triu_indices(3, 1)].all()
        fits = bool(_fits(arrays, [[one, two]], np.array([three]), ())[0, 0])
        code = why_not_group([crowd[one], crowd[two], crowd[three]])
        assert (free and fits) == (code is None)


@given(crowds())
def test_arrays_know_the_same_values(crowd: list[Candidate]) -> None:
    values = utilities(crowd)
    for (n, a), (m, b) in permutations(enumerate(crowd), 2):
        expected = 0.60 * _meeting(a, b) + 0.15 * _meeting(b, a) + 0.25 * o.affinity(a.kind, b.kind)
        assert values[n, m] == pytest.approx(expected, abs=1e-5)


def _meeting(a: Candidate, b: Candidate) -> float:
    """m(a→b); what is written twice in other words counts once."""
    from bot.features.introductions.matching.tags import meaning

    seeks = list({meaning(tag): tag for tag in a.seeks}.values())
    best = [max((likeness(seek, offer) for offer in b.offers), default=0.0) for seek in seeks]
    return 0.7 * max(best) + 0.3 * sum(best) / len(best) if best else 0.0

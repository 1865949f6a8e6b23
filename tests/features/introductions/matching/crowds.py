"""People for tests of the matching: plain ones, random ones, and what a plan gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from bot.features.introductions.matching.model import Candidate
from bot.features.introductions.matching.objective import KINDS

SERVICES = ("capacité de production", "apprentis", "série A", "seed funding")
TOPICS = ("vaccins", "viral vectors")
TAGS = tuple(
    [*SERVICES, *TOPICS]
    + [f"{service} : {topic}" for service in SERVICES for topic in TOPICS]
    + ["culture de champignons", "culture des champignons"]
)

PLAIN = Candidate("", "", "academic", frozenset({"fr"}), (), (), ())


def person(key: str, **traits: object) -> Candidate:
    return replace(PLAIN, key=key, organisation=key, **traits)  # type: ignore[arg-type]


def people(count: int, **traits: object) -> list[Candidate]:
    return [person(f"p{number:03}", **traits) for number in range(count)]


def without(crowd: Sequence[Candidate], pairs: Sequence[tuple[str, str]]) -> list[Candidate]:
    """The same people; the first of each pair has blocked the second."""
    blocked: dict[str, set[str]] = {}
    for one, other in pairs:
        blocked.setdefault(one, set()).add(other)
    return [replace(p, blocks=frozenset(blocked.get(p.key, ()))) for p in crowd]


@st.composite
def crowds(draw: st.DrawFn, least: int = 0, most: int = 8) -> list[Candidate]:
    count = draw(st.integers(least, most))
    keys = [f"p{number}" for number in range(count)]
    some_keys = st.frozensets(st.sampled_from(keys), max_size=2) if keys else st.just(frozenset())
    tags = st.lists(st.sampled_from(TAGS), max_size=3, unique=True).map(tuple)
    return [
        Candidate(
            key=key,
            organisation=draw(st.sampled_from(["", "Alpha", " ALPHA ", "Beta", "Gamma", "Delta"])),
            kind=draw(st.sampled_from([*KINDS, "industrial", "health_authority", "press", ""])),
            languages=draw(st.sampled_from([{"fr"}, {"en"}, {"fr", "en"}, {"de"}]).map(frozenset)),
            topics=draw(tags),
            offers=draw(tags),
            seeks=draw(tags),
            blocks=draw(some_keys) - {key},
            met=draw(some_keys) - {key},
            avoided=draw(st.sampled_from([frozenset(), frozenset({"beta"})])),
            no_soliciting=draw(st.booleans()),
            meets=draw(st.sampled_from([frozenset(), frozenset(), frozenset(KINDS[:5])])),
            stand=draw(st.sampled_from([None, None, None, "E01", "E02"])),
        )
        for key in keys
    ]

"""A made-up congress of any size, with the sample's mix of kinds, companies and languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from bot.bench.matching_vocabulary import ENGLISH, FRENCH, TOPICS, WORLDS, tag
from bot.features.introductions.matching.model import Candidate

_ORGANISATION = 4.5
"""People of one organisation, on average; the first ones send many more than the last."""
_LANGUAGES = {frozenset({"fr"}): 145, frozenset({"fr", "en"}): 84, frozenset({"en"}): 11}
"""Of 240."""
_TAGS = (1, 2, 3)
"""What one offers, and what one seeks: as many as a profile proposes."""
_BLOCKING = 0.02
_AVOIDING = 0.02
_NO_SOLICITING = 0.03
_TAKING_PART = 0.85
"""In each round but the first, in which everybody takes part: the largest is the one timed."""


@dataclass(frozen=True)
class Population:
    people: tuple[Candidate, ...]
    rounds: tuple[frozenset[str], ...]
    """Who takes part in each."""


def population(people: int, rounds: int, seed: int) -> Population:
    chance = Random(seed)  # noqa: S311 (the same people in every run)
    kinds = _kinds(people)
    chance.shuffle(kinds)
    organisations = _organisations(kinds, chance)
    everybody = [
        _person(f"p{number:05}", kind, organisation, chance)
        for number, (kind, organisation) in enumerate(zip(kinds, organisations, strict=True))
    ]
    keys = [one.key for one in everybody]
    return Population(
        tuple(_with_limits(one, keys, organisations, chance) for one in everybody),
        tuple(
            frozenset(key for key in keys if number == 0 or chance.random() < _TAKING_PART)
            for number in range(rounds)
        ),
    )


def _kinds(people: int) -> list[str]:
    """Each kind its share, rounded so that all together are as many as wanted."""
    total = sum(world.share for world in WORLDS.values())
    kinds: list[str] = []
    share = 0
    for kind, world in WORLDS.items():
        share += world.share
        kinds += [kind] * (people * share // total - len(kinds))
    return kinds


def _organisations(kinds: list[str], chance: Random) -> list[str]:
    """Of each person one of their kind's, whose sizes fall off as 1/√rank."""
    drawn = {kind: _drawn(kind, size, chance) for kind, size in sorted(Counter(kinds).items())}
    return [next(drawn[kind]) for kind in kinds]


def _drawn(kind: str, people: int, chance: Random) -> Iterator[str]:
    ranks = range(max(1, round(people / _ORGANISATION)))
    weights = [1 / (rank + 1) ** 0.5 for rank in ranks]
    return (f"{kind} {rank}" for rank in chance.choices(ranks, weights, k=people))


def _person(key: str, kind: str, organisation: str, chance: Random) -> Candidate:
    languages = chance.choices(list(_LANGUAGES), list(_LANGUAGES.values()))[0]
    writes = FRENCH if "fr" in languages else ENGLISH
    if len(languages) > 1 and chance.random() < 0.5:
        writes = ENGLISH
    topics = chance.sample(range(len(TOPICS)), chance.choice((2, 3, 4)))
    world = WORLDS[kind]

    def tags(services: list[int]) -> tuple[str, ...]:
        return tuple(tag(service, chance.choice(topics), writes) for service in services)

    return Candidate(
        key=key,
        organisation=organisation,
        kind=kind,
        languages=languages,
        topics=tuple(TOPICS[topic][writes] for topic in topics),
        offers=tags(chance.sample(world.offers, chance.choice(_TAGS))),
        seeks=tags(chance.sample(world.seeks, chance.choice(_TAGS))),
    )


def _with_limits(
    person: Candidate, keys: list[str], organisations: list[str], chance: Random
) -> Candidate:
    blocked = {chance.choice(keys)} if chance.random() < _BLOCKING else set()
    avoided = {chance.choice(organisations)} if chance.random() < _AVOIDING else set()
    return replace(
        person,
        blocks=frozenset(blocked - {person.key}),
        avoided=frozenset(avoided - {person.organisation}),
        no_soliciting=chance.random() < _NO_SOLICITING,
    )

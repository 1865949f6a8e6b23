"""How alike two tags are, whatever the language and the spelling they were written in.

A tag is read as a service and a topic: "capacité de production × vecteurs viraux". One of the two
may be missing; words that the vocabulary does not know stand for themselves.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from bot.features.introductions.matching.objective import (
    SAME_FAMILY,
    SAME_SERVICE,
    SAME_TOPIC,
    SERVICE_UNSAID,
    TOPIC_UNSAID,
)
from bot.features.introductions.matching.vocabulary import FAMILIES, SERVICES, TOPICS

_BETWEEN = re.compile(r"\s*[×:|·>@/]\s*|\s+[-–—*x]\s+")
_SAME_SPELLING = 0.8
"""Two phrases that share this much of their letters differ by a slip or a plural."""
_SOME_WORDS = 0.5


@dataclass(frozen=True, slots=True)
class Meaning:
    service: str
    topic: str


def likeness(one: str, other: str) -> float:
    """From 0, nothing in common, to 1, the same."""
    a, b = meaning(one), meaning(other)
    return graded(
        phrase_likeness(a.service, b.service) if a.service and b.service else None,
        phrase_likeness(a.topic, b.topic) if a.topic and b.topic else None,
        bool(a.service) != bool(b.service),
        bool(a.topic) != bool(b.topic),
    )


def graded(
    service: float | None, topic: float | None, service_unsaid: bool, topic_unsaid: bool
) -> float:
    """`None` for a part that one of the two, or both, do not name."""
    if service is None:
        return (topic or 0.0) * (SERVICE_UNSAID if service_unsaid else 1.0)
    if topic is None:
        return service * (TOPIC_UNSAID if topic_unsaid else 1.0)
    both = 1 - SAME_SERVICE - SAME_TOPIC
    return SAME_SERVICE * service + SAME_TOPIC * topic + both * service * topic


@cache
def phrase_likeness(one: str, other: str) -> float:
    """Of two services, or of two topics, as `meaning` names them."""
    if one == other:
        return 1.0
    if _family(one) is not None and _family(one) == _family(other):
        return SAME_FAMILY
    if one in _KNOWN and other in _KNOWN:
        return 0.0
    return _spelled_alike(_letters(one), _letters(other))


@cache
def meaning(tag: str) -> Meaning:
    parts = [part for part in _BETWEEN.split(fold(tag)) if part]
    if len(parts) >= 2:
        return _of_two(parts[0], " ".join(parts[1:]))
    return _of_one(parts[0] if parts else "")


def _of_two(first: str, second: str) -> Meaning:
    """The service stands first, unless the words say that it is the other way round."""
    service, topic = _label(first, _services()), _label(second, _topics())
    if service is None and topic is None:
        turned = _label(second, _services()), _label(first, _topics())
        if turned[0] is not None or turned[1] is not None:
            return Meaning(turned[0] or second, turned[1] or first)
    return Meaning(service or first, topic or second)


def _of_one(phrase: str) -> Meaning:
    service, topic = _label(phrase, _services()), _label(phrase, _topics())
    if service is not None or topic is not None:
        return Meaning(service or "", "" if service else topic or "")
    service, topic = _inside(phrase, _services()), _inside(phrase, _topics())
    if service is not None or topic is not None:
        return Meaning(service or "", topic or "")
    return Meaning(phrase, "")


def fold(text: str) -> str:
    """Without case, accents, kinds of apostrophes and spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'").replace("œ", "oe"))
    if not plain.isascii():
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(plain.split())


def _label(phrase: str, labels: Mapping[str, str]) -> str | None:
    """The idea that a phrase names, also with a slip of spelling."""
    if phrase in labels:
        return labels[phrase]
    shared = (
        Counter(
            label
            for letters in set(_letters(phrase))
            for label in _by_letters()[letters]
            if label in labels
        )
        if len(phrase) > 4
        else Counter()
    )
    best = max(
        shared,
        key=lambda label: (_spelled_alike(_letters(phrase), _letters(label)), label),
        default=None,
    )
    if best is not None and _spelled_alike(_letters(phrase), _letters(best)) == 1.0:
        return labels[best]
    return None


def _inside(phrase: str, labels: Mapping[str, str]) -> str | None:
    """The longest label that stands in a phrase, as whole words."""
    words = phrase.split()
    for length in range(min(len(words), 6), 0, -1):
        for start in range(len(words) - length + 1):
            found = labels.get(" ".join(words[start : start + length]))
            if found is not None:
                return found
    return None


@cache
def _letters(phrase: str) -> frozenset[str]:
    padded = f" {phrase} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


def _spelled_alike(one: frozenset[str], other: frozenset[str]) -> float:
    share = 2 * len(one & other) / (len(one) + len(other))
    if share >= _SAME_SPELLING:
        return 1.0
    return share if share >= _SOME_WORDS else 0.0


def _ideas(lines: str) -> Iterator[tuple[str, str]]:
    for line in lines.strip().replace("\n    =", " =").splitlines():
        labels = [fold(label) for label in line.split("=")]
        yield from ((label, labels[0]) for label in labels)


@cache
def _services() -> Mapping[str, str]:
    return dict(_ideas(SERVICES))


@cache
def _topics() -> Mapping[str, str]:
    return dict(_ideas(TOPICS))


@cache
def _by_letters() -> Mapping[str, list[str]]:
    index: dict[str, list[str]] = {}
    for label in {**_services(), **_topics()}:
        for letters in _letters(label):
            index.setdefault(letters, []).append(label)
    return _Missing(index)


class _Missing(dict[str, list[str]]):
    def __missing__(self, key: str) -> list[str]:
        return []


_KNOWN = frozenset(_services().values()) | frozenset(_topics().values())
_FAMILY = {fold(label): number for number, family in enumerate(FAMILIES) for label in family}


def _family(phrase: str) -> int | None:
    return _FAMILY.get(phrase)


def known(tag: str) -> bool:
    """Whether the vocabulary holds all that a tag says."""
    meant = meaning(tag)
    return all(part in _KNOWN for part in (meant.service, meant.topic) if part)

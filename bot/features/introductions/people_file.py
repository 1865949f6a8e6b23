"""People of a file as candidates: for a plan that needs no event and no database."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.features.introductions.matching.model import Candidate
from bot.features.introductions.matching.objective import KINDS
from bot.features.people.model import Person, UnreadablePeopleError, parse_people

PRESS = "press"
KNOWN_KINDS = (*KINDS, "healthcare", "cluster", "public_institution", PRESS, "other")
_LANGUAGE = "fr"
"""What those are assumed to speak who do not say."""
_YES = frozenset({"yes", "oui", "1", "true", "vrai", "x", "y", "o"})
_NO = frozenset({"no", "non", "0", "false", "faux", "n"})
_NEEDED = ("organisation", "kind", "languages", "offers", "seeks")


@dataclass(frozen=True)
class Listed:
    person: Person
    candidate: Candidate
    consents: bool
    rounds: frozenset[int] | None
    """None for all."""


def read_listed(data: bytes) -> list[Listed]:
    """The people of a file, or `UnreadablePeopleError` that names each line of no use."""
    if not _lines(data):
        return []
    people = parse_people(data, KNOWN_KINDS)
    _complete(people[0])
    listed, problems = [], []
    for person in people:
        try:
            listed.append(_listed(person))
        except MaillonError as error:
            problems.append((None, error))
    if problems:
        raise UnreadablePeopleError(problems)
    return listed


def _lines(data: bytes) -> list[bytes]:
    """What stands below the first line: a list of nobody is planned like any other."""
    return [line for line in data.splitlines()[1:] if line.strip(b" ,;\t\0")]


def _complete(person: Person) -> None:
    missing = [name for name in _NEEDED if getattr(person, name) is None]
    if missing:
        columns = ["profile" if name == "kind" else name for name in missing]
        error = MaillonError(N_("It has no column “{columns}”."), columns="”, “".join(columns))
        raise UnreadablePeopleError([(None, error)])


def _listed(person: Person) -> Listed:
    said = {column.strip().lower(): value for column, value in person.extra.items()}
    return Listed(
        person,
        Candidate(
            key=person.email,
            organisation=person.organisation or "",
            kind=person.kind or "",
            languages=frozenset(person.languages or (_LANGUAGE,)),
            topics=person.topics or (),
            offers=person.offers or (),
            seeks=person.seeks or (),
            blocks=_emails(said, "blocks"),
            met=_emails(said, "met"),
        ),
        _consents(person, said.get("consent", "").strip().lower()),
        _rounds(person, said.get("rounds", "")),
    )


def _emails(said: Mapping[str, str], column: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^;,\s]+", said.get(column, "").lower()))


def _consents(person: Person, word: str) -> bool:
    """In a file of those who said yes, the press alone has to say so: it never is asked."""
    if word in _YES or word in _NO:
        return word in _YES
    if not word:
        return person.kind != PRESS
    raise MaillonError(
        N_("{email}: “{word}” is neither yes nor no."), email=person.email, word=word
    )


def _rounds(person: Person, text: str) -> frozenset[int] | None:
    words = re.findall(r"[^;,\s]+", text)
    if not all(word.isdecimal() and int(word) > 0 for word in words):
        raise MaillonError(
            N_("{email}: “{text}” are not numbers of rounds."), email=person.email, text=text
        )
    return frozenset(map(int, words)) or None


def taking_part(listed: Sequence[Listed], number: int) -> list[str]:
    return [
        one.candidate.key
        for one in listed
        if one.consents and (one.rounds is None or number in one.rounds)
    ]

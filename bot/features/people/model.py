"""People as organisers know them: reading their list, and telling two lists apart."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.errors import MaillonError
from bot.core.i18n import N_, Reader

_COLUMNS = {
    "email": ("email", "e-mail", "mail", "courriel", "adresse e-mail"),
    "name": ("name", "nom complet", "full name"),
    "first_name": ("first_name", "first name", "prénom", "prenom"),
    "last_name": ("last_name", "last name", "nom", "surname"),
    "organisation": ("organisation", "organization", "société", "entreprise", "company"),
    "kind": ("profile", "kind", "profile kind", "profil", "type"),
    "languages": ("languages", "langues", "language"),
}
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


class UnreadablePeopleError(MaillonError):
    """`problems` are (line of the file or None, what is wrong with it)."""

    msgid = N_("The list of people was not imported.")

    def __init__(self, problems: Sequence[tuple[int | None, MaillonError]]) -> None:
        super().__init__()
        self.problems = problems

    def told_to(self, reader: Reader) -> str:
        return "\n".join(
            [super().told_to(reader), *(_told(problem, reader) for problem in self.problems)]
        )


def _told(problem: tuple[int | None, MaillonError], reader: Reader) -> str:
    line, error = problem
    if line is None:
        return error.told_to(reader)
    return reader.gettext("Line {line}: {problem}").format(line=line, problem=error.told_to(reader))


@dataclass(frozen=True)
class Member:
    """What a workspace tells of one of its members."""

    user_id: str
    name: str = ""
    email: str | None = None
    locale: str | None = None


@dataclass(frozen=True)
class Person:
    """One line of the organisers' list."""

    email: str
    name: str
    organisation: str = ""
    kind: str | None = None
    languages: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PeopleDiff:
    new: tuple[Person, ...]
    changed: tuple[tuple[Person, Person], ...]
    unchanged: int
    missing: int
    """People known from an earlier list who are not in this one; they stay."""


def parse_people(data: bytes, kinds: Sequence[str]) -> list[Person]:
    """The people of a CSV file, or `UnreadablePeopleError` with each line that cannot be used.

    Comma or semicolon, UTF-8 or Windows-1252: what spreadsheets write.
    """
    text = _decoded(data)
    delimiter = (
        ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    )
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = _columns(reader.fieldnames or ())
    problems: list[tuple[int | None, MaillonError]] = []
    people: dict[str, Person] = {}
    for row in reader:
        person = _person(row, columns)
        flaw = _flaw(person, kinds, people)
        if flaw:
            problems.append((reader.line_num, flaw))
        people.setdefault(person.email, person)
    if problems:
        raise UnreadablePeopleError(problems)
    if not people:
        raise UnreadablePeopleError([(None, MaillonError(N_("It names nobody.")))])
    return list(people.values())


def compare_people(before: Mapping[str, Person], after: Sequence[Person]) -> PeopleDiff:
    known = [(before[person.email], person) for person in after if person.email in before]
    listed = {person.email for person in after}
    return PeopleDiff(
        new=tuple(person for person in after if person.email not in before),
        changed=tuple((old, new) for old, new in known if old != new),
        unchanged=sum(old == new for old, new in known),
        missing=sum(email not in listed for email in before),
    )


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _columns(header: Sequence[str]) -> dict[str, str]:
    """Which column of the file holds each thing we know."""
    by_name = {name.strip().lower(): name for name in header}
    found = {
        field_: by_name[alias]
        for field_, aliases in _COLUMNS.items()
        for alias in reversed(aliases)
        if alias in by_name
    }
    if "email" not in found:
        raise UnreadablePeopleError([(None, MaillonError(N_("It has no column “email”.")))])
    return found


def _person(row: Mapping[str, str | None], columns: Mapping[str, str]) -> Person:
    def cell(name: str) -> str:
        return (row.get(columns.get(name, "")) or "").strip()

    used = set(columns.values())
    return Person(
        email=cell("email").lower(),
        name=cell("name") or f"{cell('first_name')} {cell('last_name')}".strip(),
        organisation=cell("organisation"),
        kind=cell("kind") or None,
        languages=tuple(
            part.strip().lower() for part in re.split(r"[;, ]+", cell("languages")) if part
        ),
        extra={
            key: value.strip()
            for key, value in row.items()
            if key and key not in used and isinstance(value, str) and value.strip()
        },
    )


def _flaw(
    person: Person, kinds: Sequence[str], before: Mapping[str, Person]
) -> MaillonError | None:
    if not _EMAIL.fullmatch(person.email):
        return MaillonError(N_("There is no valid e-mail address."))
    if person.email in before:
        return MaillonError(N_("This e-mail address stands twice."))
    if not person.name:
        return MaillonError(N_("There is no name."))
    if person.kind and person.kind not in kinds:
        return MaillonError(
            N_("The profile kind “{kind}” is unknown; the event has: {kinds}."),
            kind=person.kind,
            kinds=", ".join(kinds),
        )
    return None

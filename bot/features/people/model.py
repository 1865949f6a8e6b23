"""People as organisers know them: reading their list, and telling two lists apart."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

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
    "job_title": ("job_title", "job title", "fonction", "poste"),
    "topics": ("topics", "thématiques", "thematiques", "sujets"),
    "offers": ("offers", "je propose", "propose"),
    "seeks": ("seeks", "je cherche", "cherche"),
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
    """One line of the organisers' list; None is what its columns do not say."""

    email: str
    name: str
    organisation: str | None = None
    kind: str | None = None
    languages: tuple[str, ...] | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    """The columns that Maillon does not know; an empty cell empties what was there."""
    job_title: str | None = None
    topics: tuple[str, ...] | None = None
    offers: tuple[str, ...] | None = None
    seeks: tuple[str, ...] | None = None

    def over(self, before: Person) -> Person:
        """This line, with what it does not say as it was."""
        unsaid = {name: getattr(before, name) for name in _STATED if getattr(self, name) is None}
        extra = {**before.extra, **self.extra}
        return replace(
            self, extra={column: value for column, value in extra.items() if value}, **unsaid
        )


_STATED = ("organisation", "kind", "languages", "job_title", "topics", "offers", "seeks")
"""What a list may leave out."""
NOTHING_KNOWN = Person(
    "", "", organisation="", kind="", languages=(), job_title="", topics=(), offers=(), seeks=()
)


@dataclass(frozen=True)
class PeopleDiff:
    new: tuple[Person, ...]
    changed: tuple[tuple[Person, Person], ...]
    unchanged: int
    missing: int
    """People known from an earlier list who are not in this one; they stay."""
    corrected: int = 0
    """People in it who corrected their profile themselves: what they said stays."""


def parse_people(data: bytes, kinds: Sequence[str]) -> list[Person]:
    """The people of a CSV file, or `UnreadablePeopleError` with each line that cannot be used.

    Comma or semicolon, UTF-8 or Windows-1252: what spreadsheets write.
    """
    text = _decoded(data)
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        columns = _columns(reader.fieldnames or ())
        people, problems = _read(reader, columns, kinds)
    except csv.Error as error:
        unreadable = MaillonError(N_("This cannot be read as a table: {reason}"), reason=error)
        raise UnreadablePeopleError([(reader.line_num + 1, unreadable)]) from error
    if problems:
        raise UnreadablePeopleError(problems)
    if not people:
        raise UnreadablePeopleError([(None, MaillonError(N_("It names nobody.")))])
    return people


def _read(
    reader: csv.DictReader[str], columns: Mapping[str, str], kinds: Sequence[str]
) -> tuple[list[Person], list[tuple[int | None, MaillonError]]]:
    problems: list[tuple[int | None, MaillonError]] = []
    people: dict[str, Person] = {}
    for row in reader:
        if any(row.values()):  # spreadsheets end with rows of empty cells
            person = _person(row, columns, kinds)
            flaw = _too_long(person) or _flaw(person, kinds, people)
            if None in row:
                flaw = MaillonError(N_("It has more cells than the first line."))
            if flaw:
                problems.append((_line_of(row, reader.line_num), flaw))
            people.setdefault(person.email, person)
    return list(people.values()), problems


def _line_of(row: Mapping[str, str | None], last_line: int) -> int:
    """Where a row begins: cells may hold line breaks."""
    return last_line - sum(cell.count("\n") for cell in row.values() if isinstance(cell, str))


def compare_people(
    before: Mapping[str, Person],
    after: Sequence[Person],
    met: Mapping[str, Person] | None = None,
) -> PeopleDiff:
    """`before` are those of earlier lists, `met` those who are known from elsewhere."""
    met = met or {}
    known = [
        (before[person.email], person.over(before[person.email]))
        for person in after
        if person.email in before
    ]
    listed = {person.email for person in after}
    return PeopleDiff(
        new=tuple(
            person.over(met.get(person.email, NOTHING_KNOWN))
            for person in after
            if person.email not in before
        ),
        changed=tuple((old, new) for old, new in known if old != new),
        unchanged=sum(old == new for old, new in known),
        missing=sum(email not in listed for email in before),
    )


def _decoded(data: bytes) -> str:
    """Without NUL, which no database stores."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return text.replace("\0", "")


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


def _person(
    row: Mapping[str, str | None], columns: Mapping[str, str], kinds: Sequence[str]
) -> Person:
    def cell(name: str) -> str:
        return " ".join((row.get(columns.get(name, "")) or "").split())

    def stated(name: str) -> str | None:
        return cell(name) if name in columns else None

    def tags(name: str) -> tuple[str, ...] | None:
        return parse_tags(cell(name), ";") if name in columns else None

    kind, languages = stated("kind"), stated("languages")
    used = set(columns.values())
    return Person(
        email=cell("email").lower(),
        name=cell("name") or f"{cell('first_name')} {cell('last_name')}".strip(),
        organisation=stated("organisation"),
        kind=next((known for known in kinds if known == (kind or "").lower()), kind),
        languages=None if languages is None else tuple(re.findall(r"[^;, ]+", languages.lower())),
        extra={
            column: (value or "").strip()
            for column, value in row.items()
            if column and column not in used
        },
        job_title=stated("job_title"),
        topics=tags("topics"),
        offers=tags("offers"),
        seeks=tags("seeks"),
    )


def parse_tags(text: str, separators: str) -> tuple[str, ...]:
    """The tags of a text in their order, each once whatever its case."""
    tags = (" ".join(tag.split()) for tag in re.split(f"[{separators}]", text))
    return tuple({tag.casefold(): tag for tag in reversed(list(tags)) if tag}.values())[::-1]


TAG_CHARACTERS = 75
_LENGTHS = {"email": 254, "name": 200, "organisation": 200, "languages": 64, "job_title": 200}
"""What the database holds."""


def _too_long(person: Person) -> MaillonError | None:
    for name, limit in _LENGTHS.items():
        value = getattr(person, name) or ""
        text = value if isinstance(value, str) else ";".join(value)
        if len(text) > limit:
            return too_long(text, limit)
    for tag in (*(person.topics or ()), *(person.offers or ()), *(person.seeks or ())):
        if len(tag) > TAG_CHARACTERS:
            return too_long(tag, TAG_CHARACTERS)
    return None


def too_long(text: str, limit: int) -> MaillonError:
    return MaillonError(
        N_("“{text}…” is too long: at most {limit} characters."), text=text[:40], limit=limit
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

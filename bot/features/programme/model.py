"""Rules of the programme: what a session is, and what changed between two programmes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

KINDS = ("plenary", "round_table", "pitch", "company", "workshop", "networking")


@dataclass(frozen=True)
class Speaker:
    name: str
    email: str | None = None
    organisation: str | None = None
    source_id: str | None = None


@dataclass(frozen=True)
class Passage:
    """A turn on the stage of a session that several share."""

    starts_at: datetime
    minutes: int
    organisation: str
    title: str
    email: str | None = None

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Material:
    title: str
    url: str


@dataclass(frozen=True)
class ProgrammeSession:
    """A session as a programme file tells it; `source_id` is stable between two files."""

    source_id: str
    title: str
    kind: str
    room: str
    track: str | None
    language: str | None
    starts_at: datetime
    ends_at: datetime
    speakers: tuple[Speaker, ...] = ()
    abstract: str = ""
    url: str | None = None
    code: str | None = None
    """The short name by which the organisers' other files point at it: "S002"."""


_LENGTHS = {"source_id": 255, "room": 255, "track": 255, "language": 32, "code": 64}
_SPEAKER_LENGTHS = {"name": 255, "email": 254, "organisation": 255, "source_id": 255}
"""What the database holds of each; everything longer is no name but a mistake."""


def storable(session: ProgrammeSession) -> ProgrammeSession:
    """As it will be found again: cut before it is compared, or it would always differ."""
    speakers = tuple(_cut(speaker, _SPEAKER_LENGTHS) for speaker in session.speakers)
    return replace(_cut(session, _LENGTHS), speakers=speakers)


_Cut = TypeVar("_Cut", ProgrammeSession, Speaker)


def _cut(whole: _Cut, lengths: Mapping[str, int]) -> _Cut:
    cut: dict[str, Any] = {
        name: text[:limit]
        for name, limit in lengths.items()
        if len(text := getattr(whole, name) or "") > limit
    }
    return replace(whole, **cut)


@dataclass(frozen=True)
class KnownSession:
    """A session as it was last imported; a cancelled one is kept, and may return."""

    session: ProgrammeSession
    cancelled: bool = False


class Change(StrEnum):
    """What a session may undergo; one session may undergo several at once.

    The three moves are told apart because only a new start is told to everybody.
    """

    NEW = "new"
    START_MOVED = "start_moved"
    END_MOVED = "end_moved"
    ROOM_MOVED = "room_moved"
    RENAMED = "renamed"
    SPEAKERS_CHANGED = "speakers_changed"
    DETAILS_CHANGED = "details_changed"
    """Stored without a word to anybody: abstract, address, track, language, kind, spellings."""
    CANCELLED = "cancelled"
    RETURNED = "returned"


DELAYED, ON_TIME = "delayed", "on_time"
"""What people are told besides: a session runs late, or that was taken back."""
MOVED = frozenset({Change.START_MOVED, Change.END_MOVED, Change.ROOM_MOVED})


@dataclass(frozen=True)
class SessionChange:
    """One session in both programmes: `before` is missing when new, `after` when cancelled."""

    before: ProgrammeSession | None
    after: ProgrammeSession | None
    kinds: frozenset[Change]

    @property
    def session(self) -> ProgrammeSession:
        """The newest that is known of it."""
        session = self.after or self.before
        assert session is not None, "a change without a session"
        return session

    @property
    def unchanged(self) -> bool:
        return not self.kinds

    @property
    def lists_others(self) -> bool:
        """Whether its list of speakers is another one; a cancelled session keeps its list."""
        if self.after is None:
            return False
        return self.before is None or self.before.speakers != self.after.speakers


@dataclass(frozen=True)
class ProgrammeDiff:
    """Every session of either programme, by its start and then its id.

    Left out are those that were cancelled and have not returned: nothing happens to them.
    """

    changes: tuple[SessionChange, ...]

    def having(self, *kinds: Change) -> tuple[SessionChange, ...]:
        """The sessions that underwent any of `kinds`."""
        return tuple(change for change in self.changes if change.kinds & set(kinds))

    @property
    def moved(self) -> tuple[SessionChange, ...]:
        return self.having(*MOVED)

    @property
    def unchanged(self) -> tuple[SessionChange, ...]:
        return tuple(change for change in self.changes if change.unchanged)

    @property
    def counts(self) -> Counter[Change]:
        """How many sessions underwent each change; a kind that did not happen counts 0."""
        return Counter(kind for change in self.changes for kind in change.kinds)

    def moved_many(self, threshold: int) -> bool:
        """Whether so many sessions are uprooted that a wrong file is the likelier reason."""
        return len(self.having(*MOVED, Change.CANCELLED, Change.RETURNED)) > threshold


def diff(before: Sequence[KnownSession], after: Sequence[ProgrammeSession]) -> ProgrammeDiff:
    known = {past.session.source_id: past for past in before}
    present = {session.source_id for session in after}
    changes = [_change(known.get(session.source_id), session) for session in after]
    changes += [
        SessionChange(past.session, None, frozenset({Change.CANCELLED}))
        for past in before
        if not past.cancelled and past.session.source_id not in present
    ]
    return ProgrammeDiff(tuple(sorted(changes, key=_by_start)))


def _by_start(change: SessionChange) -> tuple[datetime, str]:
    return change.session.starts_at, change.session.source_id


def _change(past: KnownSession | None, after: ProgrammeSession) -> SessionChange:
    if past is None:
        return SessionChange(None, after, frozenset({Change.NEW}))
    before = past.session
    happened = {
        Change.RETURNED: past.cancelled,
        Change.START_MOVED: before.starts_at != after.starts_at,
        Change.END_MOVED: before.ends_at != after.ends_at,
        Change.ROOM_MOVED: before.room != after.room,
        Change.RENAMED: before.title != after.title,
        Change.SPEAKERS_CHANGED: _other_people(before.speakers, after.speakers),
        Change.DETAILS_CHANGED: _other_details(before, after),
    }
    return SessionChange(before, after, frozenset(kind for kind, did in happened.items() if did))


def _other_details(before: ProgrammeSession, after: ProgrammeSession) -> bool:
    def details(session: ProgrammeSession) -> tuple[str | None, ...]:
        return (
            session.abstract,
            session.url,
            session.track,
            session.language,
            session.kind,
            session.code,
        )

    respelled = before.speakers != after.speakers and not _other_people(
        before.speakers, after.speakers
    )
    return respelled or details(before) != details(after)


def _other_people(before: Sequence[Speaker], after: Sequence[Speaker]) -> bool:
    """Whether somebody joined or left; order, spelling and organisation do not matter."""
    return before != after and (_any_absent(before, after) or _any_absent(after, before))


def _any_absent(people: Sequence[Speaker], among: Sequence[Speaker]) -> bool:
    # Any of the three tells who it is: a file that gains ids or addresses changes nobody.
    ids = {other.source_id for other in among} - {None}
    emails = {other.email for other in among} - {None}
    names = {other.name.casefold() for other in among}
    return any(
        person.source_id not in ids
        and person.email not in emails
        and person.name.casefold() not in names
        for person in people
    )

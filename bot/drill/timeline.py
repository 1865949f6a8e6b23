"""A programme over time: its successive imports, what each changed, and when leads come due."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.drill.files import Session
from bot.drill.lateness import Late, made_later

Shift = tuple[timedelta, timedelta]
"""Of a start and of an end."""
FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Version:
    """Every session ever known, from `at` until the next import or delay at `until`."""

    at: datetime
    until: datetime
    sessions: Mapping[str, Session]
    late: frozenset[str] = frozenset()
    """Those that end later than the file says."""


@dataclass(frozen=True)
class Change:
    """A session that was known before an import or a delay, and is different from then on."""

    at: datetime
    before: Session
    after: Session
    undoes: Late | None = None
    """The delay that is taken back."""

    @property
    def rescheduled(self) -> bool:
        """The start or the room moved, or it was cancelled, or it returned."""
        return self.restarted or self.before.room != self.after.room

    @property
    def tells_people(self) -> bool:
        return self.rescheduled or self.other_speakers

    @property
    def other_speakers(self) -> bool:
        return self.before.speakers != self.after.speakers

    @property
    def restarted(self) -> bool:
        """It is to begin at another moment than was said: moved, cancelled or returned."""
        before, after = self.before, self.after
        return before.start != after.start or before.cancelled != after.cancelled

    @property
    def over(self) -> bool:
        return max(self.before.end, self.after.end) <= self.at

    @property
    def ahead(self) -> timedelta:
        """How far off the nearer of the two starts is."""
        return min(self.before.start, self.after.start) - self.at


@dataclass(frozen=True)
class Untold:
    """What changed in a session since its readers were last told."""

    before: Session
    other_speakers: bool = False
    back: bool = False
    """A delay was taken back: that is told even of a session that begins when it was to."""

    @classmethod
    def adding(cls, change: Change, untold: Untold | None) -> Untold:
        earlier = untold or cls(change.before)
        return replace(
            earlier,
            other_speakers=earlier.other_speakers or change.other_speakers,
            back=earlier.back or change.undoes is not None,
        )

    def moot(self, now: datetime, session: Session) -> bool:
        """Over meanwhile, or back where it was."""
        was, is_ = self.before, session
        same = (was.start, was.room, was.cancelled) == (is_.start, is_.room, is_.cancelled)
        return session.end <= now or (same and not self.other_speakers and not self.back)


@dataclass(frozen=True)
class Lead:
    """A moment at which to tell of a session's `start`, as planned between two imports."""

    session: str
    start: datetime
    moment: datetime
    since: datetime
    until: datetime

    @property
    def comes(self) -> bool:
        """What is due at the moment of an import is told before it."""
        return self.moment <= self.until


class Timeline:
    def __init__(
        self, imports: Iterable[tuple[datetime, Sequence[Session]]], delays: Iterable[Late] = ()
    ) -> None:
        self.versions: list[Version] = []
        self._delays = sorted(delays, key=lambda one: one.at)
        files = {at: {one.id: one for one in sessions} for at, sessions in imports}
        turns = {*files, *(one.at for one in self._delays)}
        turns |= {one.until for one in self._delays if one.until}
        known: dict[str, Session] = {}
        shifts: dict[Late, dict[str, Shift]] = {}
        moments = sorted(turns)
        for at, until in zip(moments, [*moments[1:], FOREVER], strict=True):
            if at in files:
                gone = {name: replace(was, cancelled=True) for name, was in known.items()}
                known = gone | files[at]
            for one in self._delays:
                if one.at == at:
                    before = _shifted(known, shifts, at, but=one)
                    shifts[one] = _shifts(before, made_later(before, one))
            late = _shifted(known, shifts, at)
            behind = frozenset(name for name, one in late.items() if one.end > known[name].end)
            self.versions.append(Version(at, until, late, behind))

    def at(self, moment: datetime) -> Version:
        """The programme at `moment`, with what was imported at that very moment."""
        return self._version(bisect_right(self._moments, moment))

    def before(self, moment: datetime) -> Version:
        """The programme just before what was imported at `moment`."""
        return self._version(bisect_left(self._moments, moment))

    def changes(self) -> Iterator[Change]:
        for earlier, later in zip(self.versions, self.versions[1:], strict=False):
            for name, before in earlier.sessions.items():
                if before != later.sessions[name]:
                    undone = (one for one in self._delays if one.until == later.at)
                    yield Change(later.at, before, later.sessions[name], next(undone, None))

    def leads(self, lead: timedelta, *, even_late: bool) -> Sequence[Lead]:
        """Every plan to tell of a session `lead` before its start.

        `even_late`: what becomes known within its lead is told at once.
        """
        return [
            plan
            for name in self.versions[-1].sessions
            for plan in self._leads_of(name, lead, even_late)
        ]

    def _leads_of(self, name: str, lead: timedelta, even_late: bool) -> Iterator[Lead]:
        known: Session | None = None
        told: datetime | None = None
        planned: datetime | None = None
        for version in self.versions:
            session = version.sessions.get(name)
            if session is None:
                continue
            if session.cancelled:
                planned = None
            elif known is None or known.cancelled or known.start != session.start:
                planned = _next_telling(session.start, told, lead, version.at, even_late)
            known = session
            if planned is None:
                continue
            moment = max(planned, version.at)
            plan = Lead(name, session.start, moment, version.at, version.until)
            if plan.comes:
                told, planned = session.start, None
            yield plan

    @property
    def _moments(self) -> list[datetime]:
        return [version.at for version in self.versions]

    def _version(self, following: int) -> Version:
        return self.versions[max(following - 1, 0)]


def _next_telling(
    start: datetime, told: datetime | None, lead: timedelta, now: datetime, even_late: bool
) -> datetime | None:
    moment = start - lead
    if told is None:
        return moment if (start if even_late else moment) > now else None
    return moment if moment > now and abs(start - told) > lead else None


def _shifts(before: Mapping[str, Session], after: Mapping[str, Session]) -> dict[str, Shift]:
    return {
        name: (one.start - before[name].start, one.end - before[name].end)
        for name, one in after.items()
    }


def _shifted(
    known: Mapping[str, Session],
    shifts: Mapping[Late, Mapping[str, Shift]],
    moment: datetime,
    but: Late | None = None,
) -> dict[str, Session]:
    """What the file says, and the delays that stand on top of it."""
    found = dict(known)
    for late, moved in shifts.items():
        if late != but and late.stands(moment):
            for name, (start, end) in moved.items():
                was = found[name]
                found[name] = replace(was, start=was.start + start, end=was.end + end)
    return found

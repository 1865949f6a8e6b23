"""The oracle's people on stage: the evening before, an hour before, and hosts as they begin.

They choose no sessions, so that nothing else counts in their budget.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import IntEnum

from bot.drill.expected import Expected
from bot.drill.files import Rules, Session
from bot.drill.listeners import Listener
from bot.drill.timeline import Timeline

STAGE = "Vous animez à {hour}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{minute:02}"
HOUR = timedelta(hours=1)
EVENING = time(17)
DAY_UNTIL = timedelta(hours=3)


class Kind(IntEnum):
    """In the order in which the same moment brings them."""

    OFFER = 0
    DAY_BEFORE = 1
    HOUR_BEFORE = 2


def tellings(
    rules: Rules,
    timeline: Timeline,
    hosts: Mapping[str, Sequence[str]],
    greeted: Collection[str],
) -> Iterator[Expected]:
    """`hosts` by session; of those on stage, `greeted` are known from the start."""
    everybody = {person for people in hosts.values() for person in people} | set(greeted)
    for person in sorted(everybody):
        hosted = {name for name, people in hosts.items() if person in people}
        yield from _Person(rules, timeline, person, hosted).messages(parts=person in greeted)


class _Person:
    def __init__(
        self, rules: Rules, timeline: Timeline, email: str, hosted: Collection[str]
    ) -> None:
        self._rules, self._timeline, self._email, self._hosted = rules, timeline, email, hosted
        self._listener = Listener(rules, timeline, email, ())
        self._told: dict[tuple[Kind, str], datetime] = {}
        """For which start."""

    def messages(self, *, parts: bool) -> Iterator[Expected]:
        dues = list(self._offers())
        if parts:
            dues += self._before_sessions()
        heapq.heapify(dues)
        while dues:
            now, kind, name = heapq.heappop(dues)
            if not self._worth_saying(now, kind, name):
                continue
            later = self._listener.later(now)
            if later > now:
                heapq.heappush(dues, (later, kind, name))
                continue
            self._listener.count(now)
            yield self._message(now, kind, name)

    def _offers(self) -> Iterator[tuple[datetime, Kind, str]]:
        for name in self._hosted:
            if (due := _announced(self._rules, self._timeline, name)) is not None:
                yield due, Kind.OFFER, name

    def _before_sessions(self) -> Iterator[tuple[datetime, Kind, str]]:
        for version in self._timeline.versions:
            for session in self._mine(version.sessions.values(), version.at):
                for kind in (Kind.DAY_BEFORE, Kind.HOUR_BEFORE):
                    due = max(self._moment(kind, session), version.at)
                    if due < version.until:
                        yield due, kind, session.id

    def _mine(self, sessions: Collection[Session], now: datetime) -> list[Session]:
        """Those that are still to begin, by start."""
        theirs = [
            session
            for session in sessions
            if (self._email in session.speakers or session.id in self._hosted)
            and not session.cancelled
            and session.start > now
        ]
        return sorted(theirs, key=lambda session: session.start)

    def _ahead(self, now: datetime) -> list[Session]:
        return self._mine(self._timeline.at(now).sessions.values(), now)

    def _moment(self, kind: Kind, session: Session) -> datetime:
        if kind == Kind.HOUR_BEFORE:
            return session.start - HOUR
        evening = self._day(session) - timedelta(days=1)
        return datetime.combine(evening, EVENING, self._rules.zone)

    def _day(self, session: Session) -> date:
        return session.start.astimezone(self._rules.zone).date()

    def _worth_saying(self, now: datetime, kind: Kind, name: str) -> bool:
        if kind == Kind.OFFER:
            return True
        ahead = self._ahead(now)
        session = next((one for one in ahead if one.id == name), None)
        if session is None or self._moment(kind, session) > now:
            return False
        told = self._told.get((kind, name))
        if kind == Kind.HOUR_BEFORE:
            return told is None or abs(told - session.start) > HOUR
        first = next(one for one in ahead if self._day(one) == self._day(session))
        return told is None and now < first.start - DAY_UNTIL

    def _message(self, now: datetime, kind: Kind, name: str) -> Expected:
        session = self._timeline.at(now).sessions[name]
        if kind == Kind.OFFER:
            return Expected(self._email, now, (session.title,), _begins(self._rules, session))
        together = self._together(now, kind, session)
        self._told |= {(kind, one.id): one.start for one in together}
        return Expected.of(self._email, now, together)

    def _together(self, now: datetime, kind: Kind, session: Session) -> list[Session]:
        """All of the day; or what begins less than an hour after the end of what comes before."""
        ahead = self._ahead(now)
        if kind == Kind.DAY_BEFORE:
            return [one for one in ahead if self._day(one) == self._day(session)]
        found, until = [], session.end
        for one in ahead:
            if one.start - HOUR < until:
                until = max(until, one.end)
                if self._worth_together(one):
                    found.append(one)
        return found

    def _worth_together(self, session: Session) -> bool:
        told = self._told.get((Kind.HOUR_BEFORE, session.id))
        return told is None or abs(told - session.start) > HOUR


def _announced(rules: Rules, timeline: Timeline, name: str) -> datetime | None:
    for version in timeline.versions:
        session = version.sessions.get(name)
        if session is None or session.cancelled:
            continue
        due = max(session.start - rules.announce, version.at)
        if due <= version.until:
            return due if due < session.end else None
    return None


def _begins(rules: Rules, session: Session) -> str:
    start = session.start.astimezone(rules.zone)
    return STAGE.format(hour=start.hour, minute=start.minute)

"""The oracle's people: what one person is told by direct message, within the budget."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.drill.expected import Expected
from bot.drill.files import Rules, Session
from bot.drill.timeline import Change, Lead, Timeline, Untold, Version


@dataclass(frozen=True)
class _Waiting:
    """A change that has not been told: from when on it may be, whether the budget holds for it."""

    untold: Untold
    due: datetime
    urgent: bool


class Listener:
    """Goes once through the moments that matter to one person."""

    def __init__(
        self, rules: Rules, timeline: Timeline, email: str, chosen: Collection[str]
    ) -> None:
        self._rules, self._timeline, self._email = rules, timeline, email
        self._leads = [
            lead for lead in timeline.leads(rules.remind, even_late=False) if lead.session in chosen
        ]
        self._changes = [
            change
            for change in timeline.changes()
            if change.after.id in chosen and change.tells_people and not change.over
            if change.ahead <= rules.notice
        ]
        self._reminded: set[tuple[str, datetime]] = set()
        self._waiting: dict[str, _Waiting] = {}
        """By session."""
        self._counted: list[datetime] = []
        self._heard: set[str] = set()
        """The sessions of whose changes the person was told."""

    def messages(self) -> list[Expected]:
        told: list[Expected] = []
        agenda = {lead.moment for lead in self._leads if lead.comes}
        agenda |= {change.at for change in self._changes}
        while agenda:
            now = min(agenda)
            agenda.remove(now)
            # What is due comes before an import at the same moment, a reminder before all.
            told += self._reminder(now, self._timeline.before(now))
            told += self._told_changes(now, self._timeline.before(now))
            for change in self._changes:
                if change.at == now:
                    self._await(change)
            told += self._told_changes(now, self._timeline.at(now))
            agenda |= {waiting.due for waiting in self._waiting.values()}
        return told

    def first_free(self, moment: datetime) -> datetime:
        """From `moment` on, when the budget allows somebody who chose nothing one more message."""
        while (later := self.later(moment)) > moment:
            moment = later
        self.count(moment)
        return moment

    def later(self, moment: datetime) -> datetime:
        """`moment` if the budget allows somebody who chose nothing one more message; else when
        to ask again."""
        return self._later(moment, self._timeline.at(moment))

    def count(self, moment: datetime) -> None:
        self._counted.append(moment)

    def _reminder(self, now: datetime, version: Version) -> Iterator[Expected]:
        due = [lead for lead in self._leads if lead.comes and lead.moment == now]
        due = [lead for lead in due if self._is_new(lead)]
        if not due:
            return
        self._reminded |= {(lead.session, lead.start) for lead in due}
        if self._later(now, version) > now:
            return
        soon = [lead for lead in self._planned(now, version) if self._is_new(lead)]
        self._reminded |= {(lead.session, lead.start) for lead in soon}
        self._counted.append(now)
        sessions = [version.sessions[lead.session] for lead in (*due, *soon)]
        yield Expected.of(self._email, now, sessions)

    def _is_new(self, lead: Lead) -> bool:
        """A session that hardly moved since the person was reminded of it is not told again."""
        return not any(
            name == lead.session and abs(start - lead.start) <= self._rules.remind
            for name, start in self._reminded
        )

    def _planned(self, now: datetime, version: Version) -> list[Lead]:
        """The reminders that, as the programme stands, come within the gap after `now`."""
        return [
            lead
            for lead in self._leads
            if lead.since == version.at and now < lead.moment < now + self._rules.gap
        ]

    def _await(self, change: Change) -> None:
        waiting = self._waiting.get(change.after.id)
        if change.undoes and (waiting or change.after.id not in self._heard):
            return  # never told: there is nothing to take back
        self._waiting[change.after.id] = _Waiting(
            Untold.adding(change, waiting.untold if waiting else None),
            change.at,
            (waiting is not None and waiting.urgent) or change.ahead <= self._rules.urgent,
        )

    def _told_changes(self, now: datetime, version: Version) -> Iterator[Expected]:
        programme = version.sessions
        due = {name: one for name, one in self._waiting.items() if one.due <= now}
        for name in due:
            del self._waiting[name]
        due = {name: one for name, one in due.items() if not one.untold.moot(now, programme[name])}
        if not due:
            return
        urgent = any(one.urgent for one in due.values())
        if not urgent and (later := self._after_reminder(now, version)) > now:
            starts = [programme[name].start for name in due]
            starts += [one.untold.before.start for one in due.values()]
            moment, urgent = self._before_it_is_too_late(now, later, starts)
            if moment > now:
                self._waiting |= {name: replace(one, due=moment) for name, one in due.items()}
                return
        if not urgent:
            self._counted.append(now)
        self._heard |= due.keys()
        yield Expected.of(self._email, now, [programme[name] for name in due])

    def _before_it_is_too_late(
        self, now: datetime, later: datetime, starts: Iterable[datetime]
    ) -> tuple[datetime, bool]:
        """When to look again, and whether that is now: what the budget would hold back until its
        session has begun becomes urgent instead."""
        held_back = [start for start in starts if now < start <= later]
        if not held_back:
            return later, False
        moment = min(held_back) - self._rules.urgent
        return max(moment, now), moment <= now

    def _after_reminder(self, now: datetime, version: Version) -> datetime:
        """As `_later`, for what has no moment of its own: a reminder that is near comes first."""
        later = self._later(now, version)
        planned = [lead.moment for lead in self._planned(now, version)]
        return min(planned) + self._rules.gap if later == now and planned else later

    def _later(self, now: datetime, version: Version) -> datetime:
        """`now` if the budget allows one more message; else when to ask again."""
        local = now.astimezone(self._rules.zone)
        if local.time() >= self._rules.quiet_from or local.time() < self._rules.quiet_until:
            return self._morning(now)
        if speaks_until := [session.end for session in self._speaks_in(now, version)]:
            return max(speaks_until)
        today = [
            moment
            for moment in self._counted
            if moment.astimezone(self._rules.zone).date() == local.date()
        ]
        if len(today) >= self._rules.messages_a_day:
            return self._morning(now)
        if today and today[-1] + self._rules.gap > now:
            return today[-1] + self._rules.gap
        return now

    def _speaks_in(self, now: datetime, version: Version) -> list[Session]:
        return [
            session
            for session in version.sessions.values()
            if self._email in session.speakers
            and not session.cancelled
            and session.start <= now < session.end
        ]

    def _morning(self, now: datetime) -> datetime:
        """The next moment at which the night's quiet ends."""
        local = now.astimezone(self._rules.zone)
        morning = datetime.combine(local.date(), self._rules.quiet_until, self._rules.zone)
        if morning > local:
            return morning
        return datetime.combine(
            local.date() + timedelta(days=1), self._rules.quiet_until, self._rules.zone
        )

"""One message a person for their sessions of a day, one for those of the next hour."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.delivery.outbox import refresh
from bot.features.events.model import EventFile
from bot.features.people.queries import wants_fewer
from bot.features.programme.budget import Budgeter
from bot.features.programme.direct import to_person
from bot.features.programme.on_stage import sessions_with_part
from bot.features.programme.tables import SessionRow
from bot.features.speaking.following import speaking_key
from bot.features.speaking.messages import SpeakingOnDay, SpeakingSoon
from bot.features.speaking.pairs import planned
from bot.features.speaking.planning import DAY_UNTIL, HOUR_BEFORE, evening_before, local_day
from bot.features.speaking.tables import DAY, HOUR, SpeakingTelling


def tell(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    due = session.scalars(
        select(SpeakingTelling)
        .where(SpeakingTelling.event_id == event_id, SpeakingTelling.due_at <= now)
        .order_by(SpeakingTelling.participant_id, SpeakingTelling.starts_at)
    ).all()
    for who, tellings in groupby(due, key=lambda one: one.participant_id):
        person = _Person(session, event_id, event, who, now)
        for telling in tellings:
            if telling.due_at is not None:  # told with an earlier one of this turn
                _Turn(person, telling).tell()


class _Person:
    """What is asked once for all that somebody is due to hear."""

    def __init__(
        self, session: Session, event_id: str, event: EventFile, who: str, now: datetime
    ) -> None:
        self.session, self.event_id, self.event = session, event_id, event
        self.who, self.now = who, now
        self.sessions = self._sessions()
        self._allowed: datetime | None = None
        mine = select(SpeakingTelling).where(
            SpeakingTelling.event_id == event_id, SpeakingTelling.participant_id == who
        )
        self.known = {(one.session_id, one.kind): one for one in session.scalars(mine)}

    def next_allowed(self) -> datetime:
        if self._allowed is None:
            budget = Budgeter(self.session, self.event_id, self.event, self.now)
            self._allowed = budget.next_allowed(self.who)
        return self._allowed

    def heard(self) -> None:
        """A message more: what is allowed is asked anew."""
        self._allowed = None

    def _sessions(self) -> dict[str, SessionRow]:
        """Those in which the person has a part, and that are still to begin."""
        ids = sessions_with_part(self.session, self.event_id, self.who)
        rows = self.session.scalars(
            select(SessionRow)
            .where(
                SessionRow.event_id == self.event_id,
                SessionRow.session_id.in_(ids),
                SessionRow.cancelled.is_(False),
                SessionRow.starts_at > self.now,
            )
            .order_by(SessionRow.starts_at, SessionRow.session_id)
        )
        return {row.session_id: row for row in rows}


class _Turn:
    """One session of which one person is due to hear."""

    def __init__(self, person: _Person, telling: SpeakingTelling) -> None:
        self._session, self._event, self._now = person.session, person.event, person.now
        self._person, self._first = person, telling
        self._event_id, self._who = person.event_id, person.who
        self._mine = person.sessions

    def tell(self) -> None:
        first, row = self._first, self._mine.get(self._first.session_id)
        moment = self._moment(first)
        if row is None:
            first.due_at = None  # no longer theirs, or no longer takes place
        elif moment > self._now:
            first.due_at = moment
        elif why := self._too_late(first):
            first.due_at, first.withheld = None, why
        else:
            self._when_allowed()

    def _when_allowed(self) -> None:
        allowed = self._person.next_allowed()
        if allowed > self._now:
            self._first.due_at = allowed
            return
        together = self._together()
        known = {one.telling_id for one in together if one.telling_id}
        if known:  # the rest of the day was told: an edit adds what is new
            self._told(together, min(known))
            refresh(self._session, self._event_id, speaking_key(min(known)), self._now)
            return
        telling_id = new_id()
        self._told(together, telling_id)
        message = SpeakingOnDay if self._first.kind == DAY else SpeakingSoon
        to_person(
            self._session,
            self._event_id,
            self._who,
            message(self._event_id, telling_id),
            speaking_key(telling_id),
            "useful",
            self._now,
            expires_at=max(one.starts_at for one in together),
        )
        self._person.heard()

    def _told(self, together: Collection[SpeakingTelling], telling_id: str) -> None:
        for one in together:
            one.telling_id, one.due_at, one.withheld = telling_id, None, None
        self._session.flush()

    def _moment(self, telling: SpeakingTelling) -> datetime:
        if telling.kind == DAY:
            return evening_before(self._event, telling.starts_at)
        return telling.starts_at - HOUR_BEFORE

    def _too_late(self, telling: SpeakingTelling) -> str | None:
        if telling.kind == HOUR:
            return None
        if wants_fewer(self._session, self._event_id, self._who):
            return "fewer"
        first = min(row.starts_at for row in self._mine.values() if self._same_day(row))
        return "late" if self._now >= first - DAY_UNTIL else None

    def _same_day(self, row: SessionRow) -> bool:
        starts = (row.starts_at, self._first.starts_at)
        return len({local_day(self._event, one) for one in starts}) == 1

    def _together(self) -> list[SpeakingTelling]:
        """All of the day; or what begins so soon after that its own hour would find the person on
        stage."""
        if self._first.kind == DAY:
            rows = [row for row in self._mine.values() if self._same_day(row)]
        else:
            rows, ends = [], self._first.ends_at
            for row in self._mine.values():
                if row.starts_at - HOUR_BEFORE < ends:
                    rows.append(row)
                    ends = max(ends, row.ends_at)
        found = [self._telling(row) for row in rows]
        # Of the next hour only what was not told yet; of a day, its one message.
        return [one for one in found if self._first.kind == DAY or one.telling_id is None]

    def _telling(self, row: SessionRow) -> SpeakingTelling:
        known = self._person.known.get((row.session_id, self._first.kind))
        if known is None:
            known = SpeakingTelling(**planned(self._who, row, self._first.kind, None))
            self._session.add(known)
            self._person.known[row.session_id, self._first.kind] = known
        return known

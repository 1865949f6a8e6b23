"""The message budget of a person: when the next direct message that nobody asked for may come.

Answers and urgent changes do not count and do not wait.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.core.quiet import QuietHours
from bot.delivery.tables import POST, SKIPPED, Delivery
from bot.features.events.model import EventFile
from bot.features.people.queries import wants_fewer
from bot.features.people.quiet import quiet_hours
from bot.features.programme.on_stage import speaking_until
from bot.features.programme.queries import day_of
from bot.features.programme.tables import SessionRow, Star

COUNTED_CLASSES = ("useful", "invitation")


class Budgeter:
    """Asks at one moment, for one event."""

    def __init__(self, session: Session, event_id: str, event: EventFile, now: datetime) -> None:
        self._session, self._event_id, self._event, self._now = session, event_id, event, now

    def withheld(self, participant_id: str, *, reminder: bool) -> str | None:
        """Why a message must not be sent now; None if it may."""
        budget = self._event.budget
        if self._quiet_hours(participant_id).holds(self._local):
            return "quiet"
        if reminder and wants_fewer(self._session, self._event_id, participant_id):
            return "fewer"
        if self._speaking_until(participant_id):
            return "speaking"
        told = self._told_today(participant_id)
        if len(told) >= budget.messages_a_day:
            return "budget"
        if told and max(told) > self._now - budget.gap:
            return "gap"
        return None

    def next_allowed(self, participant_id: str) -> datetime:
        """The first moment at which a message may be sent; now, if it may."""
        reason = self.withheld(participant_id, reminder=False)
        if reason == "quiet":
            return self._quiet_hours(participant_id).next_end(self._local)
        if reason == "speaking":
            return self._speaking_until(participant_id) or self._now
        if reason == "budget":
            return self._quiet_hours(participant_id).end_of_tomorrow(self._local)
        if reason == "gap":
            return max(self._told_today(participant_id)) + self._event.budget.gap
        return self._after_reminder(participant_id) or self._now

    @property
    def _local(self) -> datetime:
        return self._now.astimezone(self._event.tz)

    def _quiet_hours(self, participant_id: str) -> QuietHours:
        return quiet_hours(self._session, self._event, self._event_id, participant_id)

    def _speaking_until(self, participant_id: str) -> datetime | None:
        return speaking_until(self._session, self._event_id, participant_id, self._now)

    def _told_today(self, participant_id: str) -> list[datetime]:
        start, _ = day_of(self._event, self._now)
        return list(
            self._session.scalars(
                select(Delivery.created_at).where(
                    Delivery.event_id == self._event_id,
                    Delivery.participant_id == participant_id,
                    Delivery.created_at >= start,
                    Delivery.operation == POST,
                    Delivery.message_class.in_(COUNTED_CLASSES),
                    Delivery.state != SKIPPED,
                    # What was missed is written down, but nobody hears it.
                    or_(Delivery.expires_at.is_(None), Delivery.expires_at > Delivery.created_at),
                )
            )
        )

    def _after_reminder(self, participant_id: str) -> datetime | None:
        """A reminder that comes within the gap goes first; its moment cannot wait."""
        gap = self._event.budget.gap
        reminder = self._session.scalar(
            select(SessionRow.next_remind_at)
            .join(
                Star,
                (Star.event_id == SessionRow.event_id) & (Star.session_id == SessionRow.session_id),
            )
            .where(
                SessionRow.event_id == self._event_id,
                Star.participant_id == participant_id,
                SessionRow.next_remind_at > self._now,
                SessionRow.next_remind_at < self._now + gap,
            )
            .order_by(SessionRow.next_remind_at)
            .limit(1)
        )
        return reminder + gap if reminder else None

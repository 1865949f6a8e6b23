"""The address of a person's calendar, and what was told in the morning."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Lifecycle, of_event
from bot.db.personal import personal
from bot.features.programme.tables import CHOICES_KEPT


class AgendaFeed(Base):
    """One a participant, under a secret address; whoever has it reads their day."""

    __tablename__ = "agenda_feeds"
    __table_args__ = (
        of_event("participant_id", table="participants"),
        Index("ix_agenda_feeds_secret", "secret"),  # an address does not say its event
    )
    lifecycle = personal(
        lambda: AgendaFeed,
        kept_for=CHOICES_KEPT,
        why="as the personal programme that it shows: end of the event + 30 days",
    )
    """When people are merged, the kept one's address stays; without one, the other's does."""
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    secret: Mapped[str] = mapped_column(String(43))
    made_at: Mapped[datetime]
    digest: Mapped[str | None] = mapped_column(String(64))
    """Of the newest calendar that was fetched, and since when it has been so: a star that is taken
    back changes the calendar, and leaves nothing that has a date."""
    changed_at: Mapped[datetime | None]


class MorningMessage(Base):
    """The message of a day, decided once for all channels and processes."""

    __tablename__ = "morning_messages"
    lifecycle = Lifecycle("what was told in channels: lives as long as the event, names nobody")
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    announcement_id: Mapped[str | None] = mapped_column(Id)
    """The announcement that it stands for, of what begins first that day."""
    since: Mapped[datetime | None]
    """From when on changes are told in it; None where it came too late to be said."""
    told_at: Mapped[datetime]

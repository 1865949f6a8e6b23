"""What runs late, beside the programme: `sessions` holds the sum of both.

A session's effective times are those of the programme file plus the shifts of every delay that
was not undone. An import changes the first and leaves the second alone.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.db.base import Base, Id, Lifecycle, of_event, reassign
from bot.features.programme.tables import CHOICES_KEPT


def _merge(session: Session, event_id: str, kept: str, gone: str) -> None:
    reassign(session, Delay, event_id, kept, gone)


def _erase(session: Session, event_id: str, participant_id: str) -> None:
    """The delay stays, as the times do; who announced it goes."""
    session.execute(
        update(Delay)
        .where(Delay.event_id == event_id, Delay.participant_id == participant_id)
        .values(participant_id=None)
    )


def _expire(session: Session, event_id: str, ended_at: datetime, now: datetime) -> None:
    if now - ended_at >= CHOICES_KEPT:
        session.execute(update(Delay).where(Delay.event_id == event_id).values(participant_id=None))


class Delay(Base):
    """Somebody said that a session runs late; `undone_at` once that was taken back."""

    __tablename__ = "delays"
    __table_args__ = (
        of_event("session_id", table="sessions"),
        of_event("participant_id", table="participants"),
        Index("ix_delays_event_id_session_id", "event_id", "session_id"),
    )
    lifecycle = Lifecycle(
        "moments live as long as the event; who announced them: end + 30 days",
        merge=_merge,
        erase=_erase,
        expire=_expire,
    )
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    delay_id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[int]
    """In which order they were made, since two may be of the same moment."""
    session_id: Mapped[str] = mapped_column(Id)
    minutes: Mapped[int]
    whole: Mapped[bool]
    """*Décaler toute la suite*."""
    participant_id: Mapped[str | None] = mapped_column(Id)
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class DelayShift(Base):
    """By how many seconds a delay moves the start and the end of a session."""

    __tablename__ = "delay_shifts"
    __table_args__ = (
        of_event("delay_id", table="delays"),
        of_event("session_id", table="sessions"),
        Index("ix_delay_shifts_event_id_session_id", "event_id", "session_id"),
    )
    lifecycle = Lifecycle("moments of the published programme: live as long as the event")
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    delay_id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, primary_key=True)
    start_by_s: Mapped[int]
    end_by_s: Mapped[int]

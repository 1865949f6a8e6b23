"""What each person on stage is told before their sessions, and as of when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, of_event
from bot.db.personal import personal
from bot.features.programme.tables import CHOICES_KEPT

DAY, HOUR = "day", "hour"


class SpeakingTelling(Base):
    """One session in a message to somebody who has a part in it; those told together share an id.

    From `starts_at` to `full` it is what the person read, or would read: where the programme says
    otherwise by now, the message follows.
    """

    __tablename__ = "speaking_tellings"
    __table_args__ = (
        of_event("participant_id", table="participants"),
        of_event("session_id", table="sessions"),
        Index("ix_speaking_tellings_event_id_due_at", "event_id", "due_at"),
        Index("ix_speaking_tellings_event_id_telling_id", "event_id", "telling_id"),
    )
    lifecycle = personal(
        lambda: SpeakingTelling,
        "session_id",
        "kind",
        kept_for=CHOICES_KEPT,
        why="what people on stage were told: end of the event + 30 days",
    )
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(4), primary_key=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    room: Mapped[str] = mapped_column(String(255))
    cancelled: Mapped[bool]
    full: Mapped[bool]
    due_at: Mapped[datetime | None]
    """None once told, or where it is not worth saying any more."""
    telling_id: Mapped[str | None] = mapped_column(Id)
    withheld: Mapped[str | None] = mapped_column(String(16))
    """Why the person was not told."""

"""What the organisers say, to whom it goes one by one, and what everybody needs to know."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Lifecycle, of_event
from bot.db.personal import personal
from bot.features.programme.tables import CHOICES_KEPT


class Bulletin(Base):
    """An announcement. What is being written lies in `draft` until somebody publishes it, so what
    is scheduled goes out as it was decided, whoever is writing at that moment."""

    __tablename__ = "bulletins"
    __table_args__ = (
        Index("ix_bulletins_event_id_next_send_at", "event_id", "next_send_at"),
        Index("ix_bulletins_event_id_state", "event_id", "state"),
    )
    lifecycle = Lifecycle(
        "what the organisers told everybody, without who wrote it: lives as long as the event"
    )
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    bulletin_id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=0)
    """Counts what was written: who saves or publishes says which version they saw."""
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    text_fr: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[str] = mapped_column(String(16), default="")
    target: Mapped[str] = mapped_column(String(255), default="")
    next_send_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    armed: Mapped[str | None] = mapped_column(Id)
    """Of an emergency: what the second press has to know, from the first one on."""
    armed_at: Mapped[datetime | None]


class BulletinLetter(Base):
    """An announcement to one of those who chose a session."""

    __tablename__ = "bulletin_letters"
    __table_args__ = (
        of_event("bulletin_id", table="bulletins"),
        of_event("participant_id", table="participants"),
        Index("ix_bulletin_letters_event_id_due_at", "event_id", "due_at"),
    )
    lifecycle = personal(
        lambda: BulletinLetter,
        "bulletin_id",
        kept_for=CHOICES_KEPT,
        why="tells who chose a session: end of the event + 30 days",
    )
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    bulletin_id: Mapped[str] = mapped_column(Id, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[str] = mapped_column(Id)
    """The delivery's key is made of it, so that it survives a merge of people."""
    due_at: Mapped[datetime | None]
    """None once it was sent, or was no longer worth it."""


class PracticalInfo(Base):
    """One entry of the practical information, as the organisers' file has it."""

    __tablename__ = "practical_infos"
    __table_args__ = ()
    lifecycle = Lifecycle("what the organisers tell everybody: lives as long as the event")
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    entry: Mapped[str] = mapped_column(String(32), primary_key=True)
    position: Mapped[int]
    title_fr: Mapped[str] = mapped_column(String(75))
    text_fr: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(String(75))
    text_en: Mapped[str] = mapped_column(Text)

"""Where the programme is fetched from, and what was fetched and waits for an organiser."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.db.base import Base, Id, Lifecycle, of_event
from bot.features.people.tables import Participant
from bot.features.programme.tables import CHOICES_KEPT

APPLIED, IGNORED, OVERTAKEN = "applied", "ignored", "overtaken"


class ProgrammeSource(Base):
    """The address of the programme, as the event file says, and what was last found there."""

    __tablename__ = "programme_sources"
    __table_args__ = (
        Index("ix_programme_sources_event_id_next_fetch_at", "event_id", "next_fetch_at"),
    )
    lifecycle = Lifecycle("the event's own settings: lives as long as the event, names nobody")
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    address: Mapped[str] = mapped_column(Text)
    every_minutes: Mapped[int]
    next_fetch_at: Mapped[datetime | None]
    """None where the event file names no address any more."""
    etag: Mapped[str | None] = mapped_column(Text)
    modified: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str | None] = mapped_column(String(64))
    """Of the last file that was imported, put to the organisers, or ignored by them."""
    failing_since: Mapped[datetime | None]
    failure: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    """[msgid, arguments] of why, told once."""


def _merge(session: Session, event_id: str, kept: str, gone: str) -> None:
    session.execute(
        update(PendingProgramme)
        .where(PendingProgramme.event_id == event_id, PendingProgramme.decided_by == gone)
        .values(decided_by=kept)
    )


def _erase(session: Session, event_id: str, participant_id: str) -> None:
    """A file that names the person is not kept; it is fetched again, and asked about anew."""
    session.execute(
        update(PendingProgramme)
        .where(PendingProgramme.event_id == event_id, PendingProgramme.decided_by == participant_id)
        .values(decided_by=None)
    )
    person = session.get(Participant, (event_id, participant_id))
    waiting = session.scalar(
        select(PendingProgramme).where(
            PendingProgramme.event_id == event_id, PendingProgramme.sessions.is_not(None)
        )
    )
    names = [name for name in (person.email, person.name) if name] if person else []
    if waiting is not None and any(name in (waiting.sessions or "") for name in names):
        waiting.sessions, waiting.decision = None, OVERTAKEN
        session.execute(
            update(ProgrammeSource)
            .where(ProgrammeSource.event_id == event_id)
            .values(digest=None, etag=None, modified=None)
        )


def _expire(session: Session, event_id: str, ended_at: datetime, now: datetime) -> None:
    if now - ended_at >= CHOICES_KEPT:
        session.execute(delete(PendingProgramme).where(PendingProgramme.event_id == event_id))


class PendingProgramme(Base):
    """A fetched programme that changes much: one waits at a time, and a newer one replaces it."""

    __tablename__ = "pending_programmes"
    __table_args__ = (of_event("decided_by", table="participants", to=("participant_id",)),)
    lifecycle = Lifecycle(
        "emptied once decided; rows: end of the event + 30 days",
        merge=_merge,
        erase=_erase,
        expire=_expire,
    )
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    import_id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int]
    """Raised when a newer file takes its place: a button of the older one does nothing."""
    sessions: Mapped[str | None] = mapped_column(Text)
    """As JSON; None once decided."""
    summary: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    """How many sessions underwent which change, as it was when decided."""
    found_at: Mapped[datetime]
    decision: Mapped[str | None] = mapped_column(String(16))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Id)

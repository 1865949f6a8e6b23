"""The append-only history: who changed what, from what to what, because of which gesture."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, delete, or_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.core.ids import new_id
from bot.db.base import Base, Id, Lifecycle


def _merge(session: Session, event_id: str, kept: str, gone: str) -> None:
    for column in (Change.actor, Change.subject):
        session.execute(
            update(Change).where(Change.event_id == event_id, column == gone).values({column: kept})
        )


def _erase(session: Session, event_id: str, participant_id: str) -> None:
    """The rows stay, as counts; what they said of the person goes."""
    about = or_(Change.subject == participant_id, Change.actor == participant_id)
    session.execute(
        update(Change).where(Change.event_id == event_id, about).values(before=None, after=None)
    )


def _expire(session: Session, event_id: str, ended_at: datetime, now: datetime) -> None:
    if (now - ended_at).days >= 120:
        session.execute(delete(Change).where(Change.event_id == event_id))


class Change(Base):
    __tablename__ = "history"
    __table_args__ = (
        Index("ix_history_event_id_subject", "event_id", "subject"),
        Index("ix_history_event_id_what", "event_id", "what", "at"),
    )
    lifecycle = Lifecycle("end of the event + 120 days", merge=_merge, erase=_erase, expire=_expire)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    change_id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(32))
    """A participant's id, or "cli", "clock", "programme"."""
    what: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(32))
    before: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    after: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    cause: Mapped[str | None] = mapped_column(String(255))
    """The incoming event or the import that led to it."""


def record(
    session: Session,
    event_id: str,
    what: str,
    subject: str,
    *,
    at: datetime,
    actor: str,
    before: object = None,
    after: object = None,
    cause: str | None = None,
) -> str:
    """Write down a change; its id, by which it can be undone."""
    change_id = new_id()
    session.add(
        Change(
            event_id=event_id,
            change_id=change_id,
            at=at,
            actor=actor,
            what=what,
            subject=subject,
            before=before,
            after=after,
            cause=cause,
        )
    )
    return change_id

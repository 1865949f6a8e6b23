"""Personal links to pages, and the browsers in which they were followed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.db.base import Base, Id, Lifecycle, of_event
from bot.db.engine import machine_now


def _forget_pages(session: Session, event_id: str, participant_id: str) -> None:
    for table in (PageLink, PageSession):
        session.execute(
            delete(table).where(table.event_id == event_id, table.participant_id == participant_id)
        )


def _pages_of(session: Session, event_id: str, kept: str, gone: str) -> None:
    """What somebody opened before being recognised is opened again, with the rights of now."""
    _forget_pages(session, event_id, gone)


def _expire_pages(session: Session, event_id: str, ended_at: datetime, now: datetime) -> None:
    """All of them every night: neither lives longer than twelve hours, by the machine's time."""
    oldest = machine_now(session)
    for table in (PageLink, PageSession):
        session.execute(delete(table).where(table.event_id == event_id, table.until < oldest))


_PAGES_KEPT = Lifecycle(
    "twelve hours at most", merge=_pages_of, erase=_forget_pages, expire=_expire_pages
)


class PageLink(Base):
    """A personal link that was not followed yet. The token itself is stored nowhere."""

    __tablename__ = "page_links"
    __table_args__ = (of_event("participant_id", table="participants"),)
    lifecycle = _PAGES_KEPT
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id)
    path: Mapped[str] = mapped_column(String(120))
    """The page it leads to."""
    until: Mapped[float]
    """Machine time, in seconds since 1970."""


class PageSession(Base):
    """A browser in which a personal link was followed."""

    __tablename__ = "page_sessions"
    __table_args__ = (
        of_event("participant_id", table="participants"),
        Index("ix_page_sessions_event_id_participant_id", "event_id", "participant_id"),
    )
    lifecycle = _PAGES_KEPT
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    cookie_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id)
    until: Mapped[float]

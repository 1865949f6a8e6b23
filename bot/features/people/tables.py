"""Participants of an event, and who they are in its workspaces."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    delete,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.db.base import Base, Id, Lifecycle, of_event, reassign

UNSEEN_KEPT = timedelta(days=30)
SEEN_KEPT = timedelta(days=120)


_ONE_VALUE = (
    "email",
    "name",
    "organisation",
    "kind",
    "languages",
    "language",
    "locale",
    "fewer_messages",
    "quiet_from",
    "quiet_until",
)

_NOBODY: dict[str, Any] = {
    **dict.fromkeys(
        ("email", "name", "organisation", "kind", "locale", "language", "quiet_from", "quiet_until")
    ),
    "languages": "",
    "extra": {},
    "erased": True,
}
"""What an erased person's row holds: it stays, empty, so that what was counted remains a count."""


def _erase_participant(session: Session, event_id: str, participant_id: str) -> None:
    session.execute(
        update(Participant)
        .where(Participant.event_id == event_id, Participant.participant_id == participant_id)
        .values(**_NOBODY)
    )


def _merge_participant(session: Session, event_id: str, kept: str, gone: str) -> None:
    """What the kept one lacks comes from the other, which is then erased."""
    old = session.get_one(Participant, (event_id, gone))
    new = session.get_one(Participant, (event_id, kept))
    lacking = {name: getattr(old, name) for name in _ONE_VALUE if not getattr(new, name)}
    extra = {**old.extra, **new.extra}
    for name in ("imported_at", "seen_at", "welcomed_at"):
        moments = filter(None, (getattr(new, name), getattr(old, name)))
        setattr(new, name, min(moments, default=None))
    _erase_participant(session, event_id, gone)  # first: an address belongs to one person only
    for name, value in {**lacking, "extra": extra}.items():
        setattr(new, name, value)
    session.flush()
    before = (Participant.participant_id == gone) | (Participant.merged_into == gone)
    session.execute(
        update(Participant).where(Participant.event_id == event_id, before).values(merged_into=kept)
    )


def _expire_participants(
    session: Session, event_id: str, ended_at: datetime, now: datetime
) -> None:
    for kept, seen in ((UNSEEN_KEPT, False), (SEEN_KEPT, True)):
        if now - ended_at < kept:
            continue
        who = Participant.seen_at.is_not(None) if seen else Participant.seen_at.is_(None)
        session.execute(
            update(Participant).where(Participant.event_id == event_id, who).values(**_NOBODY)
        )


class Participant(Base):
    __tablename__ = "participants"
    __table_args__ = (
        UniqueConstraint("event_id", "email"),
        of_event("kind", table="profile_kinds"),
        Index("ix_participants_event_id_kind", "event_id", "kind"),
    )
    lifecycle = Lifecycle(
        "imported and never seen: end + 30 days; others: end + 120 days, then counts",
        merge=_merge_participant,
        erase=_erase_participant,
        expire=_expire_participants,
    )
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254))
    name: Mapped[str | None] = mapped_column(String(200))
    organisation: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[str | None] = mapped_column(String(32))
    languages: Mapped[str] = mapped_column(String(64), default="")
    """Spoken languages by preference, "fr;en"."""
    extra: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    language: Mapped[str | None] = mapped_column(String(8))
    """The language the person chose to read; otherwise the locale decides."""
    locale: Mapped[str | None] = mapped_column(String(16))
    fewer_messages: Mapped[bool] = mapped_column(default=False)
    quiet_from: Mapped[time | None]
    """Their own quiet hours; None for those of the event."""
    quiet_until: Mapped[time | None]
    imported_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    welcomed_at: Mapped[datetime | None]
    erased: Mapped[bool] = mapped_column(default=False)
    merged_into: Mapped[str | None] = mapped_column(Id)
    """Who this turned out to be. What was sealed to this id is for them: it is not sealed anew,
    for the rows that change at a merge would tell whose they are."""


def _merge_identities(session: Session, event_id: str, kept: str, gone: str) -> None:
    reassign(session, Identity, event_id, kept, gone)


def _erase_identities(session: Session, event_id: str, participant_id: str) -> None:
    session.execute(
        delete(Identity).where(
            Identity.event_id == event_id, Identity.participant_id == participant_id
        )
    )


def _expire_identities(session: Session, event_id: str, ended_at: datetime, now: datetime) -> None:
    if now - ended_at >= SEEN_KEPT:
        session.execute(delete(Identity).where(Identity.event_id == event_id))


class Identity(Base):
    """(workspace, platform user id) → participant."""

    __tablename__ = "identities"
    __table_args__ = (
        of_event("workspace_id", table="workspaces"),
        of_event("participant_id", table="participants"),
        Index("ix_identities_event_id_participant_id", "event_id", "participant_id"),
    )
    lifecycle = Lifecycle(
        "end of the event + 120 days",
        merge=_merge_identities,
        erase=_erase_identities,
        expire=_expire_identities,
    )
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id)

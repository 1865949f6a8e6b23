"""What people say of themselves for introductions, what they agreed to, and whom they avoid."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import JSON, Index, String, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.db.base import Base, Id, Lifecycle, of_event, reassign
from bot.db.personal import of_pairs, personal
from bot.features.people.tables import Participant

KEPT = timedelta(days=120)
_WHY = "end of the event + 120 days"


def _merge_profile(session: Session, event_id: str, kept: str, gone: str) -> None:
    """What a person said of themselves wins over a list; of two such, the kept one's."""
    mine, theirs = (session.get(Profile, (event_id, one)) for one in (kept, gone))
    if mine is not None and (theirs is None or mine.confirmed_at or not theirs.confirmed_at):
        _forget(session, event_id, gone)
    else:
        _forget(session, event_id, kept)
        reassign(session, Profile, event_id, kept, gone)


def _forget(session: Session, event_id: str, participant_id: str) -> None:
    assert Profile.lifecycle.erase is not None
    Profile.lifecycle.erase(session, event_id, participant_id)


class Profile(Base):
    """One a participant: as imported, then as the person corrected it."""

    __tablename__ = "profiles"
    __table_args__ = (
        of_event("participant_id", table="participants"),
        of_event("claimed_kind", table="profile_kinds", to=("kind",)),
    )
    lifecycle = replace(personal(lambda: Profile, kept_for=KEPT, why=_WHY), merge=_merge_profile)
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    job_title: Mapped[str | None] = mapped_column(String(200))
    topics: Mapped[list[str]] = mapped_column(JSON, default=list)
    offers: Mapped[list[str]] = mapped_column(JSON, default=list)
    seeks: Mapped[list[str]] = mapped_column(JSON, default=list)
    claimed_kind: Mapped[str | None] = mapped_column(String(32))
    """What the person says to represent, where only the import or an organiser may confirm it."""
    always: Mapped[bool] = mapped_column(default=False)
    """The standing choice: each round asks them; otherwise they press the button in the channel."""
    meetings_a_day: Mapped[int | None]
    """None for the rule of their kind."""
    meets: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The kinds whom they meet; empty for all."""
    no_soliciting: Mapped[bool] = mapped_column(default=False)
    """*Pas de démarchage commercial*."""
    avoided: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Organisations that they do not meet."""
    meets_at_stand: Mapped[bool] = mapped_column(default=True)
    """Of a person on a stand: they are met there; False takes them out of the rounds."""
    paused_until: Mapped[datetime | None]
    paused_why: Mapped[str | None] = mapped_column(String(16))
    """"self" or "unkept"."""
    confirmed_at: Mapped[datetime | None]
    """*C'est exact*, or a correction by the person."""


class Consent(Base):
    """One purpose each, given and withdrawn by the person alone."""

    __tablename__ = "consents"
    __table_args__ = (of_event("participant_id", table="participants"),)
    lifecycle = personal(lambda: Consent, kept_for=KEPT, why=_WHY)
    """When people are merged, what the kept one said stands; the rest comes from the other."""
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16), primary_key=True)
    """"adult", "introductions", "directory", "follow_ups", "association"."""
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Block(Base):
    """*Ne plus me proposer cette personne*: silent, and it holds both ways."""

    __tablename__ = "blocks"
    __table_args__ = (
        of_event("participant_id", table="participants"),
        of_event("blocked_id", table="participants", to=("participant_id",)),
        Index("ix_blocks_event_id_blocked_id", "event_id", "blocked_id"),
    )
    lifecycle = of_pairs(lambda: Block, "blocked_id", kept_for=KEPT, why=_WHY)
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    blocked_id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]


def _erase_stand_contact(session: Session, event_id: str, participant_id: str) -> None:
    """By their address as well: they may not have been recognised as who is met there."""
    address = select(Participant.email).where(
        Participant.event_id == event_id, Participant.participant_id == participant_id
    )
    theirs = or_(
        Stand.participant_id == participant_id, Stand.contact_email == address.scalar_subquery()
    )
    session.execute(
        update(Stand)
        .where(Stand.event_id == event_id, theirs)
        .values(participant_id=None, contact_email=None)
    )


def _merge_stand_contact(session: Session, event_id: str, kept: str, gone: str) -> None:
    reassign(session, Stand, event_id, kept, gone)


def _expire_stand_contacts(
    session: Session, event_id: str, ended_at: datetime, now: datetime
) -> None:
    if now - ended_at >= KEPT:
        session.execute(
            update(Stand)
            .where(Stand.event_id == event_id)
            .values(participant_id=None, contact_email=None)
        )


class Stand(Base):
    """An exhibitor's place, and who is met there."""

    __tablename__ = "stands"
    __table_args__ = (
        of_event("participant_id", table="participants"),
        Index("ix_stands_event_id_participant_id", "event_id", "participant_id"),
    )
    lifecycle = Lifecycle(
        "who is met there: end of the event + 120 days; the stand lives with its event",
        merge=_merge_stand_contact,
        erase=_erase_stand_contact,
        expire=_expire_stand_contacts,
    )
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    stand: Mapped[str] = mapped_column(String(16), primary_key=True)
    organisation: Mapped[str] = mapped_column(String(200))
    area: Mapped[str | None] = mapped_column(String(200))
    contact_email: Mapped[str | None] = mapped_column(String(254))
    """As imported: whoever joins with this address is met there."""
    participant_id: Mapped[str | None] = mapped_column(Id)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    """Missing from the newest list."""

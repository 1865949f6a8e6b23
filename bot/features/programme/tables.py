"""The programme as imported, what was told of it, and what people chose from it.

The `next_…_at` columns are the schedule: the moment (event time) at which something is due, or
None. An index over each keeps the question "what is due?" cheap however long the past is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.db.base import Base, Id, Lifecycle, of_event, reassign
from bot.db.personal import personal
from bot.features.events.tables import Event
from bot.features.people.tables import Participant

CHOICES_KEPT = timedelta(days=30)
NOBODY_YET = datetime(1970, 1, 1, tzinfo=UTC)


def as_begun(effective: str) -> Callable[[Any], datetime]:
    """A session begins where the programme says, until something runs late."""
    return lambda context: context.get_current_parameters()[effective]


class SessionRow(Base):
    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("event_id", "source_id"),
        Index("ix_sessions_event_id_starts_at", "event_id", "starts_at"),
        Index("ix_sessions_event_id_kind", "event_id", "kind"),
        Index("ix_sessions_event_id_next_announce_at", "event_id", "next_announce_at"),
        Index("ix_sessions_event_id_next_remind_at", "event_id", "next_remind_at"),
        Index("ix_sessions_event_id_next_brief_at", "event_id", "next_brief_at"),
    )
    lifecycle = Lifecycle("the published programme: lives as long as the event")
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, primary_key=True)
    source_id: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(32))
    room: Mapped[str] = mapped_column(String(255))
    track: Mapped[str | None] = mapped_column(String(255))
    language: Mapped[str | None] = mapped_column(String(32))
    abstract: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(String(64))
    planned_starts_at: Mapped[datetime] = mapped_column(
        insert_default=as_begun("starts_at"), nullable=True
    )
    planned_ends_at: Mapped[datetime] = mapped_column(
        insert_default=as_begun("ends_at"), nullable=True
    )
    """What the programme file says; null only where a process of the version before wrote it."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """Those of the programme file and the delays together: what everybody goes by."""
    cancelled: Mapped[bool] = mapped_column(default=False)
    capacity: Mapped[int | None]
    full: Mapped[bool] = mapped_column(default=False, server_default=false())
    """*Complet*, as somebody in the room said; no import knows better."""
    accessibility: Mapped[str] = mapped_column(String(255), default="", server_default="")
    """As the organisers' list has it: "LSF;sous-titrage"."""
    announced_start: Mapped[datetime | None]
    """The start for which it was last announced."""
    reminded_start: Mapped[datetime | None]
    next_announce_at: Mapped[datetime | None]
    next_remind_at: Mapped[datetime | None]
    next_brief_at: Mapped[datetime | None]
    """When the people on its stage may next have something to hear: whatever changes the session,
    who they are or whether they can be written to, has it looked at at once."""


def brief_again(session: Session, event_id: str, *of: ColumnElement[bool]) -> None:
    """Have the sessions `of` those conditions looked at for their people on stage, at once."""
    at_once = session.get_one(Event, event_id).applied_at
    session.execute(
        update(SessionRow)
        .where(SessionRow.event_id == event_id, *of)
        .values(next_brief_at=at_once)
        .execution_options(synchronize_session="fetch")
    )


def brief_with(table: Any) -> Callable[[Session, str, str], None]:
    """What it means that somebody was met, for a table of who is on which stage."""

    def met(session: Session, event_id: str, participant_id: str) -> None:
        mine = select(table().session_id).where(
            table().event_id == event_id, table().participant_id == participant_id
        )
        if session.scalar(mine.limit(1)) is not None:
            brief_again(session, event_id, SessionRow.session_id.in_(mine))

    return met


def _on_stage(table: Callable[[], Any], **forgotten: Callable[[datetime], Any]) -> Lifecycle:
    """The published programme keeps its names; the link to the person and the address go.

    `forgotten` is what else becomes of a row then.
    """

    def merge(session: Session, event_id: str, kept: str, gone: str) -> None:
        reassign(session, table(), event_id, kept, gone)

    def erase(session: Session, event_id: str, participant_id: str) -> None:
        address = (
            select(Participant.email)
            .where(Participant.event_id == event_id, Participant.participant_id == participant_id)
            .scalar_subquery()
        )
        rows = table()
        mine = or_(rows.participant_id == participant_id, rows.email == address)
        session.execute(
            update(rows)
            .where(rows.event_id == event_id, mine)
            .values(participant_id=None, email=None)
        )

    def expire(session: Session, event_id: str, ended_at: datetime, now: datetime) -> None:
        if now - ended_at >= CHOICES_KEPT:
            also = {name: value(now) for name, value in forgotten.items()}
            session.execute(
                update(table())
                .where(table().event_id == event_id)
                .values(email=None, participant_id=None, **also)
            )

    why = "names are the published programme's; addresses and links: end + 30 days"
    return Lifecycle(why, merge, erase, expire, met=brief_with(table))


class SpeakerRow(Base):
    __tablename__ = "speakers"
    __table_args__ = (
        of_event("session_id", table="sessions"),
        of_event("participant_id", table="participants"),
        Index("ix_speakers_event_id_participant_id", "event_id", "participant_id"),
    )
    # Once addresses are forgotten, nobody is asked any more who the speakers were.
    lifecycle = _on_stage(lambda: SpeakerRow, asked_at=lambda now: now)
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    email: Mapped[str | None] = mapped_column(String(254))
    organisation: Mapped[str | None] = mapped_column(String(255))
    source_id: Mapped[str | None] = mapped_column(String(255))
    participant_id: Mapped[str | None] = mapped_column(Id)
    asked_at: Mapped[datetime | None]
    """When the organisers were asked who this is; `NOBODY_YET` if there was nobody to suggest."""


class PassageRow(Base):
    """One of several who take turns on the stage of a session, in their order."""

    __tablename__ = "passages"
    __table_args__ = (
        of_event("session_id", table="sessions"),
        of_event("participant_id", table="participants"),
        Index("ix_passages_event_id_participant_id", "event_id", "participant_id"),
    )
    lifecycle = _on_stage(lambda: PassageRow)
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    minutes: Mapped[int]
    organisation: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(255))
    email: Mapped[str | None] = mapped_column(String(254))
    participant_id: Mapped[str | None] = mapped_column(Id)


class MaterialRow(Base):
    """What was shown or is to be read, at its address."""

    __tablename__ = "materials"
    __table_args__ = (
        of_event("session_id", table="sessions"),
        Index("ix_materials_event_id_session_id", "event_id", "session_id"),
    )
    lifecycle = Lifecycle("the published programme: lives as long as the event, names nobody")
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    material_id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id)
    title: Mapped[str] = mapped_column(String(150))
    url: Mapped[str] = mapped_column(String(512))
    added_at: Mapped[datetime]


def choices(table: Callable[[], Any], *same: str) -> Lifecycle:
    why = "personal programme: end of the event + 30 days"
    return personal(table, *same, kept_for=CHOICES_KEPT, why=why)


class Star(Base):
    """A session in somebody's own programme."""

    __tablename__ = "stars"
    __table_args__ = (
        of_event("participant_id", table="participants"),
        of_event("session_id", table="sessions"),
        Index("ix_stars_event_id_session_id", "event_id", "session_id"),
    )
    lifecycle = choices(lambda: Star, "session_id")
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, primary_key=True)
    starred_at: Mapped[datetime]


class Announcement(Base):
    """One post about the sessions that start together; its delivery's key is made of its id."""

    __tablename__ = "announcements"
    __table_args__ = ()
    lifecycle = Lifecycle("what was told in channels: lives as long as the event, names nobody")
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    announcement_id: Mapped[str] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(80))
    starts_at: Mapped[datetime]


class AnnouncedSession(Base):
    """A session is announced once for each start: the key says so, whoever runs the job."""

    __tablename__ = "announced_sessions"
    __table_args__ = (
        of_event("announcement_id", table="announcements"),
        of_event("session_id", table="sessions"),
        Index("ix_announced_sessions_event_id_next_live_at", "event_id", "next_live_at"),
    )
    lifecycle = Lifecycle("what was told in channels: lives as long as the event, names nobody")
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, primary_key=True)
    told_start: Mapped[datetime] = mapped_column(primary_key=True)
    announcement_id: Mapped[str] = mapped_column(Id)
    next_live_at: Mapped[datetime | None]
    live: Mapped[bool] = mapped_column(default=False)


class Reminder(Base):
    """One session in a reminder to one person; `withheld` says why none was sent."""

    __tablename__ = "reminders"
    __table_args__ = (
        of_event("participant_id", table="participants"),
        of_event("session_id", table="sessions"),
        Index("ix_reminders_event_id_reminder_id", "event_id", "reminder_id"),
        Index("ix_reminders_event_id_session_id", "event_id", "session_id"),
    )
    lifecycle = choices(lambda: Reminder, "session_id", "told_start")
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, primary_key=True)
    told_start: Mapped[datetime] = mapped_column(primary_key=True)
    reminder_id: Mapped[str] = mapped_column(Id)
    withheld: Mapped[str | None] = mapped_column(String(16))


class Notice(Base):
    """A change that a channel or a person is to be told; changes told together share an id."""

    __tablename__ = "notices"
    __table_args__ = (
        of_event("participant_id", table="participants"),
        of_event("session_id", table="sessions"),
        Index("ix_notices_event_id_due_at", "event_id", "due_at"),
        Index("ix_notices_event_id_telling_id", "event_id", "telling_id"),
    )
    lifecycle = choices(lambda: Notice, "notice_id")
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    notice_id: Mapped[str] = mapped_column(Id, primary_key=True)
    channel: Mapped[str | None] = mapped_column(String(80))
    participant_id: Mapped[str | None] = mapped_column(Id)
    session_id: Mapped[str] = mapped_column(Id)
    kinds: Mapped[list[str]] = mapped_column(JSON)
    from_start: Mapped[datetime | None]
    from_room: Mapped[str | None] = mapped_column(String(255))
    urgent: Mapped[bool]
    due_at: Mapped[datetime | None]
    """None once told, or once the session was over before it could be told."""
    telling_id: Mapped[str | None] = mapped_column(Id)
    delay_id: Mapped[str | None] = mapped_column(Id)
    """The delay that it tells of: whoever heard of that hears once if it is taken back."""

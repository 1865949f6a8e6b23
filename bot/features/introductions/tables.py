"""Rounds and the introductions made in them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    delete,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.db.base import Base, Id, Lifecycle, of_event
from bot.db.personal import personal, take_over

KEPT = timedelta(days=120)
_NOBODY = "names nobody: lives as long as the event"
WITH_THE_PERSON = "end of the event + 120 days, then counts of five or more"

PLANNED, CALLED, MATCHED, OVER, CANCELLED = "planned", "called", "matched", "over", "cancelled"
OPENING, OPENED, WITHDRAWN = "opening", "opened", "withdrawn"
BROKEN = "broken"
"""Of an introduction: somebody's data went while it ran, and who is left is to be told."""


class MeetingTable(Base):
    """A point of meeting: a numbered table with its place and seats."""

    __tablename__ = "meeting_tables"
    lifecycle = Lifecycle(_NOBODY)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(String(200))
    seats: Mapped[int]
    standing: Mapped[bool]
    withdrawn: Mapped[bool] = mapped_column(default=False)
    """Missing from the newest list."""


class Round(Base):
    """The introductions of one break of the programme.

    planned → called (who comes?) → matched (who meets whom) → over; or cancelled.
    """

    __tablename__ = "rounds"
    __table_args__ = (
        of_event("session_id", table="sessions"),
        UniqueConstraint("event_id", "session_id"),
        Index("ix_rounds_event_id_next_at", "event_id", "next_at"),
    )
    lifecycle = Lifecycle(_NOBODY)
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    round_id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id)
    """The break."""
    size: Mapped[int]
    """2 or 4: how many meet at a time."""
    calls_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    """Until when one may say *J'y serai*."""
    opens_at: Mapped[datetime]
    """When the conversations open."""
    window_at: Mapped[datetime]
    """When they meet, for a quarter of an hour."""
    state: Mapped[str] = mapped_column(String(9), default=PLANNED)
    next_at: Mapped[datetime | None]
    """When something is due; None once it is over."""
    asked_at: Mapped[datetime | None]
    """When those who met were asked whether they did."""


def of_person(table: Callable[[], Any]) -> Lifecycle:
    return personal(table, kept_for=KEPT, why=WITH_THE_PERSON)


class RoundChoice(Base):
    """What a person answered to a round: *J'y serai* or *Pas cette fois*."""

    __tablename__ = "round_choices"
    __table_args__ = (
        of_event("round_id", table="rounds"),
        of_event("participant_id", table="participants"),
        Index("ix_round_choices_event_id_participant_id", "event_id", "participant_id"),
    )
    lifecycle = of_person(lambda: RoundChoice)
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    round_id: Mapped[str] = mapped_column(Id, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    coming: Mapped[bool]
    at: Mapped[datetime]


class LeftOut(Base):
    """Who said *J'y serai* and could not be placed: told, and first in line next time."""

    __tablename__ = "round_left_out"
    __table_args__ = (
        of_event("round_id", table="rounds"),
        of_event("participant_id", table="participants"),
        Index("ix_round_left_out_event_id_participant_id", "event_id", "participant_id"),
    )
    lifecycle = of_person(lambda: LeftOut)
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    round_id: Mapped[str] = mapped_column(Id, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    why: Mapped[str] = mapped_column(String(24))
    """A code of the matching: "nobody_left", "no_table", "withdrawal" …"""
    at: Mapped[datetime]


class Introduction(Base):
    """Two to four people who are to meet, and where.

    opening (the conversation is on its way) → opened → over; withdrawn if too few are left.
    """

    __tablename__ = "introductions"
    __table_args__ = (
        of_event("round_id", table="rounds"),
        of_event("workspace_id", table="workspaces"),
        Index("ix_introductions_event_id_round_id", "event_id", "round_id"),
    )
    lifecycle = Lifecycle(_NOBODY)
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    introduction_id: Mapped[str] = mapped_column(Id, primary_key=True)
    round_id: Mapped[str] = mapped_column(Id)
    workspace_id: Mapped[str] = mapped_column(Id)
    table_number: Mapped[int | None]
    stand: Mapped[str | None] = mapped_column(String(16))
    """Where one of them exhibits and is met; otherwise they have a table."""
    icebreaker: Mapped[int]
    """Which of the sentences to begin with."""
    relaxed: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Rules that had to give way: "language", "organisation"."""
    state: Mapped[str] = mapped_column(String(9), default=OPENING)
    closed: Mapped[bool] = mapped_column(default=False)
    """Nothing is written to their conversation any more: somebody blocked, or was erased."""
    made_at: Mapped[datetime]


def _others_reasons(
    session: Session, event_id: str, participant_id: str, instead: str | None
) -> None:
    """What the others were told of a person: of whoever they are now, or nothing."""
    theirs = select(IntroductionMember.introduction_id).where(
        IntroductionMember.event_id == event_id, IntroductionMember.participant_id == participant_id
    )
    for row in session.scalars(
        select(IntroductionMember).where(
            IntroductionMember.event_id == event_id,
            IntroductionMember.introduction_id.in_(theirs),
        )
    ):
        kept = [one for one in row.reasons if instead or one[1] != participant_id]
        row.reasons = [
            [code, instead if other == participant_id and instead else other, *tags]
            for code, other, *tags in kept
        ]
    session.flush()


def _merge_members(session: Session, event_id: str, kept: str, gone: str) -> None:
    _others_reasons(session, event_id, gone, kept)
    take_over(session, IntroductionMember, event_id, kept, gone)


def _erase_members(session: Session, event_id: str, participant_id: str) -> None:
    """Nothing is written to their conversations again; those who wait for them are told."""
    _others_reasons(session, event_id, participant_id, None)
    theirs = select(IntroductionMember.introduction_id).where(
        IntroductionMember.event_id == event_id, IntroductionMember.participant_id == participant_id
    )
    mine = (Introduction.event_id == event_id, Introduction.introduction_id.in_(theirs))
    running = select(Round.round_id).where(Round.event_id == event_id, Round.state == MATCHED)
    session.execute(update(Introduction).where(*mine).values(closed=True))
    session.execute(
        update(Introduction)
        .where(*mine, Introduction.state != WITHDRAWN, Introduction.round_id.in_(running))
        .values(state=BROKEN)
    )
    session.execute(
        delete(IntroductionMember).where(
            IntroductionMember.event_id == event_id,
            IntroductionMember.participant_id == participant_id,
        )
    )


def _expire_members(session: Session, event_id: str, ended_at: datetime, now: datetime) -> None:
    if now - ended_at >= KEPT:
        session.execute(delete(IntroductionMember).where(IntroductionMember.event_id == event_id))


class IntroductionMember(Base):
    __tablename__ = "introduction_members"
    __table_args__ = (
        of_event("introduction_id", table="introductions"),
        of_event("participant_id", table="participants"),
        Index("ix_introduction_members_event_id_participant_id", "event_id", "participant_id"),
    )
    lifecycle = Lifecycle(WITH_THE_PERSON, _merge_members, _erase_members, _expire_members)
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    introduction_id: Mapped[str] = mapped_column(Id, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    reasons: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    """Why, for this person: each a code, whom it is about, and tags; worded when it is shown."""
    value: Mapped[float | None]
    """What the matching held it to be worth to this person, from 0 to 1: who had less comes off
    better in later rounds."""
    presence: Mapped[str | None] = mapped_column(String(8))
    """"here", "late" or "cannot", as the person said."""
    presence_at: Mapped[datetime | None]


class ProblemReport(Base):
    """*Signaler un problème*: for two named people of the organisation, in no channel."""

    __tablename__ = "problem_reports"
    __table_args__ = (
        of_event("introduction_id", table="introductions"),
        of_event("participant_id", table="participants"),
        Index("ix_problem_reports_event_id_participant_id", "event_id", "participant_id"),
    )
    lifecycle = of_person(lambda: ProblemReport)
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    introduction_id: Mapped[str] = mapped_column(Id, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]

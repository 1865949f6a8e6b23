"""Who supports a question, and what keeps a device from guessing the code that lets it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, distinct, func, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from bot.db.base import Base, Id, Lifecycle, of_event
from bot.db.engine import machine_now
from bot.db.personal import take_over
from bot.features.questions.tables import Question

VOTES_KEPT = timedelta(days=30)
ATTEMPTS_KEPT_MIN = 60


def merge_votes(session: Session, event_id: str, kept: str, gone: str) -> None:
    take_over(session, QuestionVote, event_id, kept, gone)


def _erase_votes(session: Session, event_id: str, participant_id: str) -> None:
    session.execute(
        delete(QuestionVote).where(
            QuestionVote.event_id == event_id, QuestionVote.participant_id == participant_id
        )
    )


def _expire_votes(session: Session, event_id: str, ended_at: datetime, now: datetime) -> None:
    if now - ended_at >= VOTES_KEPT:
        people = _total(QuestionVote, func.count(distinct(QuestionVote.participant_id))) + _askers()
        _keep_totals(session, event_id, Question.votes_kept, people)
        session.execute(delete(QuestionVote).where(QuestionVote.event_id == event_id))


def _total(table: type[QuestionVote] | type[GuestVote], count: Any) -> Any:
    """The votes of a question and of those that were merged into it."""
    member = aliased(Question)
    return (
        select(count)
        .select_from(table)
        .join(
            member,
            (member.event_id == table.event_id) & (member.question_id == table.question_id),
        )
        .where(table.event_id == Question.event_id, member.root_id == Question.root_id)
        .correlate(Question)
        .scalar_subquery()
    )


def _askers() -> Any:
    """Those who asked one of the merged by name and did not vote: they count too."""
    member, voted = aliased(Question), aliased(Question)
    same = (member.event_id == Question.event_id, member.root_id == Question.root_id)
    votes = (
        select(QuestionVote.question_id)
        .join(
            voted,
            (voted.event_id == QuestionVote.event_id)
            & (voted.question_id == QuestionVote.question_id),
        )
        .where(
            voted.event_id == member.event_id,
            voted.root_id == member.root_id,
            QuestionVote.participant_id == member.participant_id,
        )
        .correlate(member)
    )
    return (
        select(func.count(distinct(member.participant_id)))
        .where(*same, member.question_id != member.root_id, ~votes.exists())
        .correlate(Question)
        .scalar_subquery()
    )


def _keep_totals(session: Session, event_id: str, column: Any, total: Any) -> None:
    session.execute(
        update(Question)
        .where(Question.event_id == event_id, column.is_(None))
        .values({column: total})
        .execution_options(synchronize_session=False)
    )


class QuestionVote(Base):
    """*Soutenir*: a person supports a question, once. No moment: nobody needs it."""

    __tablename__ = "question_votes"
    __table_args__ = (
        of_event("question_id", table="questions"),
        of_event("participant_id", table="participants"),
    )
    # No index by person: each vote would write one more page, and only erasing looks so.
    lifecycle = Lifecycle(
        "end of the event + 30 days, then totals",
        merge=merge_votes,
        erase=_erase_votes,
        expire=_expire_votes,
    )
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    question_id: Mapped[str] = mapped_column(Id, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    by_name: Mapped[bool] = mapped_column(default=False)
    """Whether a patient association lets its name stand beside the question."""


def _expire_guest_votes(session: Session, event_id: str, ended_at: datetime, now: datetime) -> None:
    if now - ended_at >= VOTES_KEPT:
        devices = _total(GuestVote, func.count(distinct(GuestVote.guest_id)))
        _keep_totals(session, event_id, Question.guest_votes_kept, devices)
        session.execute(delete(GuestVote).where(GuestVote.event_id == event_id))


class GuestVote(Base):
    __tablename__ = "guest_votes"
    __table_args__ = (
        of_event("question_id", table="questions"),
        of_event("guest_id", table="question_guests"),
    )
    lifecycle = Lifecycle("end of the event + 30 days, then totals", expire=_expire_guest_votes)
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    question_id: Mapped[str] = mapped_column(Id, primary_key=True)
    guest_id: Mapped[str] = mapped_column(Id, primary_key=True)


def _expire_attempts(session: Session, event_id: str, ended_at: datetime, now: datetime) -> None:
    oldest = int(machine_now(session) // 60) - ATTEMPTS_KEPT_MIN
    session.execute(
        delete(CodeAttempt).where(CodeAttempt.event_id == event_id, CodeAttempt.minute < oldest)
    )


class CodeAttempt(Base):
    """Wrong codes of a device in a minute of machine time: a code has only four digits."""

    __tablename__ = "code_attempts"
    __table_args__ = (of_event("session_id", table="sessions"),)
    lifecycle = Lifecycle(
        "random ids of devices; an hour, let go of nightly", expire=_expire_attempts
    )
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, primary_key=True)
    minute: Mapped[int] = mapped_column(primary_key=True)
    guest_id: Mapped[str] = mapped_column(Id, primary_key=True)
    failed: Mapped[int]

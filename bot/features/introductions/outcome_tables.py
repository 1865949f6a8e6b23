"""What came of the introductions: what people say of each pair, and what is left of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Lifecycle, of_event
from bot.db.personal import of_pairs
from bot.features.introductions.tables import KEPT, WITH_THE_PERSON, of_person


def _of_pairs(table: Callable[[], Any]) -> Lifecycle:
    return of_pairs(table, kept_for=KEPT, why=WITH_THE_PERSON)


class EncounterAnswer(Base):
    """*La rencontre a-t-elle eu lieu ?*, of one person about one other, after one introduction."""

    __tablename__ = "encounter_answers"
    __table_args__ = (
        of_event("introduction_id", table="introductions"),
        of_event("participant_id", table="participants"),
        of_event("other_id", table="participants", to=("participant_id",)),
        Index("ix_encounter_answers_event_id_participant_id", "event_id", "participant_id"),
        Index("ix_encounter_answers_event_id_other_id", "event_id", "other_id"),
    )
    lifecycle = _of_pairs(lambda: EncounterAnswer)
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    introduction_id: Mapped[str] = mapped_column(Id, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    other_id: Mapped[str] = mapped_column(Id, primary_key=True)
    answer: Mapped[str] = mapped_column(String(8))
    """"yes", "not_yet" or "no"; a person may change their own."""
    at: Mapped[datetime]


class FollowUpAnswer(Base):
    """What came of a meeting, as one of the pair says it; the newest of theirs stands."""

    __tablename__ = "follow_up_answers"
    __table_args__ = (
        of_event("participant_id", table="participants"),
        of_event("other_id", table="participants", to=("participant_id",)),
        Index("ix_follow_up_answers_event_id_other_id", "event_id", "other_id"),
    )
    lifecycle = _of_pairs(lambda: FollowUpAnswer)
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    other_id: Mapped[str] = mapped_column(Id, primary_key=True)
    wave: Mapped[int] = mapped_column(primary_key=True)
    """Days after the end of the event at which it was asked: 1, 7, 30 or 90."""
    outcome: Mapped[str] = mapped_column(String(12))
    """"partnership", "pilot", "funding", "hire", "other" or "nothing"."""
    next_step: Mapped[bool] = mapped_column(default=False)
    """Whether a next step was promised."""
    told: Mapped[str] = mapped_column(String(8), default="counted")
    """How the report may say it: "named" (with both sides' consent), "counted" or "not"."""
    at: Mapped[datetime]


class OutcomeTelling(Base):
    """What waits to be asked of a person, or told: of one introduction, or of a wave."""

    __tablename__ = "outcome_tellings"
    __table_args__ = (
        of_event("participant_id", table="participants"),
        Index("ix_outcome_tellings_event_id_due_at", "event_id", "due_at"),
        Index("ix_outcome_tellings_event_id_participant_id", "event_id", "participant_id"),
    )
    lifecycle = of_person(lambda: OutcomeTelling)
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    about: Mapped[str] = mapped_column(String(12), primary_key=True)
    """"encounter", "follow_up" or "paused"."""
    subject: Mapped[str] = mapped_column(Id, primary_key=True)
    """An introduction's id, or a wave."""
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    due_at: Mapped[datetime | None]
    """None once it was said, or was not worth saying."""


class CrossingTotal(Base):
    """What is left of a crossing of profile kinds when the people have gone: five or more."""

    __tablename__ = "crossing_totals"
    lifecycle = Lifecycle("counts of five or more people; live as long as the event")
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    other_kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    introductions: Mapped[int | None]
    answers: Mapped[int | None]
    encounters: Mapped[int | None]
    follow_ups: Mapped[int | None]
    opportunities: Mapped[int | None]
    confirmed: Mapped[int | None]

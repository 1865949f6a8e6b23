"""Questions, who asks them, and what each session adds to them.

An anonymous question holds nobody: `asker_hash` can be told from a person only with a key that
lives in another store, and not for long.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.db.base import Base, Id, Lifecycle, of_event, partial_index, reassign
from bot.db.history import Change
from bot.features.programme.tables import choices
from bot.features.questions.model import CONSENT, WITHDRAWN

AUTHORS_KEPT = timedelta(days=120)
_NOBODY = "names nobody: lives as long as the event"


class RoomPage(Base):
    """The addresses of a room: `page_id` hangs at its door, `wall_id` only its screen knows."""

    __tablename__ = "room_pages"
    __table_args__ = (
        UniqueConstraint("event_id", "page_id"),
        UniqueConstraint("event_id", "wall_id"),
        Index("ix_room_pages_page_id", "page_id"),  # an address does not say its event
        Index("ix_room_pages_wall_id", "wall_id"),
    )
    lifecycle = Lifecycle(_NOBODY)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    room: Mapped[str] = mapped_column(String(255), primary_key=True)
    page_id: Mapped[str] = mapped_column(Id)
    wall_id: Mapped[str] = mapped_column(String(43))


class QuestionSession(Base):
    """What the questions of a session add to it; made when they first open."""

    __tablename__ = "question_sessions"
    __table_args__ = (
        of_event("session_id", table="sessions"),
        # What the jobs have still to do for them.
        partial_index("ix_question_sessions_wrap", "wrap_told_at IS NULL", "session_id"),
        partial_index("ix_question_sessions_answers", "answers_told_at IS NULL", "session_id"),
    )
    lifecycle = Lifecycle(_NOBODY)
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, primary_key=True)
    opened_at: Mapped[datetime]
    keys_until: Mapped[datetime]
    """When the key of its anonymous questions is deleted; fixed as it opens."""
    code: Mapped[str] = mapped_column(String(4))
    """Stands on the screen of the room, and lets a guest's device vote."""
    closed_at: Mapped[datetime | None]
    moderation: Mapped[str | None] = mapped_column(String(8))
    """This and the next three: None for the event's own rule."""
    anonymous: Mapped[bool | None]
    guests: Mapped[bool | None]
    guest_votes: Mapped[bool | None]
    on_screen: Mapped[str | None] = mapped_column(Id)
    black: Mapped[bool] = mapped_column(default=False)
    """Whether the screen of the room is dark, on request."""
    figures: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it shows what came of the event: in the closing session, on request."""
    board_told_at: Mapped[datetime | None]
    board_state: Mapped[str | None] = mapped_column(String(12))
    """What its board in the channel says of it: open, over, cancelled."""
    wrap_told_at: Mapped[datetime | None]
    """When its host was told what is still open."""
    answers_told_at: Mapped[datetime | None]
    """When askers and voters were told of the written answers."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts what changed for those who look at its pages."""


def _merge_questions(session: Session, event_id: str, kept: str, gone: str) -> None:
    reassign(session, Question, event_id, kept, gone)
    for column in _PEOPLE:
        session.execute(
            update(Question)
            .where(Question.event_id == event_id, column == gone)
            .values({column: kept})
        )

    _undo_for(session, event_id, kept, gone)


def _undo_for(session: Session, event_id: str, kept: str, gone: str) -> None:
    """What an undo would put back names who the person is now."""
    names = {column.key for column in _PEOPLE}
    changes = session.scalars(
        select(Change).where(
            Change.event_id == event_id,
            Change.what.in_([f"question.{what}" for what in (*_WITH_PEOPLE, *_UNDONE)]),
        )
    )
    for change in changes:
        for side in ("before", "after"):
            parts = getattr(change, side) or {}
            values = parts.get("question", {})
            moved = {name: kept for name in names if values.get(name) == gone}
            if moved:
                setattr(change, side, {**parts, "question": {**values, **moved}})


def _erase_questions(session: Session, event_id: str, participant_id: str) -> None:
    """The question stays, its author goes; so do the tasks that only a person can do."""
    mine = (Question.event_id == event_id, Question.participant_id == participant_id)
    # What its author was never heard to agree to was no question yet.
    session.execute(
        update(Question).where(*mine, Question.state == CONSENT).values(state=WITHDRAWN, text="")
    )
    session.execute(update(Question).where(*mine).values(participant_id=None, named=False))
    for column in _PEOPLE:
        session.execute(
            update(Question)
            .where(Question.event_id == event_id, column == participant_id)
            .values({column: None})
        )


def _expire_questions(session: Session, event_id: str, ended_at: datetime, now: datetime) -> None:
    if now - ended_at >= AUTHORS_KEPT:
        session.execute(
            update(Question)
            .where(Question.event_id == event_id)
            .values(
                participant_id=None,
                asker_hash=None,
                guest_id=None,
                guest_name=None,
                named=False,
                original=None,
                **{column.key: None for column in _PEOPLE},
            )
        )


class Question(Base):
    __tablename__ = "questions"
    __table_args__ = (
        of_event("session_id", table="sessions"),
        of_event("participant_id", table="participants"),
        ForeignKeyConstraint(
            ["event_id", "guest_id"], ["question_guests.event_id", "question_guests.guest_id"]
        ),
        Index("ix_questions_event_id_session_id", "event_id", "session_id", "state"),
        Index("ix_questions_event_id_root_id", "event_id", "root_id"),
        Index("ix_questions_event_id_participant_id", "event_id", "participant_id"),
        Index("ix_questions_event_id_deadline", "event_id", "deadline"),
        partial_index("ix_questions_written", "written_at IS NOT NULL", "session_id"),
    )
    lifecycle = Lifecycle(
        "the text stays without its author; the author: end of the event + 120 days",
        merge=_merge_questions,
        erase=_erase_questions,
        expire=_expire_questions,
    )
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    question_id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id)
    root_id: Mapped[str] = mapped_column(Id)
    """Itself, or the question in which it is told, at the end of any chain of merges."""
    merged_into: Mapped[str | None] = mapped_column(Id)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    original: Mapped[str | None] = mapped_column(Text)
    """As it was asked, where the équipe Questions changed it."""
    translation: Mapped[str | None] = mapped_column(Text)
    """The same in the other language."""
    state: Mapped[str] = mapped_column(String(12))
    held: Mapped[str] = mapped_column(String(80), default="")
    """Why a person reads it before anybody else does: ids of reasons, with commas between."""
    declined: Mapped[str | None] = mapped_column(String(24))

    participant_id: Mapped[str | None] = mapped_column(Id)
    asker_hash: Mapped[str | None] = mapped_column(String(64))
    guest_id: Mapped[str | None] = mapped_column(Id)
    guest_name: Mapped[str | None] = mapped_column(String(80))
    """What a guest typed to be shown; stored only if it is."""
    anonymous: Mapped[bool]
    named: Mapped[bool]
    """Whether its owner wants the name beside it."""
    patients: Mapped[bool]
    """*Compter comme parole des patients*, ticked by its asker."""
    spoken: Mapped[bool]
    """*Question de la salle*: asked aloud, written down by a moderator."""
    sent_in_by: Mapped[str | None] = mapped_column(Id)
    """Who passed on somebody else's message, while its author has not agreed."""

    asked_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    staged_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]

    assigned_to: Mapped[str | None] = mapped_column(Id)
    owner_id: Mapped[str | None] = mapped_column(Id)
    deadline: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Text)
    answer_by: Mapped[str | None] = mapped_column(Id)
    written_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    """Counts the changes: a button knows which state it was pressed on."""
    votes_kept: Mapped[int | None]
    guest_votes_kept: Mapped[int | None]
    """The totals that stay when the votes themselves are past their retention."""


_PEOPLE = (Question.assigned_to, Question.owner_id, Question.answer_by, Question.sent_in_by)
"""Besides its author."""
_WITH_PEOPLE = ("assigned", "entrusted", "written")
"""The changes that name them."""
_UNDONE = tuple(f"{what}.undone" for what in _WITH_PEOPLE)


class QuestionTelling(Base):
    """Something about a session's questions that a person is to be told when their budget
    allows it: the written answers, a question that waits for them."""

    __tablename__ = "question_tellings"
    __table_args__ = (
        of_event("participant_id", table="participants"),
        of_event("session_id", table="sessions"),
        Index("ix_question_tellings_event_id_due_at", "event_id", "due_at"),
    )
    lifecycle = choices(lambda: QuestionTelling, "about", "session_id")
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    about: Mapped[str] = mapped_column(String(16), primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    due_at: Mapped[datetime | None]
    """None once it was told; what comes later is shown by an edit."""


class Guest(Base):
    """A device without an account, by the random id in its cookie."""

    __tablename__ = "question_guests"
    lifecycle = Lifecycle("random ids of devices that name nobody; live with the questions")
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    guest_id: Mapped[str] = mapped_column(Id, primary_key=True)
    language: Mapped[str] = mapped_column(String(8))

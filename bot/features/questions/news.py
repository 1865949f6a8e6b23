"""What is said about a session's questions by itself: what is left open, entrusted, answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.db.engine import insert_ignore
from bot.db.moments import EVENT, first
from bot.delivery.outbox import Place, enqueue, refresh
from bot.features.events.model import EventFile
from bot.features.events.queries import workspace_ids
from bot.features.people.queries import has_home
from bot.features.programme.budget import Budgeter
from bot.features.programme.direct import to_person
from bot.features.programme.roles import hosts
from bot.features.programme.tables import SessionRow
from bot.features.questions.hosts import STAGE, next_offer, offer_the_stage
from bot.features.questions.letters import (
    QuestionsEntrusted,
    QuestionsLeftOpen,
    StageOpens,
    WrittenAnswers,
    entrusted_to,
)
from bot.features.questions.model import WAITING
from bot.features.questions.queries import questions_of
from bot.features.questions.supporters import supporters
from bot.features.questions.tables import Question, QuestionSession, QuestionTelling
from bot.features.questions.telling import left_open_key, told_in

ANSWERS, ENTRUSTED, REMINDER = "answers", "entrusted", "reminder"
LEFT_OPEN_BEFORE_END = timedelta(minutes=5)
REMIND_BEFORE = timedelta(days=1)
AT_ONCE = 500
"""Rows in one statement, and people in one turn of the job."""
_MESSAGES = {
    ANSWERS: WrittenAnswers,
    ENTRUSTED: QuestionsEntrusted,
    REMINDER: QuestionsEntrusted,
    STAGE: StageOpens,
}


def tick(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    """What is due before, just before the end of, and after the sessions of an event."""
    offer_the_stage(session, event_id, event, now)
    tell_what_is_open(session, event_id, now)
    tell_of_answers(session, event_id, now)
    tell_people(session, event_id, event, now)


def next_due(session: Session, event_id: str, event: EventFile) -> datetime | None:
    first_end, told = session.execute(_MOMENTS, {"event_id": event_id}).one()
    return first(
        (
            first_end - LEFT_OPEN_BEFORE_END if first_end else None,
            told,
            *_answers_due(session, event_id).values(),
            next_offer(session, event_id, event),
        )
    )


def tell_what_is_open(session: Session, event_id: str, now: datetime) -> None:
    """Five minutes before the end the host learns what is still open, if anything is."""
    rows = session.execute(
        select(QuestionSession, SessionRow)
        .join(
            SessionRow,
            (SessionRow.event_id == QuestionSession.event_id)
            & (SessionRow.session_id == QuestionSession.session_id),
        )
        .where(
            QuestionSession.event_id == event_id,
            QuestionSession.wrap_told_at.is_(None),
            SessionRow.cancelled.is_(False),
            SessionRow.ends_at <= now + LEFT_OPEN_BEFORE_END,
        )
    ).all()
    for sheet, row in rows:
        sheet.wrap_told_at = now
        if not questions_of(session, event_id, sheet.session_id, WAITING):
            continue
        for participant_id in hosts(session, event_id, sheet.session_id):
            to_person(
                session,
                event_id,
                participant_id,
                QuestionsLeftOpen(event_id, sheet.session_id),
                left_open_key(sheet.session_id, participant_id),
                "urgent",
                now,
                expires_at=row.ends_at + 2 * LEFT_OPEN_BEFORE_END,
            )


def tell_of_answers(session: Session, event_id: str, now: datetime) -> None:
    """Askers and voters of a session read its written answers in one message: once nothing is
    left to wait for, or at the first deadline."""
    for session_id, due in _answers_due(session, event_id).items():
        if due > now:
            continue
        sheet = session.get_one(QuestionSession, (event_id, session_id))
        sheet.answers_told_at = now
        written = session.scalars(
            select(Question).where(
                Question.event_id == event_id,
                Question.session_id == session_id,
                Question.written_at.is_not(None),
            )
        ).all()
        tell_answered(session, event_id, session_id, written, now)


def _answers_due(session: Session, event_id: str) -> dict[str, datetime]:
    """When the answers of each session with some are told, if they were not yet."""
    rows = session.execute(_ANSWERS, {"event_id": event_id})
    return {session_id: due for session_id, last, waits in rows if (due := waits or last)}


def tell_late_answer(session: Session, question: Question, now: datetime) -> None:
    """Written after the session's answers were told: who heard of none yet hears of this one."""
    sheet = session.get_one(QuestionSession, (question.event_id, question.session_id))
    if question.written_at is not None and sheet.answers_told_at is not None:
        tell_answered(session, question.event_id, question.session_id, [question], now)


def tell_answered(
    session: Session, event_id: str, session_id: str, written: Sequence[Question], now: datetime
) -> None:
    _tell_voters(session, event_id, session_id, written, now)
    for question in written:
        for one in (question, *told_in(session, question)):
            _tell_anonymous(session, one, question, now)


def _tell_voters(
    session: Session, event_id: str, session_id: str, written: Sequence[Question], now: datetime
) -> None:
    answered = {one.root_id for one in written}
    each = supporters(event_id, session_id).subquery()
    people = set(
        session.scalars(select(each.c.person).where(each.c.root_id.in_(answered)).distinct())
    )
    people |= {one.participant_id for one in written if one.participant_id}
    for question in written[:1]:
        _tell_later(session, question, ANSWERS, sorted(people), now)


def tell_owner(
    session: Session, question: Question, owner_id: str, until: datetime, now: datetime
) -> None:
    """One message a session with all that is theirs, and one reminder a day before the first
    deadline."""
    _tell_later(session, question, ENTRUSTED, [owner_id], now)
    _tell_later(session, question, REMINDER, [owner_id], until - REMIND_BEFORE)
    refresh_told(session, question.event_id, question.session_id, now)


def _tell_later(
    session: Session, question: Question, about: str, people: Iterable[str], due: datetime
) -> None:
    rows = [
        {
            "event_id": question.event_id,
            "about": about,
            "session_id": question.session_id,
            "participant_id": participant_id,
            "due_at": due,
        }
        for participant_id in people
    ]
    for start in range(0, len(rows), AT_ONCE):
        insert_ignore(session, QuestionTelling, rows[start : start + AT_ONCE])


def _tell_anonymous(
    session: Session, question: Question, answered: Question, now: datetime
) -> None:
    """Their one message is of this question, since nothing may tell that two are one person's;
    grouped with another, it was `answered` in that one."""
    if question.asker_hash is None:
        return
    for workspace_id in workspace_ids(session, question.event_id)[:1]:
        enqueue(
            session,
            question.event_id,
            Place(workspace_id, sealed_to=question.asker_hash, sealed_by=question.session_id),
            WrittenAnswers(question.event_id, question.session_id, "", answered.question_id),
            f"answers:{question.question_id}",
            message_class="useful",
            now=now,
        )


def refresh_told(session: Session, event_id: str, session_id: str, now: datetime) -> None:
    """What was told of a session's answers and tasks shows what holds now."""
    told = session.execute(
        select(QuestionTelling.about, QuestionTelling.participant_id).where(
            QuestionTelling.event_id == event_id,
            QuestionTelling.session_id == session_id,
            QuestionTelling.due_at.is_(None),
        )
    )
    for about, participant_id in told:
        refresh(session, event_id, f"{about}:{session_id}:{participant_id}", now)


def _can_be_told(event_id: str | BindParameter[str]) -> tuple[ColumnElement[bool], ...]:
    """What is for somebody who was never met waits until they are."""
    return (
        QuestionTelling.event_id == event_id,
        has_home(event_id, QuestionTelling.participant_id),
    )


def tell_people(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    """What waits for a person, when their budget of messages allows it."""
    due = session.scalars(
        select(QuestionTelling)
        .where(*_can_be_told(event_id), QuestionTelling.due_at <= now)
        .order_by(QuestionTelling.due_at, QuestionTelling.participant_id)
        .limit(AT_ONCE)
    ).all()
    if not due:
        return
    budget = Budgeter(session, event_id, event, now)
    for one in due:
        allowed = budget.next_allowed(one.participant_id)
        if allowed > now:
            one.due_at = allowed
            continue
        one.due_at = None
        if one.about == REMINDER and not entrusted_to(
            session, event_id, one.session_id, one.participant_id, open_only=True
        ):
            continue
        to_person(
            session,
            event_id,
            one.participant_id,
            _MESSAGES[one.about](event_id, one.session_id, one.participant_id),
            f"{one.about}:{one.session_id}:{one.participant_id}",
            "useful",
            now,
        )


# Made once: they are asked at every wake.
_MOMENTS = select(
    select(func.min(SessionRow.ends_at))
    .join(
        QuestionSession,
        (QuestionSession.event_id == SessionRow.event_id)
        & (QuestionSession.session_id == SessionRow.session_id),
    )
    .where(
        SessionRow.event_id == EVENT,
        SessionRow.cancelled.is_(False),
        QuestionSession.wrap_told_at.is_(None),
    )
    .scalar_subquery(),
    select(func.min(QuestionTelling.due_at)).where(*_can_be_told(EVENT)).scalar_subquery(),
)


def _of_session() -> tuple[ColumnElement[bool], ...]:
    return Question.event_id == EVENT, Question.session_id == QuestionSession.session_id


# Session by session, and only of those in which an answer was written and not yet told.
_WRITTEN = (*_of_session(), Question.written_at.is_not(None))
_WAITED_FOR = (*_of_session(), Question.written_at.is_(None))
_ANSWERS = select(
    QuestionSession.session_id,
    select(func.max(Question.written_at)).where(*_WRITTEN).scalar_subquery(),
    select(func.min(Question.deadline)).where(*_WAITED_FOR).scalar_subquery(),
).where(
    QuestionSession.event_id == EVENT,
    QuestionSession.answers_told_at.is_(None),
    select(Question.question_id).where(*_WRITTEN).exists(),
)

"""Who is told what when a question changes: one place, so that nobody is forgotten or told twice.

Each message has one key and is edited in place. Only *À l'écran* and *Réponse apportée* are new
messages, because only a new message makes a telephone ring.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.delivery.outbox import Place, enqueue, refresh, refresh_sealed
from bot.features.events.model import EventFile
from bot.features.events.queries import workspace_ids
from bot.features.people.queries import home_of
from bot.features.programme.direct import to_person
from bot.features.programme.roles import hosts
from bot.features.questions.boards import show_board
from bot.features.questions.messages import (
    AskerMessage,
    ConsentAsked,
    QuestionNews,
    QuestionStatus,
)
from bot.features.questions.model import ANSWERED, CONSENT, ON_SCREEN
from bot.features.questions.tables import Question, QuestionSession
from bot.features.questions.team_messages import QuestionsAssigned, QuestionToSort

NEWS_LAST = timedelta(minutes=15)
"""*À l'écran* is news for so long; told later it would only puzzle."""


def tell_first(session: Session, event: EventFile, question: Question, now: datetime) -> None:
    """A question that has just been asked."""
    if question.state == CONSENT:
        _to_asker(session, question, ConsentAsked, "consent", now)
        return
    refresh(session, question.event_id, _consent_key(question), now)
    _to_asker(session, question, QuestionStatus, "status", now)
    for workspace_id in workspace_ids(session, question.event_id):
        if event.channels.questions is not None:
            enqueue(
                session,
                question.event_id,
                Place(workspace_id, channel=event.channels.questions),
                QuestionToSort(question.event_id, question.question_id),
                _team_key(question, workspace_id),
                message_class="useful",
                now=now,
            )
    tell_of_session(session, question.event_id, event, question.session_id, now)


def tell_of_change(session: Session, event: EventFile, question: Question, now: datetime) -> None:
    """A question that has changed, whatever changed it."""
    event_id = question.event_id
    news = _news_of(session, question)
    for one in (question, *told_in(session, question)):
        _refresh_asker(session, one, now)
        if news is not None:
            _to_asker(session, one, QuestionNews, news, now)
    for workspace_id in workspace_ids(session, event_id):
        refresh(session, event_id, _team_key(question, workspace_id), now)
    if question.assigned_to is not None:
        _to_panelist(session, question, now)
    tell_of_session(session, question.event_id, event, question.session_id, now)


def _news_of(session: Session, question: Question) -> str | None:
    """What its askers are to notice, if anything; grouped, it is told in another. What was
    answered in writing is told with the session's other answers."""
    stands = question
    if question.merged_into is not None:
        stands = session.get_one(Question, (question.event_id, question.merged_into))
    on_stage = stands.state in (ON_SCREEN, ANSWERED) and stands.written_at is None
    return stands.state if on_stage else None


def told_in(session: Session, question: Question) -> Sequence[Question]:
    """Those that were grouped with it: their askers hear of it as its own does."""
    session.flush()
    return session.scalars(
        select(Question).where(
            Question.event_id == question.event_id,
            Question.root_id == question.question_id,
            Question.question_id != question.question_id,
        )
    ).all()


def tell_of_session(
    session: Session, event_id: str, event: EventFile, session_id: str, now: datetime
) -> None:
    """What everybody sees of a session's questions: its board, and its pages."""
    session.flush()
    session.execute(
        update(QuestionSession)
        .where(QuestionSession.event_id == event_id, QuestionSession.session_id == session_id)
        .values(version=QuestionSession.version + 1)
    )
    show_board(session, event_id, event, session_id, now)
    for participant_id in hosts(session, event_id, session_id):
        refresh(session, event_id, left_open_key(session_id, participant_id), now)


def left_open_key(session_id: str, participant_id: str) -> str:
    return f"left-open:{session_id}:{participant_id}"


# ---------------------------------------------------------------- one person


def _to_asker(
    session: Session, question: Question, message: type[AskerMessage], about: str, now: datetime
) -> None:
    """One direct message about one question; nobody for guests and what was spoken."""
    made = message(question.event_id, question.question_id)
    for place in _asker(session, question):
        enqueue(
            session,
            question.event_id,
            place,
            made,
            f"question:{question.question_id}:{about}",
            message_class="answer",
            now=now,
            expires_at=now + NEWS_LAST if about == ON_SCREEN else None,
        )


def _asker(session: Session, question: Question) -> list[Place]:
    if question.asker_hash is not None:
        active = workspace_ids(session, question.event_id)
        sealed = {"sealed_to": question.asker_hash, "sealed_by": question.session_id}
        return [Place(workspace_id, **sealed) for workspace_id in active[:1]]
    if question.participant_id is None:
        return []
    home = home_of(session, question.event_id, question.participant_id)
    return [Place(home, participant_id=question.participant_id)] if home else []


def _refresh_asker(session: Session, question: Question, now: datetime) -> None:
    if question.anonymous:
        _refresh_anonymous(session, question, now)
    else:
        refresh(session, question.event_id, _status_key(question), now)
        refresh(session, question.event_id, _consent_key(question), now)


def _refresh_anonymous(session: Session, question: Question, now: datetime) -> None:
    """Where the message stands was forgotten once it was sent, so it is looked for again."""
    if question.asker_hash is None:
        return
    refresh_sealed(
        session,
        question.event_id,
        _status_key(question),
        QuestionStatus(question.event_id, question.question_id),
        sealed_to=question.asker_hash,
        sealed_by=question.session_id,
        now=now,
    )


def _to_panelist(session: Session, question: Question, now: datetime) -> None:
    """One message a session, with all that is theirs."""
    assert question.assigned_to is not None
    key = f"assigned:{question.session_id}:{question.assigned_to}"
    told = to_person(
        session,
        question.event_id,
        question.assigned_to,
        QuestionsAssigned(question.event_id, question.session_id, question.assigned_to),
        key,
        "answer",
        now,
    )
    if told is None:
        refresh(session, question.event_id, key, now)


def _status_key(question: Question) -> str:
    return f"question:{question.question_id}:status"


def _consent_key(question: Question) -> str:
    return f"question:{question.question_id}:consent"


def _team_key(question: Question, workspace_id: str) -> str:
    return f"question:{question.question_id}:team:{workspace_id}"

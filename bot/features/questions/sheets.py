"""The questions of a session as a whole: its own rules, and its lock."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.errors import NoLongerThereError
from bot.db.engine import insert_ignore
from bot.features.events.model import EventFile
from bot.features.programme.tables import SessionRow
from bot.features.questions.model import PUBLIC, REVIEW, SessionRules, rounded
from bot.features.questions.tables import Question, QuestionSession

T = TypeVar("T")
CODE_DIGITS = 4
SHOWN_NEAREST = 3
"""Sessions that are offered though nothing waits there."""


def session_row(session: Session, event_id: str, session_id: str) -> SessionRow:
    row = session.get(SessionRow, (event_id, session_id))
    if row is None:
        raise NoLongerThereError
    return row


def question_session(session: Session, event_id: str, session_id: str) -> QuestionSession | None:
    return session.get(QuestionSession, (event_id, session_id))


def locked(session: Session, event_id: str, session_id: str) -> QuestionSession | None:
    """The same, for one writer at a time: two moderators act one after the other."""
    return session.scalar(
        select(QuestionSession)
        .where(QuestionSession.event_id == event_id, QuestionSession.session_id == session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def opened(
    session: Session, event_id: str, event: EventFile, session_id: str, now: datetime
) -> QuestionSession:
    """The questions of a session, locked: whoever changes one waits for the one before.

    They may open with an anonymous question, so that this moment is rounded too.
    """
    now = rounded(now)
    fixed = {
        "event_id": event_id,
        "session_id": session_id,
        "opened_at": now,
        "keys_until": now + timedelta(days=event.questions.key_days),
        "code": f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}",
        "black": False,
        "version": 1,
    }
    insert_ignore(session, QuestionSession, [fixed])
    row = locked(session, event_id, session_id)
    assert row is not None, "it was there or has just been made"
    return row


def rules_of(session: Session, event_id: str, event: EventFile, session_id: str) -> SessionRules:
    row = session_row(session, event_id, session_id)
    return rules(event, row, question_session(session, event_id, session_id))


def rules(event: EventFile, row: SessionRow, own: QuestionSession | None) -> SessionRules:
    ours = event.questions
    return SessionRules(
        session_id=row.session_id,
        takes_questions=row.kind in ours.kinds,
        cancelled=row.cancelled,
        opens_at=row.starts_at - ours.opens,
        closes_at=row.ends_at,
        closed=own is not None and own.closed_at is not None,
        moderation=_own(own.moderation if own else None, ours.moderation),
        anonymous=_own(own.anonymous if own else None, ours.anonymous),
        guests=_own(own.guests if own else None, ours.guests),
        guest_votes=_own(own.guest_votes if own else None, ours.guest_votes),
        code=own.code if own else "",
    )


def _own(of_session: T | None, of_event: T) -> T:
    return of_event if of_session is None else of_session


def taking_questions(
    session: Session, event_id: str, event: EventFile, now: datetime
) -> list[SessionRow]:
    """The sessions one may ask a question for at the moment, the nearest first."""
    rows = session.scalars(
        select(SessionRow)
        .where(
            SessionRow.event_id == event_id,
            SessionRow.cancelled.is_(False),
            SessionRow.kind.in_(event.questions.kinds),
            SessionRow.starts_at <= now + event.questions.opens,
            SessionRow.ends_at > now,
        )
        .order_by(SessionRow.starts_at, SessionRow.room, SessionRow.session_id)
    ).all()
    closed = set(
        session.scalars(
            select(QuestionSession.session_id).where(
                QuestionSession.event_id == event_id, QuestionSession.closed_at.is_not(None)
            )
        )
    )
    return [row for row in rows if row.session_id not in closed]


def next_opening(
    session: Session, event_id: str, event: EventFile, now: datetime
) -> datetime | None:
    """When the next session begins to take questions."""
    first = session.scalar(
        select(func.min(SessionRow.starts_at)).where(
            SessionRow.event_id == event_id,
            SessionRow.cancelled.is_(False),
            SessionRow.kind.in_(event.questions.kinds),
            SessionRow.starts_at > now + event.questions.opens,
        )
    )
    return first - event.questions.opens if first else None


@dataclass(frozen=True)
class SessionToModerate:
    session_id: str
    waiting: int
    """Questions that nobody has read yet."""
    public: int


def sessions_to_moderate(
    session: Session, event_id: str, event: EventFile, mine: set[str] | None, now: datetime
) -> list[SessionToModerate]:
    """The nearest of `mine` (None: all), and any where something waits to be read."""
    counted = session.execute(
        select(Question.session_id, Question.state, func.count())
        .where(Question.event_id == event_id, Question.state.in_((REVIEW, *PUBLIC)))
        .group_by(Question.session_id, Question.state)
    )
    waiting: Counter[str] = Counter()
    public: Counter[str] = Counter()
    for session_id, state, count in counted:
        (waiting if state == REVIEW else public)[session_id] += count
    rows = session.scalars(
        select(SessionRow)
        .where(
            SessionRow.event_id == event_id,
            SessionRow.cancelled.is_(False),
            SessionRow.kind.in_(event.questions.kinds),
            SessionRow.starts_at <= now + event.questions.opens,
        )
        .order_by(SessionRow.starts_at, SessionRow.room, SessionRow.session_id)
    )
    own = [row for row in rows if mine is None or row.session_id in mine]
    ahead = [row.session_id for row in own if row.ends_at > now]
    shown = {row.session_id for row in own if waiting[row.session_id]} | set(ahead[:SHOWN_NEAREST])
    return [
        SessionToModerate(row.session_id, waiting[row.session_id], public[row.session_id])
        for row in own
        if row.session_id in shown
    ]

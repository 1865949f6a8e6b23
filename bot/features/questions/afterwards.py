"""After the session: what was not answered gets an owner, a deadline and a written answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.core.errors import MaillonError, NoLongerThereError, NotAllowedError
from bot.core.i18n import N_
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.people.tables import Participant
from bot.features.programme.roles import moderates
from bot.features.programme.tables import SessionRow
from bot.features.questions.acting import begin, off_screen
from bot.features.questions.model import ANSWERED, ON_SCREEN, PUBLISHED, REVIEW, Done
from bot.features.questions.news import refresh_told, tell_late_answer, tell_owner
from bot.features.questions.tables import Question

LONGEST_ANSWER = 2_000


class AnswerTooLongError(MaillonError):
    msgid = N_("An answer has {limit} characters at most; this one has {count}.")


class NoAnswerError(MaillonError):
    msgid = N_("The answer is empty.")


class NotOwnerError(NotAllowedError):
    by_role = False
    msgid = N_("Only its owner or the question team can answer this question in writing.")


def entrust(
    session: Session,
    person: Participant,
    question_id: str,
    seen: int,
    owner_id: str,
    now: datetime,
    deadline: datetime | None = None,
) -> Done:
    """*Réponse confiée à …*: who answers in writing, and until when."""
    action = begin(session, person, question_id, seen, now)
    owner = session.get(Participant, (person.event_id, owner_id))
    if owner is None or owner.erased:
        raise NoLongerThereError
    action.expect(REVIEW, PUBLISHED, ON_SCREEN)
    until = deadline or _deadline(session, action.event, action.question, now)
    done = action.do("entrusted", owner_id=owner_id, deadline=until)
    if done.change_id is not None:
        tell_owner(session, action.question, owner_id, until, now)
    return done


def _deadline(session: Session, event: EventFile, question: Question, now: datetime) -> datetime:
    row = session.get_one(SessionRow, (question.event_id, question.session_id))
    return max(row.ends_at, now) + timedelta(days=event.questions.answer_days)


def write_answer(
    session: Session, person: Participant, question_id: str, seen: int, text: str, now: datetime
) -> Done:
    """By its owner, or by the équipe Questions; an answer that is there is replaced."""
    question = session.get(Question, (person.event_id, question_id))
    if question is None:
        raise NoLongerThereError
    event = event_settings(session, person.event_id)
    owner = question.owner_id == person.participant_id
    if not owner and not moderates(session, event, person, question.session_id):
        raise NotOwnerError
    answer = _accepted(text)
    action = begin(session, person, question_id, seen, now, owner=owner)
    action.expect(REVIEW, PUBLISHED, ON_SCREEN, ANSWERED)
    done = action.do(
        "written",
        off_screen(action),
        state=ANSWERED,
        published_at=action.question.published_at or now,
        answered_at=action.question.answered_at or now,
        answer=answer,
        answer_by=person.participant_id,
        written_at=now,
    )
    if done.change_id is not None:
        tell_late_answer(session, question, now)
        refresh_told(session, question.event_id, question.session_id, now)
    return done


def _accepted(text: str) -> str:
    text = text.strip()
    if not text:
        raise NoAnswerError
    if len(text) > LONGEST_ANSWER:
        raise AnswerTooLongError(limit=LONGEST_ANSWER, count=len(text))
    return text

"""What askers do with a question of theirs: agree that it be asked, take it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.cause import leave_no_trace
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.people.queries import known_as
from bot.features.people.tables import Participant
from bot.features.questions.asking import Keys, note
from bot.features.questions.keys import opened as unsealed
from bot.features.questions.model import (
    ANONYMOUS,
    BEFORE,
    CONSENT,
    PUBLISHED,
    REVIEW,
    WAITING,
    WITHDRAWN,
    GoneQuestionError,
    NotYourQuestionError,
    rounded,
)
from bot.features.questions.sheets import locked, rules_of
from bot.features.questions.tables import Question, QuestionSession
from bot.features.questions.telling import tell_first, tell_of_change
from bot.features.questions.undoing import reroot


def agree(
    session: Session, person: Participant, question_id: str, now: datetime, *, named: bool
) -> Question:
    """The author of a message that another person sent in lets it be asked."""
    question = _mine(session, person, question_id)
    if question.state != CONSENT:
        return question
    event = event_settings(session, person.event_id)
    rules = rules_of(session, person.event_id, event, question.session_id)
    rules.check_open(now)
    waits = rules.moderation == BEFORE or question.held
    question.state = REVIEW if waits else PUBLISHED
    question.published_at = None if waits else now
    question.named, question.sent_in_by = named, None
    question.version += 1
    note(session, question, "question.agreed", person.participant_id, {"state": CONSENT}, now)
    tell_first(session, event, question, now)
    return question


def withdraw(
    session: Session, person: Participant, question_id: str, keys: Keys, now: datetime
) -> Question:
    """What its asker takes back; again changes nothing."""
    question = _mine(session, person, question_id, keys)
    if question.state == WITHDRAWN:
        return question
    if question.state not in (*WAITING, CONSENT):
        raise GoneQuestionError(question.state)
    actor = ANONYMOUS if question.anonymous else person.participant_id
    now = rounded(now) if question.anonymous else now
    before: dict[str, str | None] = {"state": question.state}
    sheet = session.get_one(QuestionSession, (question.event_id, question.session_id))
    if sheet.on_screen == question_id:
        before["on_screen"], sheet.on_screen = question_id, None
    question.state = WITHDRAWN
    question.version += 1
    note(session, question, "question.withdrawn", actor, before, now)
    event = event_settings(session, question.event_id)
    _let_another_stand(session, event, question, actor, now)
    tell_of_change(session, event, question, now)
    return question


def _let_another_stand(
    session: Session, event: EventFile, gone: Question, actor: str, now: datetime
) -> None:
    """What others asked was told in a question that its asker took back: the oldest of theirs
    stands in its place, so that nobody's question goes with it. It is read first, unless it
    was published before."""
    theirs = session.scalars(
        select(Question)
        .where(Question.event_id == gone.event_id, Question.merged_into == gone.question_id)
        .order_by(Question.published_at.is_(None), Question.asked_at, Question.question_id)
    ).all()
    for place, one in enumerate(theirs):
        before = {"state": one.state, "merged_into": one.merged_into}
        one.merged_into = theirs[0].question_id if place else None
        if not place:
            one.state = PUBLISHED if one.published_at else REVIEW
        one.version += 1
        note(session, one, "question.stands_again", actor, before, now)
    if theirs:
        reroot(session, gone)
        tell_of_change(session, event, theirs[0], now)


def _mine(
    session: Session, person: Participant, question_id: str, keys: Keys | None = None
) -> Question:
    """The question, locked with its session, if `person` is its asker."""
    question = session.get(Question, (person.event_id, question_id))
    if question is None:
        raise NotYourQuestionError
    locked(session, person.event_id, question.session_id)
    session.refresh(question)
    if not is_asker(session, question, person, keys):
        raise NotYourQuestionError
    if question.anonymous:
        leave_no_trace(session)
    return question


def is_asker(session: Session, question: Question, person: Participant, keys: Keys | None) -> bool:
    """Whoever they were when they asked: many are recognised only after their first gesture."""
    if question.participant_id is not None:
        return question.participant_id == person.participant_id
    if question.asker_hash is None or keys is None:
        return False
    key = keys.key_of(question.event_id, question.session_id)
    if key is None:
        return False
    ids = known_as(session, person.event_id, person.participant_id)
    return unsealed(key, question.asker_hash, ids) is not None

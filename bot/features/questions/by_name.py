"""*Soutenir au nom de l'association*: a patient association lets its name stand beside a question.

Its people support like everybody else; only this gives a question the patients' voice.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.core.errors import NotAllowedError
from bot.core.i18n import N_
from bot.db.history import record
from bot.features.events.queries import event_settings
from bot.features.people.tables import Participant
from bot.features.questions.order import PATIENT_ASSOCIATION
from bot.features.questions.pressed import Supported
from bot.features.questions.tables import Question
from bot.features.questions.telling import tell_of_session
from bot.features.questions.vote_tables import QuestionVote
from bot.features.questions.voting import support


class NotAnAssociationError(NotAllowedError):
    by_role = False
    msgid = N_("Only people who represent a patient association can support in its name.")


def support_by_name(
    session: Session, person: Participant, question_id: str, now: datetime, *, named: bool
) -> Supported:
    """Support it, with the association's name beside it or without; again changes nothing."""
    if person.kind != PATIENT_ASSOCIATION:
        raise NotAnAssociationError
    event = event_settings(session, person.event_id)
    told = support(session, person.event_id, event, person.participant_id, question_id, now)
    together = select(Question.question_id).where(
        Question.event_id == person.event_id, Question.root_id == told.question_id
    )
    changed = session.execute(
        update(QuestionVote)
        .where(
            QuestionVote.event_id == person.event_id,
            QuestionVote.participant_id == person.participant_id,
            QuestionVote.question_id.in_(together.scalar_subquery()),
            QuestionVote.by_name.is_(not named),
        )
        .values(by_name=named)
        .returning(QuestionVote.question_id)
        .execution_options(synchronize_session=False)
    ).all()
    if changed:
        record(
            session,
            person.event_id,
            "question.supported_by_name",
            told.question_id,
            at=now,
            actor=person.participant_id,
            after={"named": named},
        )
        question = session.get_one(Question, (person.event_id, told.question_id))
        tell_of_session(session, person.event_id, event, question.session_id, now)
    return told

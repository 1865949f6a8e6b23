"""Which questions leave the event as a file, and how they are told in it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.i18n import Reader
from bot.features.programme.tables import SessionRow
from bot.features.questions import care
from bot.features.questions.exports import ExportedQuestion, is_withheld
from bot.features.questions.letters import by_authority
from bot.features.questions.model import CONSENT, WITHDRAWN
from bot.features.questions.queries import QuestionView, questions_of
from bot.features.questions.tables import Question

NOT_OURS = (CONSENT, WITHDRAWN)
"""What nobody agreed to ask, and what was taken back."""


def exported(
    session: Session, event_id: str, reader: Reader, session_id: str | None = None
) -> tuple[list[ExportedQuestion], int]:
    """The questions of a session, or of all, in the order of the programme; and how many are
    only counted."""
    shown: list[ExportedQuestion] = []
    withheld = 0
    for row in _sessions(session, event_id, session_id):
        for view in questions_of(session, event_id, row.session_id):
            if view.state in NOT_OURS:
                continue
            if is_withheld(view.held, view.declined):
                withheld += 1
            else:
                shown.append(_exported(session, event_id, row, view, reader))
    return shown, withheld


def _sessions(session: Session, event_id: str, session_id: str | None) -> list[SessionRow]:
    query = select(SessionRow).where(
        SessionRow.event_id == event_id,
        SessionRow.session_id.in_(
            select(Question.session_id).where(Question.event_id == event_id).scalar_subquery()
        ),
    )
    if session_id is not None:
        query = query.where(SessionRow.session_id == session_id)
    return list(session.scalars(query.order_by(SessionRow.starts_at, SessionRow.session_id)))


def _exported(
    session: Session, event_id: str, row: SessionRow, view: QuestionView, reader: Reader
) -> ExportedQuestion:
    declined = care.DECLINE_REASONS[view.declined].label if view.declined else ""
    return ExportedQuestion(
        session_title=row.title,
        session_id=row.code or row.source_id,
        state=view.state,
        text=view.text,
        original=view.original or "",
        translation=view.translation or "",
        language=view.language,
        asked_at=view.asked_at.astimezone(reader.zone),
        asker=view.asker,
        votes=view.votes,
        guest_votes=view.guest_votes,
        answer=view.answer or "",
        answered_by=_answered_by(session, event_id, view, reader),
        deadline=view.deadline.astimezone(reader.zone) if view.deadline else None,
        declined=reader.gettext(declined) if declined else "",
    )


def _answered_by(session: Session, event_id: str, view: QuestionView, reader: Reader) -> str:
    parts = [view.answered_by]
    if by_authority(session, event_id, view.question_id):
        parts.append(reader.gettext("For information; does not bind the agency"))
    return " · ".join(filter(None, parts))

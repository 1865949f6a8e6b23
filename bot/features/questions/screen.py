"""The one question that the screen of a room shows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features.people.tables import Participant
from bot.features.questions.model import ON_SCREEN
from bot.features.questions.queries import name_of
from bot.features.questions.supporters import guests_behind, people_behind
from bot.features.questions.tables import Question


@dataclass(frozen=True)
class ScreenQuestion:
    text: str
    language: str
    translation: str | None
    asker: str
    """Empty unless its owner wants the name beside it."""
    votes: int
    guest_votes: int


def screen_question(session: Session, event_id: str, question_id: str) -> ScreenQuestion | None:
    """In one statement: every screen of the congress asks this after each change."""
    found = session.execute(
        select(
            Question,
            Participant,
            people_behind(event_id, question_id),
            guests_behind(event_id, question_id),
        )
        .outerjoin(
            Participant,
            (Participant.event_id == Question.event_id)
            & (Participant.participant_id == Question.participant_id),
        )
        .where(
            Question.event_id == event_id,
            Question.question_id == question_id,
            Question.state == ON_SCREEN,
        )
    ).first()
    if found is None:
        return None
    row, person, votes, guest_votes = found
    asker = row.guest_name or name_of(person, with_organisation=True)
    return ScreenQuestion(
        row.text, row.language, row.translation, asker if row.named else "", votes, guest_votes
    )

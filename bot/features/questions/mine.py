"""What a person asked under their own name or without showing it, for that person alone.

Anonymous questions are not among it: whose they are can be told only with a key, which is not
asked to fill a list. Their one message says what became of each.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.cards import Section
from bot.core.i18n import Reader
from bot.features.programme.tables import SessionRow
from bot.features.questions.model import CONSENT, STATE_LABELS, WITHDRAWN
from bot.features.questions.tables import Question
from bot.features.questions.wording import quoted


@dataclass(frozen=True)
class MyQuestion:
    text: str
    state: str
    about: str
    """The title of its session."""


def my_questions(
    session: Session, event_id: str, participant_id: str, most: int
) -> list[MyQuestion]:
    """The newest first, without those taken back or never agreed to."""
    rows = session.execute(
        select(Question.text, Question.state, SessionRow.title)
        .join(
            SessionRow,
            (SessionRow.event_id == Question.event_id)
            & (SessionRow.session_id == Question.session_id),
        )
        .where(
            Question.event_id == event_id,
            Question.participant_id == participant_id,
            Question.anonymous.is_(False),
            Question.state.not_in((CONSENT, WITHDRAWN)),
        )
        .order_by(Question.asked_at.desc(), Question.question_id)
        .limit(most)
    )
    return [MyQuestion(*row) for row in rows]


def question_section(one: MyQuestion, reader: Reader) -> Section:
    state = reader.gettext(STATE_LABELS[one.state])
    return Section(quoted(one.text, reader), (f"{state} · {one.about}",))

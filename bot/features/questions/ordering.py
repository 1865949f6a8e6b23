"""The three orders in which a session's questions are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from bot.features.questions import order
from bot.features.questions.model import ANSWERED, ON_SCREEN, PUBLISHED
from bot.features.questions.queries import QuestionView
from bot.features.questions.supporters import voters_of


def popular(questions: Iterable[QuestionView]) -> list[QuestionView]:
    """Most supported first; who waited longer before who did not."""
    return sorted(questions, key=lambda one: (-one.votes, one.asked_at, one.question_id))


def recent(questions: Iterable[QuestionView]) -> list[QuestionView]:
    by_id = sorted(questions, key=lambda one: one.question_id)
    return sorted(by_id, key=lambda one: one.published_at or one.asked_at, reverse=True)


def balanced(
    session: Session,
    event_id: str,
    session_id: str,
    questions: Sequence[QuestionView],
    first: int | None = None,
) -> list[QuestionView]:
    """The published among `questions` in the proportional order, after what the room has heard."""
    voters = voters_of(session, event_id, session_id)
    heard = sorted(
        (one for one in questions if one.state in (ON_SCREEN, ANSWERED)),
        key=lambda one: (one.staged_at or one.answered_at or one.asked_at, one.question_id),
    )
    waiting = [one for one in questions if one.state == PUBLISHED]
    views = {one.question_id: one for one in waiting}
    placed = order.balanced(
        [_ballot(one, voters) for one in waiting], [_ballot(one, voters) for one in heard], first
    )
    return [views[one.id] for one in placed]


def _ballot(view: QuestionView, voters: Mapping[str, frozenset[str]]) -> order.Question:
    return order.Question(
        view.question_id,
        view.asked_at,
        voters.get(view.question_id, frozenset()),
        patients=view.patients,
    )

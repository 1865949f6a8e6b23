"""Who supports which question: always counted from the votes themselves, each person once."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select, union
from sqlalchemy.orm import Session

from bot.features.questions.tables import Question
from bot.features.questions.vote_tables import GuestVote, QuestionVote


def supporters(event_id: str, session_id: str) -> Select[str, str]:
    """(question told, person): who voted for it or for one merged into it, and who asked one
    of those by name; each person once."""
    return _behind(Question.event_id == event_id, Question.session_id == session_id)


def _behind(*questions: ColumnElement[bool]) -> Select[str, str]:
    voted = (
        select(Question.root_id.label("root_id"), QuestionVote.participant_id.label("person"))
        .join(
            QuestionVote,
            (QuestionVote.event_id == Question.event_id)
            & (QuestionVote.question_id == Question.question_id),
        )
        .where(*questions, votes_on(QuestionVote, *questions))
    )
    asked = select(Question.root_id, Question.participant_id).where(
        *questions,
        Question.question_id != Question.root_id,
        Question.participant_id.is_not(None),
    )
    both = union(voted, asked).subquery()
    return select(both.c.root_id, both.c.person)


def votes_on(
    votes: type[QuestionVote | GuestVote], *questions: ColumnElement[bool]
) -> ColumnElement[bool]:
    """That a vote is on one of `questions`, for a statement that joins both: said once more, so
    that a database without statistics does not begin with all votes of the event."""
    wanted = select(Question.question_id).where(*questions).correlate(None)
    return votes.question_id.in_(wanted.scalar_subquery())


def votes_of(session: Session, event_id: str, session_id: str) -> dict[str, int]:
    """People behind each question of a session."""
    of_session = (Question.event_id == event_id, Question.session_id == session_id)
    # Where nothing was grouped a person has one row a question: these are only counted, since
    # the board asks again and again while a room votes.
    votes = (QuestionVote.event_id == event_id, QuestionVote.question_id == Question.question_id)
    each = select(func.count()).select_from(QuestionVote).where(*votes).scalar_subquery()
    alone = select(Question.question_id, each).where(
        *of_session, Question.root_id == Question.question_id
    )
    counts: dict[str, int] = {row[0]: row[1] for row in session.execute(alone).all() if row[1]}
    grouped = set(
        session.scalars(
            select(Question.root_id).where(*of_session, Question.root_id != Question.question_id)
        )
    )
    if grouped:
        behind = _behind(*of_session, Question.root_id.in_(grouped)).subquery()
        united = select(behind.c.root_id, func.count()).group_by(behind.c.root_id)
        counts |= {row[0]: row[1] for row in session.execute(united).all()}
    return counts


def people_behind(event_id: str, root_id: str) -> ScalarSelect[int]:
    """The people behind one question, as a part of another statement."""
    each = _behind(Question.event_id == event_id, Question.root_id == root_id).subquery()
    return select(func.count()).select_from(each).scalar_subquery()


def guests_behind(event_id: str, root_id: str) -> ScalarSelect[int]:
    """The same for devices of guests, which are counted apart."""
    of_question = (Question.event_id == event_id, Question.root_id == root_id)
    return (
        select(func.count(func.distinct(GuestVote.guest_id)))
        .join(
            Question,
            (Question.event_id == GuestVote.event_id)
            & (Question.question_id == GuestVote.question_id),
        )
        .where(*of_question, votes_on(GuestVote, *of_question))
        .correlate(None)
        .scalar_subquery()
    )


def voters_of(session: Session, event_id: str, session_id: str) -> dict[str, frozenset[str]]:
    voters: defaultdict[str, set[str]] = defaultdict(set)
    for root_id, person in session.execute(supporters(event_id, session_id)):
        voters[root_id].add(person)
    return {root_id: frozenset(people) for root_id, people in voters.items()}


def guest_votes_of(session: Session, event_id: str, session_id: str) -> dict[str, int]:
    of_session = (Question.event_id == event_id, Question.session_id == session_id)
    counted = (
        select(Question.root_id, func.count(func.distinct(GuestVote.guest_id)))
        .join(
            GuestVote,
            (GuestVote.event_id == Question.event_id)
            & (GuestVote.question_id == Question.question_id),
        )
        .where(*of_session, votes_on(GuestVote, *of_session))
        .group_by(Question.root_id)
    )
    return {row[0]: row[1] for row in session.execute(counted).all()}


def supported_by(session: Session, event_id: str, session_id: str, participant_id: str) -> set[str]:
    """The questions that a person supports, by the one each is told in."""
    each = supporters(event_id, session_id).subquery()
    return set(session.scalars(select(each.c.root_id).where(each.c.person == participant_id)))

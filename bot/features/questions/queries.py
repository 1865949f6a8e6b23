"""Questions as they are read: by the room, the équipe Questions, the stage and the screen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features.people.tables import Participant
from bot.features.questions.model import PUBLIC
from bot.features.questions.order import PATIENT_ASSOCIATION, is_patients_voice
from bot.features.questions.supporters import guest_votes_of, votes_of, votes_on
from bot.features.questions.tables import Question
from bot.features.questions.vote_tables import QuestionVote


@dataclass(frozen=True)
class QuestionView:
    """A question with what its row alone does not say. Names only where its owner ticked so."""

    question_id: str
    session_id: str
    text: str
    translation: str | None
    original: str | None
    language: str
    state: str
    held: tuple[str, ...]
    declined: str | None
    merged_into: str | None
    asker: str
    """The name and organisation to show; empty for who did not want it, or has no account."""
    anonymous: bool
    guest: bool
    spoken: bool
    patients: bool
    """Whether it counts as the patients' voice."""
    votes: int
    guest_votes: int
    asked_at: datetime
    published_at: datetime | None
    staged_at: datetime | None
    answered_at: datetime | None
    assigned_to: str | None
    assigned_name: str
    owner_id: str | None
    owner_name: str
    deadline: datetime | None
    answer: str | None
    answered_by: str
    version: int
    supported_by: tuple[str, ...] = ()
    """The patient associations whose name stands beside it."""

    def in_language(self, language: str) -> str:
        """The text in that language where there is one."""
        if language != self.language and self.translation:
            return self.translation
        return self.text

    def other_language(self, language: str) -> str | None:
        """The other of two, for the screen that shows both."""
        if self.translation is None:
            return None
        return self.text if language != self.language else self.translation


def questions_of(
    session: Session, event_id: str, session_id: str, states: Collection[str] | None = None
) -> list[QuestionView]:
    """The questions of a session, oldest first."""
    query = select(Question).where(Question.event_id == event_id, Question.session_id == session_id)
    if states is not None:
        query = query.where(Question.state.in_(states))
    rows = session.scalars(query.order_by(Question.asked_at, Question.question_id)).all()
    return _views(session, event_id, session_id, rows)


def question_view(session: Session, event_id: str, question_id: str) -> QuestionView | None:
    row = session.get(Question, (event_id, question_id))
    return _views(session, event_id, row.session_id, [row])[0] if row else None


def questions_by_id(
    session: Session, event_id: str, session_id: str, question_ids: Sequence[str]
) -> list[QuestionView]:
    """Some questions of a session, in the order of their ids."""
    query = select(Question).where(
        Question.event_id == event_id, Question.question_id.in_(question_ids)
    )
    rows = {row.question_id: row for row in session.scalars(query)} if question_ids else {}
    found = [rows[one] for one in question_ids if one in rows]
    return _views(session, event_id, session_id, found) if found else []


def _views(
    session: Session, event_id: str, session_id: str, rows: Sequence[Question]
) -> list[QuestionView]:
    people = _people(session, event_id, rows)
    votes = votes_of(session, event_id, session_id)
    guests = guest_votes_of(session, event_id, session_id)
    by_name = _supported_by_name(session, event_id, session_id)
    return [
        _view(
            row,
            people,
            row.votes_kept if row.votes_kept is not None else votes.get(row.root_id, 0),
            row.guest_votes_kept
            if row.guest_votes_kept is not None
            else guests.get(row.root_id, 0),
            by_name.get(row.root_id),
        )
        for row in rows
    ]


def _people(session: Session, event_id: str, rows: Iterable[Question]) -> dict[str, Participant]:
    ids = {
        one
        for row in rows
        for one in (row.participant_id, row.assigned_to, row.owner_id, row.answer_by)
        if one
    }
    found = session.scalars(
        select(Participant).where(
            Participant.event_id == event_id, Participant.participant_id.in_(ids)
        )
    )
    return {person.participant_id: person for person in found}


def _supported_by_name(
    session: Session, event_id: str, session_id: str
) -> dict[str, tuple[str, ...]]:
    """The patient associations that let their name stand beside a question, by its root."""
    of_session = (Question.event_id == event_id, Question.session_id == session_id)
    # Few people among thousands of votes: each of theirs is looked up by its key.
    theirs = select(Participant.participant_id).where(
        Participant.event_id == event_id, Participant.kind == PATIENT_ASSOCIATION
    )
    query = (
        select(Question.root_id, Participant.organisation, Participant.name)
        .join(
            QuestionVote,
            (QuestionVote.event_id == Question.event_id)
            & (QuestionVote.question_id == Question.question_id),
        )
        .join(
            Participant,
            (Participant.event_id == QuestionVote.event_id)
            & (Participant.participant_id == QuestionVote.participant_id),
        )
        .where(
            *of_session,
            votes_on(QuestionVote, *of_session),
            QuestionVote.event_id == event_id,
            QuestionVote.participant_id.in_(theirs.scalar_subquery()),
            QuestionVote.by_name.is_(True),
        )
    )
    names: dict[str, set[str]] = {}
    for root_id, organisation, name in session.execute(query):
        names.setdefault(root_id, set()).add(organisation or name or "")
    return {root_id: tuple(sorted(filter(None, found))) for root_id, found in names.items()}


def _view(
    row: Question,
    people: Mapping[str, Participant],
    votes: int,
    guest_votes: int,
    by_name: tuple[str, ...] | None,
) -> QuestionView:
    asker = people.get(row.participant_id or "")
    return QuestionView(
        question_id=row.question_id,
        session_id=row.session_id,
        text=row.text,
        translation=row.translation,
        original=row.original,
        language=row.language,
        state=row.state,
        held=tuple(filter(None, row.held.split(","))),
        declined=row.declined,
        merged_into=row.merged_into,
        asker=(row.guest_name or name_of(asker, with_organisation=True)) if row.named else "",
        anonymous=row.anonymous,
        guest=row.guest_id is not None,
        spoken=row.spoken,
        patients=is_patients_voice(
            anonymous=row.anonymous,
            asker_kind=asker.kind if asker else None,
            ticked=row.patients,
            association_by_name=by_name is not None,
        ),
        votes=votes,
        guest_votes=guest_votes,
        asked_at=row.asked_at,
        published_at=row.published_at,
        staged_at=row.staged_at,
        answered_at=row.answered_at,
        assigned_to=row.assigned_to,
        assigned_name=name_of(people.get(row.assigned_to or "")),
        owner_id=row.owner_id,
        owner_name=name_of(people.get(row.owner_id or "")),
        deadline=row.deadline,
        answer=row.answer,
        answered_by=name_of(people.get(row.answer_by or ""), with_organisation=True),
        version=row.version,
        supported_by=by_name or (),
    )


def name_of(person: Participant | None, *, with_organisation: bool = False) -> str:
    if person is None or person.erased:
        return ""
    parts = (person.name, person.organisation if with_organisation else None)
    return ", ".join(filter(None, parts))


def public_questions(session: Session, event_id: str, session_id: str) -> list[QuestionView]:
    return questions_of(session, event_id, session_id, PUBLIC)

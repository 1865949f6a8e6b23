"""The bot's own books, read from outside: is there still something to do?"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import Engine, and_, func, or_, select
from sqlalchemy.orm import Session

from bot.db.base import Base
from bot.db.engine import READ_ONLY
from bot.delivery.tables import QUEUED, SENDING, SKIPPED, UNKNOWN, Delivery
from bot.features.introductions.outcome_tables import EncounterAnswer
from bot.features.introductions.tables import WITHDRAWN, Introduction, IntroductionMember, Round
from bot.features.people.tables import Identity, Participant
from bot.features.programme.tables import SessionRow, Star
from bot.features.questions.tables import Question
from bot.registry import JOBS
from bot.schedule import dues

SEEN = tuple(job for job in JOBS if job.seen)


class Ledger:
    def __init__(self, engine: Engine, event_id: str) -> None:
        self._engine = engine.execution_options(**READ_ONLY)
        self._event_id = event_id

    def next_due(self) -> datetime | None:
        with Session(self._engine) as session:
            return self._next_due(session)

    def _next_due(self, session: Session) -> datetime | None:
        return min(dues(session, SEEN).values(), default=None)

    def at_rest(self, now: datetime) -> bool:
        """Whether nothing is due, queued, sending or unknown at event time `now`."""
        with Session(self._engine) as session:
            if self._open(session, now):
                return False
            # In this order: what a job that is due enqueues is then seen by the second look.
            due = self._next_due(session)
            return (due is None or due > now) and not self._open(session, now)

    def open_deliveries(self, now: datetime) -> Counter[str]:
        """How many are in each state that is not an end."""
        with Session(self._engine) as session:
            return self._open(session, now)

    def _open(self, session: Session, now: datetime) -> Counter[str]:
        rows = session.execute(
            select(Delivery.state, func.count())
            .where(
                Delivery.event_id == self._event_id,
                or_(
                    Delivery.state.in_((SENDING, UNKNOWN)),
                    and_(Delivery.state == QUEUED, Delivery.due_at <= now),
                ),
            )
            .group_by(Delivery.state)
        )
        return Counter(dict(rows.all()))

    def skipped(self) -> int:
        with Session(self._engine) as session:
            count = session.scalar(
                select(func.count()).where(
                    Delivery.event_id == self._event_id, Delivery.state == SKIPPED
                )
            )
        return count or 0

    def stars(self) -> int:
        with Session(self._engine) as session:
            count = session.scalar(
                select(func.count()).select_from(Star).where(Star.event_id == self._event_id)
            )
        return count or 0

    def session_ids(self) -> dict[str, str]:
        """Our ids by those of the programme's file."""
        with Session(self._engine) as session:
            rows = session.execute(
                select(SessionRow.source_id, SessionRow.session_id).where(
                    SessionRow.event_id == self._event_id
                )
            )
            return dict(rows.all())

    def times(self) -> dict[str, tuple[datetime, datetime]]:
        """When sessions take place, by the programme's ids."""
        with Session(self._engine) as session:
            rows = session.execute(
                select(SessionRow.source_id, SessionRow.starts_at, SessionRow.ends_at).where(
                    SessionRow.event_id == self._event_id
                )
            )
            return {name: (start, end) for name, start, end in rows}

    # Rounds

    def round_id(self, break_id: str) -> str:
        """By the programme's id of the break."""
        with Session(self._engine) as session:
            query = select(Round.round_id).join(
                SessionRow,
                (SessionRow.event_id == Round.event_id)
                & (SessionRow.session_id == Round.session_id),
            )
            return session.scalars(query.where(SessionRow.source_id == break_id)).one()

    def introduced(self) -> dict[str, dict[str, str | None]]:
        """By introduction: its people, by e-mail, and what they said of being there."""
        found: dict[str, dict[str, str | None]] = {}
        with Session(self._engine) as session:
            rows = session.execute(
                select(
                    IntroductionMember.introduction_id,
                    Participant.email,
                    IntroductionMember.presence,
                )
                .join(
                    Participant,
                    (Participant.event_id == IntroductionMember.event_id)
                    & (Participant.participant_id == IntroductionMember.participant_id),
                )
                .where(IntroductionMember.event_id == self._event_id)
            )
            for introduction_id, email, presence in rows:
                found.setdefault(introduction_id, {})[email or ""] = presence
        return found

    def withdrawn(self) -> set[str]:
        """The introductions that do not take place."""
        with Session(self._engine) as session:
            query = select(Introduction.introduction_id).where(
                Introduction.event_id == self._event_id, Introduction.state == WITHDRAWN
            )
            return set(session.scalars(query))

    def answers(self) -> dict[tuple[str, str, str], str]:
        """By introduction, who says it, and the id of whom it is about."""
        with Session(self._engine) as session:
            rows = session.execute(
                select(
                    EncounterAnswer.introduction_id,
                    Participant.email,
                    EncounterAnswer.other_id,
                    EncounterAnswer.answer,
                )
                .join(
                    Participant,
                    (Participant.event_id == EncounterAnswer.event_id)
                    & (Participant.participant_id == EncounterAnswer.participant_id),
                )
                .where(EncounterAnswer.event_id == self._event_id)
            )
            return {(one, email or "", other): answer for one, email, other, answer in rows}

    # Questions

    def question_id(self, text: str) -> str:
        return self.questions()[text][0]

    def questions(self) -> dict[str, list[str]]:
        """The ids of what was asked, by its text."""
        found: dict[str, list[str]] = {}
        with Session(self._engine) as session:
            rows = session.execute(
                select(Question.text, Question.question_id).where(
                    Question.event_id == self._event_id
                )
            )
            for text, question_id in rows:
                found.setdefault(text, []).append(question_id)
        return found

    def together(self, question_id: str, email: str) -> list[str]:
        """Tables with a row in which a question and a person stand beside each other."""
        with Session(self._engine) as session:
            names = {email, *self._names_of(session, email)}
            return [
                table.name
                for table in Base.metadata.sorted_tables
                for row in session.execute(select(table))
                if question_id in (cells := " ".join(map(str, row)))
                and any(name in cells for name in names)
            ]

    def _names_of(self, session: Session, email: str) -> set[str]:
        rows = session.execute(
            select(Participant.participant_id, Identity.user_id)
            .join(
                Identity,
                (Identity.event_id == Participant.event_id)
                & (Identity.participant_id == Participant.participant_id),
            )
            .where(Participant.event_id == self._event_id, Participant.email == email)
        )
        return {name for row in rows for name in row}

"""What many presses at once are about, and whose they are: a few reads, whatever their number.

The statements are made once: to build one takes longer than to run it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError, NoLongerThereError
from bot.core.i18n import N_, Reader, known_language
from bot.db.many import one_of
from bot.features.events.model import EventFile
from bot.features.people.tables import Identity, Participant
from bot.features.programme.tables import SessionRow
from bot.features.questions.model import (
    VOTABLE,
    GoneQuestionError,
    QuestionsClosedError,
    SessionRules,
)
from bot.features.questions.order import PATIENT_ASSOCIATION
from bot.features.questions.sheets import rules
from bot.features.questions.tables import Question, QuestionSession


class VotesClosedError(MaillonError):
    msgid = N_("The questions of this session are closed: they take no more support.")


@dataclass(frozen=True, slots=True)
class Supported:
    """A question as its supporters are told of it; `merged` where another one was pressed."""

    event_id: str
    question_id: str
    text: str
    translation: str | None
    language: str
    merged: bool

    def in_language(self, language: str) -> str:
        return self.translation or self.text if language != self.language else self.text


@dataclass(frozen=True, slots=True)
class Pressed:
    """A question on which somebody presses, as the one that it is told in."""

    session_id: str
    state: str
    told: Supported
    rules: SessionRules

    def refusal(self, now: datetime) -> MaillonError | None:
        try:
            self.rules.check_open(now)
        except QuestionsClosedError:
            return VotesClosedError()
        except MaillonError as error:
            return error
        return None if self.state in VOTABLE else GoneQuestionError(self.state)


@dataclass(frozen=True, slots=True)
class Voter:
    participant_id: str
    reader: Reader
    association: bool


_identity, _person = Identity.__table__, Participant.__table__
_VOTERS = (
    select(
        _identity.c.workspace_id,
        _identity.c.user_id,
        _person.c.participant_id,
        _person.c.language,
        _person.c.locale,
        _person.c.kind,
    )
    .join_from(
        _identity,
        _person,
        and_(
            _person.c.event_id == _identity.c.event_id,
            _person.c.participant_id == _identity.c.participant_id,
        ),
    )
    .where(
        _identity.c.event_id == bindparam("event_id"),
        _identity.c.workspace_id.in_(bindparam("workspaces", expanding=True)),
        _identity.c.user_id.in_(one_of("users")),
    )
)
_question, _told = Question.__table__, Question.__table__.alias("told")
_QUESTIONS = (
    select(
        _question.c.question_id,
        _told.c.question_id,
        _told.c.session_id,
        _told.c.state,
        _told.c.text,
        _told.c.translation,
        _told.c.language,
    )
    .join_from(
        _question,
        _told,
        and_(_told.c.event_id == _question.c.event_id, _told.c.question_id == _question.c.root_id),
    )
    .where(
        _question.c.event_id == bindparam("event_id"),
        _question.c.question_id.in_(one_of("questions")),
    )
)
_SESSIONS = (
    select(SessionRow, QuestionSession)
    .outerjoin(
        QuestionSession,
        and_(
            QuestionSession.event_id == SessionRow.event_id,
            QuestionSession.session_id == SessionRow.session_id,
        ),
    )
    .where(
        SessionRow.event_id == bindparam("event_id"),
        SessionRow.session_id.in_(bindparam("sessions", expanding=True)),
    )
)


def voters(
    session: Session, event_id: str, event: EventFile, who: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Voter]:
    """Those of `who` (workspace, user) whom Maillon has met."""
    wanted = {
        "event_id": event_id,
        "workspaces": sorted({workspace_id for workspace_id, _ in who}),
        "users": [[user_id] for _, user_id in who],
    }
    rows = session.connection().execute(_VOTERS, wanted)
    return {
        (workspace_id, user_id): Voter(
            participant_id,
            _reader(language or known_language(locale, event.language), event.zone, locale),
            kind == PATIENT_ASSOCIATION,
        )
        for workspace_id, user_id, participant_id, language, locale, kind in rows
    }


@lru_cache(maxsize=256)
def _reader(language: str, zone: str, locale: str | None) -> Reader:
    return Reader.of(language, zone, locale)


def pressed(
    session: Session, event_id: str, event: EventFile, question_ids: Collection[str]
) -> dict[str, Pressed]:
    """Those of the questions that exist."""
    wanted = {"event_id": event_id, "questions": [[one] for one in question_ids]}
    rows = session.connection().execute(_QUESTIONS, wanted).all()
    of_sessions = _rules(session, event_id, event, {row[2] for row in rows})
    return {
        question_id: Pressed(
            session_id,
            state,
            Supported(event_id, root, text, translation, language, merged=question_id != root),
            of_sessions[session_id],
        )
        for question_id, root, session_id, state, text, translation, language in rows
    }


def _rules(
    session: Session, event_id: str, event: EventFile, session_ids: Collection[str]
) -> dict[str, SessionRules]:
    wanted = {"event_id": event_id, "sessions": list(session_ids)}
    rows = session.execute(_SESSIONS, wanted)
    return {row.session_id: rules(event, row, sheet) for row, sheet in rows}


def refusal(question: Pressed | None, now: datetime) -> MaillonError | None:
    """Why a press is not taken; none where there is such a question and it takes votes."""
    return question.refusal(now) if question else NoLongerThereError()

"""Supporting questions: many presses at once in a few statements, however many they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, aliased

from bot.core.errors import MaillonError, NoLongerThereError
from bot.core.i18n import Reader, known_language
from bot.db.engine import insert_new
from bot.db.inbox import new_keys
from bot.delivery.outbox import refresh
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings, workspace_ids
from bot.features.people.tables import Identity, Participant
from bot.features.programme.tables import SessionRow
from bot.features.questions.model import VOTABLE, GoneQuestionError, SessionRules
from bot.features.questions.sheets import rules
from bot.features.questions.tables import Question, QuestionSession, QuestionVote, merge_votes


@dataclass(frozen=True, slots=True)
class VoteClick:
    """A press of *Soutenir*; `key` tells a redelivery from a second press."""

    event_id: str
    workspace_id: str
    user_id: str
    question_id: str
    key: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Supported:
    """A question as its supporters are told of it; merged, it is told in another."""

    event_id: str
    question_id: str
    text: str
    translation: str | None
    language: str
    merged: bool

    def in_language(self, language: str) -> str:
        return self.translation or self.text if language != self.language else self.text


@dataclass(frozen=True, slots=True)
class VoteResult:
    """What became of a press: a question that the person now supports, or why not.

    Without a reader nobody knows the person yet, and nothing was written.
    """

    reader: Reader | None = None
    question: Supported | None = None
    refused: MaillonError | None = None
    new: bool = False
    """Whether this very press set the vote."""
    redelivered: bool = False
    """Whether this very press was dealt with, and answered, before."""


_UNKNOWN = VoteResult()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that is pressed, as it stands."""

    session_id: str
    state: str
    told: Supported
    rules: SessionRules

    def refusal(self, now: datetime) -> MaillonError | None:
        try:
            self.rules.check_open(now)
        except MaillonError as error:
            return error
        return None if self.state in VOTABLE else GoneQuestionError(self.state)


def cast_votes(session: Session, clicks: Sequence[VoteClick]) -> list[VoteResult]:
    """A result for each click, in their order."""
    results: dict[int, VoteResult] = {}
    numbers = sorted(range(len(clicks)), key=lambda number: clicks[number].event_id)
    for event_id, same in groupby(numbers, key=lambda number: clicks[number].event_id):
        chosen = list(same)
        cast = _cast(session, event_id, [clicks[number] for number in chosen])
        results.update(zip(chosen, cast, strict=True))
    return [results[number] for number in range(len(clicks))]


def _cast(session: Session, event_id: str, clicks: list[VoteClick]) -> list[VoteResult]:
    event, now = event_settings(session, event_id), clicks[-1].now
    people = _people(session, event_id, event, clicks)
    asked = _asked(session, event_id, event, {click.question_id for click in clicks})
    known = [click for click in clicks if (click.workspace_id, click.user_id) in people]
    # Only theirs: the key of a stranger is taken where they are met.
    fresh = new_keys(session, event_id, [click.key for click in known], now)
    results = []
    votes: dict[tuple[str, str], int] = {}
    for number, click in enumerate(clicks):
        person = people.get((click.workspace_id, click.user_id))
        question = asked.get(click.question_id)
        if person is None:
            results.append(_UNKNOWN)
        elif click.key not in fresh:
            results.append(VoteResult(person.reader, redelivered=True))
        elif refused := _refusal(question, click.now):
            results.append(VoteResult(person.reader, refused=refused))
        else:
            assert question is not None
            votes.setdefault((click.question_id, person.participant_id), number)
            results.append(VoteResult(person.reader, question.told))
        fresh.discard(click.key)
    for vote in _set(session, event_id, votes, asked, now):
        first = results[votes[vote]]
        results[votes[vote]] = VoteResult(first.reader, first.question, new=True)
    return results


def support(
    session: Session, event_id: str, event: EventFile, participant_id: str, question_id: str,
    now: datetime,
) -> Supported:  # fmt: skip
    """The same for one person who is known, as one gesture among others."""
    asked = _asked(session, event_id, event, {question_id})
    question = asked.get(question_id)
    if refused := _refusal(question, now):
        raise refused
    assert question is not None
    _set(session, event_id, {(question_id, participant_id)}, asked, now)
    return question.told


def withdraw_vote(
    session: Session, event_id: str, participant_id: str, question_id: str, now: datetime
) -> Supported:
    """*Retirer mon soutien*: from the question, and from all that are told as one with it."""
    asked = _asked(session, event_id, event_settings(session, event_id), {question_id})
    question = asked.get(question_id)
    if question is None:
        raise NoLongerThereError
    together = select(Question.question_id).where(
        Question.event_id == event_id, Question.root_id == question.told.question_id
    )
    gone = session.execute(
        delete(QuestionVote)
        .where(
            QuestionVote.event_id == event_id,
            QuestionVote.participant_id == participant_id,
            QuestionVote.question_id.in_(together.scalar_subquery()),
        )
        .returning(QuestionVote.question_id)
        .execution_options(synchronize_session=False)
    ).all()
    if gone:
        _changed(session, event_id, {question.session_id}, now)
    return question.told


def _refusal(question: _Asked | None, now: datetime) -> MaillonError | None:
    return question.refusal(now) if question else NoLongerThereError()


@dataclass(frozen=True, slots=True)
class _Person:
    participant_id: str
    reader: Reader


def _people(
    session: Session, event_id: str, event: EventFile, clicks: list[VoteClick]
) -> dict[tuple[str, str], _Person]:
    """Who presses, by workspace and user."""
    rows = session.execute(
        select(
            Identity.workspace_id,
            Identity.user_id,
            Identity.participant_id,
            Participant.language,
            Participant.locale,
        )
        .join(
            Participant,
            (Participant.event_id == Identity.event_id)
            & (Participant.participant_id == Identity.participant_id),
        )
        .where(
            Identity.event_id == event_id,
            Identity.workspace_id.in_({click.workspace_id for click in clicks}),
            Identity.user_id.in_({click.user_id for click in clicks}),
        )
    )
    return {
        (workspace_id, user_id): _Person(
            participant_id,
            _reader(language or known_language(locale, event.language), event.zone, locale),
        )
        for workspace_id, user_id, participant_id, language, locale in rows
    }


@lru_cache(maxsize=256)
def _reader(language: str, zone: str, locale: str | None) -> Reader:
    return Reader.of(language, zone, locale)


def _asked(
    session: Session, event_id: str, event: EventFile, question_ids: Collection[str]
) -> dict[str, _Asked]:
    """The questions pressed, each as the one that it is told in."""
    told = aliased(Question)
    rows = session.execute(
        select(
            Question.question_id,
            told.question_id,
            told.session_id,
            told.state,
            told.text,
            told.translation,
            told.language,
        )
        .join(told, (told.event_id == Question.event_id) & (told.question_id == Question.root_id))
        .where(Question.event_id == event_id, Question.question_id.in_(question_ids))
    ).all()
    sessions = _sessions(session, event_id, event, {row[2] for row in rows})
    return {
        pressed: _Asked(
            session_id,
            state,
            Supported(event_id, root, text, translation, language, merged=pressed != root),
            sessions[session_id],
        )
        for pressed, root, session_id, state, text, translation, language in rows
    }


def _sessions(
    session: Session, event_id: str, event: EventFile, session_ids: Collection[str]
) -> dict[str, SessionRules]:
    rows = session.execute(
        select(SessionRow, QuestionSession)
        .outerjoin(
            QuestionSession,
            (QuestionSession.event_id == SessionRow.event_id)
            & (QuestionSession.session_id == SessionRow.session_id),
        )
        .where(SessionRow.event_id == event_id, SessionRow.session_id.in_(session_ids))
    )
    return {row.session_id: rules(event, row, own) for row, own in rows}


def _set(
    session: Session,
    event_id: str,
    votes: Collection[tuple[str, str]],
    asked: Mapping[str, _Asked],
    now: datetime,
) -> list[tuple[str, str]]:
    """Set the votes (question, person); those that were not set before."""
    rows = [
        {"event_id": event_id, "question_id": question, "participant_id": person}
        for question, person in sorted(votes)  # two processes wait for each other in one order
    ]
    new = insert_new(
        session, QuestionVote, rows, QuestionVote.question_id, QuestionVote.participant_id
    )
    _follow_merges(session, event_id, {person for _, person in new})
    _changed(session, event_id, {asked[question].session_id for question, _ in new}, now)
    return [(question, person) for question, person in new]


def _follow_merges(session: Session, event_id: str, people: Collection[str]) -> None:
    """Who became somebody else since they were read has their vote there.

    A vote holds its person's row: a merge is over before it is written, and seen here, or waits
    and moves it.
    """
    if not people:
        return
    merged = select(Participant.participant_id, Participant.merged_into).where(
        Participant.event_id == event_id,
        Participant.participant_id.in_(people),
        Participant.merged_into.is_not(None),
    )
    for gone, kept in session.execute(merged).all():
        merge_votes(session, event_id, str(kept), gone)


def _changed(session: Session, event_id: str, session_ids: Collection[str], now: datetime) -> None:
    """Whoever looks at these sessions is to see it: pages by the version, channels by an edit."""
    if not session_ids:
        return
    touched = (QuestionSession.event_id == event_id, QuestionSession.session_id.in_(session_ids))
    if len(session_ids) > 1:  # two batches wait for each other in one order
        in_order = select(QuestionSession.session_id).order_by(QuestionSession.session_id)
        session.execute(in_order.where(*touched).with_for_update())
    session.execute(
        update(QuestionSession)
        .where(*touched)
        .values(version=QuestionSession.version + 1)
        .execution_options(synchronize_session=False)
    )
    for workspace_id in workspace_ids(session, event_id):
        for session_id in sorted(session_ids):
            refresh(session, event_id, f"board:{session_id}:{workspace_id}", now)

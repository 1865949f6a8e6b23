"""Supporting questions: many presses at once in a few statements, whatever their number."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import cast

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError, NoLongerThereError
from bot.core.i18n import Reader
from bot.db.inbox import new_keys
from bot.db.many import insert_new
from bot.delivery.outbox import edits_waiting, refresh
from bot.features.events.model import EventFile
from bot.features.events.queries import load_rules, workspace_ids
from bot.features.people.tables import Participant
from bot.features.questions.boards import board_key
from bot.features.questions.pressed import Pressed, Supported, pressed, refusal, voters
from bot.features.questions.tables import Question, QuestionSession
from bot.features.questions.vote_tables import QuestionVote, merge_votes


@dataclass(frozen=True, slots=True)
class VoteClick:
    """A press of *Soutenir*; `key` tells a redelivery from a second press."""

    event_id: str
    workspace_id: str
    user_id: str
    question_id: str
    key: str
    now: datetime

    @property
    def who(self) -> tuple[str, str]:
        return self.workspace_id, self.user_id


@dataclass(frozen=True, slots=True)
class VoteResult:
    """What became of a press: a question that the person now supports, or why not.

    Without a reader nobody knows the person yet, or the event, and nothing was written.
    """

    reader: Reader | None = None
    question: Supported | None = None
    refused: MaillonError | None = None
    new: bool = False
    """Whether this very press set the vote."""
    redelivered: bool = False
    """Whether this very press was dealt with, and answered, before."""
    association: bool = False
    """Whether the person may support in the name of a patient association."""


_UNKNOWN = VoteResult()


def cast_votes(session: Session, clicks: Sequence[VoteClick]) -> list[VoteResult]:
    """A result for each click, in their order."""
    results: dict[int, VoteResult] = {}
    numbers = sorted(range(len(clicks)), key=lambda number: clicks[number].event_id)
    for event_id, same in groupby(numbers, key=lambda number: clicks[number].event_id):
        chosen = list(same)
        became = _cast(session, event_id, [clicks[number] for number in chosen])
        results.update(zip(chosen, became, strict=True))
    return [results[number] for number in range(len(clicks))]


def _cast(session: Session, event_id: str, clicks: list[VoteClick]) -> list[VoteResult]:
    event, now = load_rules(session, event_id), clicks[-1].now
    if event is None:
        return [_UNKNOWN] * len(clicks)
    people = voters(session, event_id, event, {click.who for click in clicks})
    questions = pressed(session, event_id, event, {click.question_id for click in clicks})
    # Of those who are known: the key of a stranger is taken where they are met.
    keys = [click.key for click in clicks if click.who in people]
    fresh = new_keys(session, event_id, keys, now)
    results: list[VoteResult] = []
    votes: dict[tuple[str, str], int] = {}
    for number, click in enumerate(clicks):
        person, question = people.get(click.who), questions.get(click.question_id)
        if person is None:
            results.append(_UNKNOWN)
        elif click.key not in fresh:
            results.append(VoteResult(person.reader, redelivered=True))
        elif refused := refusal(question, click.now):
            results.append(VoteResult(person.reader, refused=refused))
        else:
            assert question is not None
            votes.setdefault((click.question_id, person.participant_id), number)
            results.append(VoteResult(person.reader, question.told, association=person.association))
        fresh.discard(click.key)
    for vote in _set(session, event_id, votes, questions, now):
        first = results[votes[vote]]
        results[votes[vote]] = replace(first, new=True)
    return results


def support(
    session: Session,
    event_id: str,
    event: EventFile,
    participant_id: str,
    question_id: str,
    now: datetime,
) -> Supported:
    """The same as one gesture among others, of a person who is known."""
    questions = pressed(session, event_id, event, {question_id})
    question = questions.get(question_id)
    if refused := refusal(question, now):
        raise refused
    assert question is not None
    _set(session, event_id, {(question_id, participant_id)}, questions, now)
    return question.told


def withdraw_vote(
    session: Session,
    event_id: str,
    event: EventFile,
    participant_id: str,
    question_id: str,
    now: datetime,
) -> Supported:
    """*Retirer mon soutien*: from the question, and from all that are told as one with it.

    At any time: it is the person's own.
    """
    question = pressed(session, event_id, event, {question_id}).get(question_id)
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
        _show(session, event_id, {question.session_id}, now)
    return question.told


def _set(
    session: Session,
    event_id: str,
    votes: Collection[tuple[str, str]],
    questions: Mapping[str, Pressed],
    now: datetime,
) -> list[tuple[str, str]]:
    """Set the votes (question, person); those that were not set before."""
    # Sorted, because two processes that wait for each other's rows do so in one order.
    columns = ("question_id", "participant_id")
    new = insert_new(session, QuestionVote, {"event_id": event_id}, columns, sorted(votes))
    _follow_merges(session, event_id, {person for _, person in new})
    _show(session, event_id, {questions[question].session_id for question, _ in new}, now)
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


_sheet = cast("Table", QuestionSession.__table__)
# In one order, or two batches could wait for each other for ever.
_THEIRS = (
    select(_sheet.c.session_id)
    .where(
        _sheet.c.event_id == bindparam("event"),
        _sheet.c.session_id.in_(bindparam("sessions", expanding=True)),
    )
    .order_by(_sheet.c.session_id)
    .with_for_update()
    .cte()
)
_CHANGED = (
    update(_sheet)
    .where(
        _sheet.c.event_id == bindparam("event"),
        _sheet.c.session_id.in_(select(_THEIRS.c.session_id)),
    )
    .values(version=_sheet.c.version + 1)
)


def _show(session: Session, event_id: str, session_ids: Collection[str], now: datetime) -> None:
    """Let whoever looks at these sessions see it: pages by the version, channels by an edit.

    The last that a batch does: other processes' batches wait from here to the commit.
    """
    if not session_ids:
        return
    boards = [
        board_key(session_id, workspace_id)
        for workspace_id in workspace_ids(session, event_id)
        for session_id in sorted(session_ids)
    ]
    changed = {"event": event_id, "sessions": sorted(session_ids)}
    session.connection().execute(_CHANGED, changed)
    waiting = edits_waiting(session, event_id, boards)
    for key in boards:
        if key not in waiting:
            refresh(session, event_id, key, now)

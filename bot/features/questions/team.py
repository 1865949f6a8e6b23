"""What the équipe Questions has before it: a session's questions by what there is to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.errors import NoLongerThereError
from bot.core.i18n import N_
from bot.db.history import Change
from bot.features.events.queries import event_settings
from bot.features.people.tables import Participant
from bot.features.programme.queries import ProgrammeEntry, entries, entries_by_id
from bot.features.programme.roles import moderated_sessions, moderates
from bot.features.programme.tables import SessionRow
from bot.features.questions.model import (
    ANSWERED,
    DECLINED,
    MERGED,
    ON_SCREEN,
    PUBLISHED,
    REVIEW,
    NotModeratorError,
    SessionRules,
)
from bot.features.questions.ordering import balanced, popular, recent
from bot.features.questions.panel import panelists
from bot.features.questions.profiles import votes_by_profile
from bot.features.questions.queries import QuestionView, name_of, questions_of
from bot.features.questions.sheets import question_session, rules_of, session_row
from bot.features.questions.tables import Question
from bot.features.questions.tallies import Tally
from bot.features.questions.words import overlap, rarity, terms

CLOSED = (ANSWERED, DECLINED, MERGED)
"""What somebody took back is nobody's to read any more."""
ORDERS = {"balanced": N_("Balanced"), "popular": N_("Popular"), "recent": N_("Recent")}
UNDO_SHOWN_FOR = timedelta(minutes=10)
"""*Revenir en arrière* itself has no such limit: nothing must stand on the change, that is all."""

WHAT_CHANGED = {
    "question.published": N_("Published"),
    "question.edited": N_("Words changed"),
    "question.translated": N_("Other language changed"),
    "question.declined": N_("Not kept"),
    "question.restored": N_("Restored"),
    "question.merged": N_("Grouped with another"),
    "question.assigned": N_("Entrusted"),
    "question.on_screen": N_("On screen"),
    "question.answered": N_("Answered"),
    "question.put_off": N_("Back to the list"),
    "question.spoken": N_("Question from the room recorded"),
    "questions.session_changed": N_("Settings of the session changed"),
}


@dataclass(frozen=True)
class Changed:
    """A change that can still be taken back."""

    change_id: str
    label: str
    by: str


@dataclass(frozen=True)
class TeamView:
    entry: ProgrammeEntry
    rules: SessionRules
    black: bool
    version: int
    review: Sequence[QuestionView]
    on_screen: QuestionView | None
    published: Sequence[QuestionView]
    """In the order that was asked for."""
    closed: Mapping[str, Sequence[QuestionView]]
    panelists: Sequence[tuple[str, str]]
    by_profile: Mapping[str, Tally]

    def find(self, question_id: str) -> QuestionView:
        for one in (*self.open, *(one for closed in self.closed.values() for one in closed)):
            if one.question_id == question_id:
                return one
        raise NoLongerThereError

    @property
    def open(self) -> list[QuestionView]:
        shown = [self.on_screen] if self.on_screen else []
        return [*self.review, *shown, *self.published]

    def groupable(self, one: QuestionView) -> list[QuestionView]:
        """Those into which it can be grouped, those that share most words with it first."""
        others = [*self.open, *self.closed[ANSWERED]]
        others = [other for other in others if other.question_id != one.question_id]
        words = {other.question_id: terms(other.text) for other in (one, *others)}
        weight = rarity(list(words.values()))

        def shared(other: QuestionView) -> float:
            return overlap(words[one.question_id], words[other.question_id], weight)

        return sorted(others, key=shared, reverse=True)


def team_view(session: Session, person: Participant, session_id: str, order: str) -> TeamView:
    event_id = person.event_id
    event = event_settings(session, event_id)
    session_row(session, event_id, session_id)
    if not moderates(session, event, person, session_id):
        raise NotModeratorError
    sheet = question_session(session, event_id, session_id)
    questions = questions_of(session, event_id, session_id)
    return TeamView(
        entry=entries_by_id(session, event_id, [session_id])[session_id],
        rules=rules_of(session, event_id, event, session_id),
        black=sheet is not None and sheet.black,
        version=sheet.version if sheet else 0,
        review=[one for one in questions if one.state == REVIEW],
        on_screen=next((one for one in questions if one.state == ON_SCREEN), None),
        published=_in_order(session, event_id, session_id, questions, order),
        closed={state: [one for one in questions if one.state == state] for state in CLOSED},
        panelists=panelists(session, event_id, session_id),
        by_profile=votes_by_profile(session, person, session_id),
    )


def _in_order(
    session: Session, event_id: str, session_id: str, questions: list[QuestionView], order: str
) -> list[QuestionView]:
    published = [one for one in questions if one.state == PUBLISHED]
    if order == "popular":
        return popular(published)
    if order == "recent":
        return recent(published)
    return balanced(session, event_id, session_id, questions)


def still_undoable(
    session: Session, person: Participant, change_id: str, now: datetime
) -> Changed | None:
    """What a change did, while that is news and was not taken back."""
    change = session.get(Change, (person.event_id, change_id))
    if change is None or change.what not in WHAT_CHANGED or now - change.at > UNDO_SHOWN_FOR:
        return None
    undone = select(Change.change_id).where(
        Change.event_id == person.event_id,
        Change.subject == change.subject,
        Change.cause == change_id,
    )
    if session.scalar(undone.limit(1)) is not None:
        return None
    actor = session.get(Participant, (person.event_id, change.actor))
    return Changed(change_id, WHAT_CHANGED[change.what], name_of(actor))


def last_change(session: Session, event_id: str, question_id: str) -> str | None:
    """By which the last that was done to a question is undone."""
    return session.scalar(
        select(Change.change_id)
        .where(Change.event_id == event_id, Change.subject == question_id)
        .order_by(Change.at.desc())
        .limit(1)
    )


@dataclass(frozen=True)
class Counted:
    """A session in the list of the team."""

    entry: ProgrammeEntry
    review: int
    published: int
    answered: int


def team_sessions(session: Session, person: Participant) -> list[Counted]:
    """The sessions that take questions and that this person moderates, by start."""
    event_id = person.event_id
    event = event_settings(session, event_id)
    mine = moderated_sessions(session, event, person)
    if mine is not None and not mine:
        raise NotModeratorError
    found = entries(
        session,
        event_id,
        SessionRow.kind.in_(event.questions.kinds),
        SessionRow.cancelled.is_(False),
        *([SessionRow.session_id.in_(mine)] if mine is not None else []),
    )
    counts: dict[tuple[str, str], int] = {
        (row[0], row[1]): row[2]
        for row in session.execute(
            select(Question.session_id, Question.state, func.count())
            .where(Question.event_id == event_id)
            .group_by(Question.session_id, Question.state)
        )
    }
    return [
        Counted(
            entry,
            review=counts.get((entry.session_id, REVIEW), 0),
            published=sum(counts.get((entry.session_id, one), 0) for one in (PUBLISHED, ON_SCREEN)),
            answered=counts.get((entry.session_id, ANSWERED), 0),
        )
        for entry in found
    ]

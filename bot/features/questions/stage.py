"""The pupitre: what the person on stage sees, and what one press does.

A press says what its presser had before their eyes: which question stood on the screen, and
which came next. It may arrive minutes later, when the network is back, so that it is done only
where the same question still stands there; changes of its words meanwhile do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.db.history import Change
from bot.db.inbox import first_time
from bot.features.events.queries import event_settings
from bot.features.people.tables import Participant
from bot.features.programme.fullness import set_full
from bot.features.programme.queries import ProgrammeEntry, closes, entries_by_id
from bot.features.programme.roles import moderates
from bot.features.questions import moderation
from bot.features.questions.acting import changed_by
from bot.features.questions.model import (
    ANSWERED,
    ON_SCREEN,
    PUBLISHED,
    ChangedMeanwhileError,
    Done,
    NotModeratorError,
)
from bot.features.questions.ordering import balanced
from bot.features.questions.queries import QuestionView, public_questions
from bot.features.questions.sessions import change_session
from bot.features.questions.sheets import opened, question_session, session_row
from bot.features.questions.tables import Question, QuestionSession
from bot.features.questions.undoing import undo

AHEAD = 2
"""Questions that the host sees coming."""
UNDO_FOR = timedelta(seconds=10)
ANSWERED_PRESS, LATER, SHOW, DARK, LIGHT = "answered", "later", "show", "dark", "light"
FULL, NOT_FULL = "full", "not-full"
FIGURES, NO_FIGURES = "figures", "no_figures"
"""Of the closing session: what came of the event, on the screen."""
PRESSES = (ANSWERED_PRESS, LATER, SHOW, DARK, LIGHT, FULL, NOT_FULL, FIGURES, NO_FIGURES)
_KEY = re.compile(r"[0-9A-Za-z-]{8,64}")
_PUT_OFF = "question.put_off"


class UnknownPressError(MaillonError):
    msgid = N_("This press was not understood. Nothing was done: please open the page again.")


class NothingNextError(MaillonError):
    msgid = N_("No published question is left.")


@dataclass(frozen=True)
class StageView:
    entry: ProgrammeEntry
    now: QuestionView | None
    """The question that the room reads."""
    coming: tuple[QuestionView, ...]
    black: bool
    closing: bool
    """Whether what came of the event may be shown."""
    figures: bool
    """Whether the room reads it."""
    version: int
    begins_in: int
    """Minutes; 0 once it has begun."""
    minutes_left: int
    patients_asked: int
    patients_answered: int


@dataclass(frozen=True)
class Press:
    """One of `PRESSES`, with the questions that were seen: on the screen, and first to come."""

    what: str
    key: str
    seen: str = ""
    next: str = ""


@dataclass(frozen=True)
class Pressed:
    """`changes` undo the press, in their order; none where there was nothing to do."""

    changes: tuple[str, ...] = ()


def stage_view(session: Session, person: Participant, session_id: str, now: datetime) -> StageView:
    _check(session, person, session_id)
    sheet = question_session(session, person.event_id, session_id)
    entry = entries_by_id(session, person.event_id, [session_id])[session_id]
    public = public_questions(session, person.event_id, session_id)
    patients = [one for one in public if one.patients]
    return StageView(
        entry=entry,
        now=next((one for one in public if one.state == ON_SCREEN), None),
        coming=tuple(_coming(session, person.event_id, session_id, public)[:AHEAD]),
        black=sheet is not None and sheet.black,
        closing=closes(session, person.event_id, entry),
        figures=sheet is not None and sheet.figures,
        version=sheet.version if sheet else 0,
        begins_in=_minutes(entry.starts_at - now),
        minutes_left=_minutes(entry.ends_at - now),
        patients_asked=len(patients),
        patients_answered=sum(one.state == ANSWERED for one in patients),
    )


def _minutes(left: timedelta) -> int:
    """Begun ones count: « 1 min » until it is over."""
    return max(0, -(-left // timedelta(minutes=1)))


def _coming(
    session: Session, event_id: str, session_id: str, public: Sequence[QuestionView]
) -> list[QuestionView]:
    """In the balanced order; what the host put off waits until the others had their turn."""
    put_off = _put_off(session, event_id, [one.question_id for one in public])
    in_order = balanced(session, event_id, session_id, public)
    return sorted(in_order, key=lambda one: put_off.get(one.question_id, 0))


def _put_off(session: Session, event_id: str, question_ids: Sequence[str]) -> dict[str, int]:
    """How often each was put off, what was undone aside."""
    rows = session.execute(
        select(Change.subject, Change.what).where(
            Change.event_id == event_id,
            Change.subject.in_(question_ids),
            Change.what.in_((_PUT_OFF, f"{_PUT_OFF}.undone")),
        )
    )
    counts: dict[str, int] = {}
    for question_id, what in rows:
        counts[question_id] = counts.get(question_id, 0) + (1 if what == _PUT_OFF else -1)
    return counts


def press(
    session: Session, person: Participant, session_id: str, one: Press, now: datetime
) -> Pressed:
    """One press, all of it or nothing; again with the same key changes nothing."""
    if one.what not in PRESSES or not _KEY.fullmatch(one.key):
        raise UnknownPressError
    _check(session, person, session_id)
    event = event_settings(session, person.event_id)
    sheet = opened(session, person.event_id, event, session_id, now)
    if not first_time(session, person.event_id, f"press:{one.key}", now):
        return Pressed()
    if one.what in (FULL, NOT_FULL):
        set_full(session, person, session_id, one.what == FULL, now)
        return Pressed()
    if one.what in (DARK, LIGHT):
        dark = one.what == DARK
        return _made(change_session(session, person, session_id, now, black=dark))
    if one.what in (FIGURES, NO_FIGURES):
        return _show_figures(session, person, session_id, one.what == FIGURES, now)
    if one.what == SHOW:
        return _show_next(session, person, sheet, one, now)
    if sheet.on_screen != one.seen:
        return _too_late(session, person.event_id, session_id, one)
    leave = moderation.answered if one.what == ANSWERED_PRESS else moderation.later
    following = _next_id(session, person.event_id, session_id, one)
    done = leave(session, person, one.seen, _version(session, person.event_id, one.seen), now)
    return _made(done, _show(session, person, following, now) if following else None)


def take_back(
    session: Session, person: Participant, changes: Sequence[str], now: datetime
) -> Pressed:
    """*Revenir en arrière*: all that a press did, last first; again changes nothing."""
    taken = select(Change.cause).where(
        Change.event_id == person.event_id, Change.cause.in_(changes)
    )
    if set(session.scalars(taken)) >= set(changes):
        return Pressed()
    return _made(*(undo(session, person, change_id, now) for change_id in reversed(changes)))


# ----------------------------------------------------------------


def _check(session: Session, person: Participant, session_id: str) -> None:
    session_row(session, person.event_id, session_id)
    if not moderates(session, event_settings(session, person.event_id), person, session_id):
        raise NotModeratorError


def _made(*done: Done | None) -> Pressed:
    return Pressed(tuple(one.change_id for one in done if one and one.change_id))


def _next_id(session: Session, event_id: str, session_id: str, one: Press) -> str | None:
    """The question that the presser saw coming, if it still waits; else the first that does."""
    seen = session.get(Question, (event_id, one.next)) if one.next else None
    if seen is not None and seen.session_id == session_id:
        session.refresh(seen)
        if seen.state == PUBLISHED:
            return seen.question_id
    public = public_questions(session, event_id, session_id)
    coming = _coming(session, event_id, session_id, public)
    return coming[0].question_id if coming else None


def _show_next(
    session: Session, person: Participant, sheet: QuestionSession, one: Press, now: datetime
) -> Pressed:
    if sheet.on_screen is not None:
        if sheet.on_screen == one.next:
            return Pressed()
        raise _moved_on(session, person.event_id, sheet.on_screen)
    following = _next_id(session, person.event_id, sheet.session_id, one)
    if following is None:
        raise NothingNextError
    return _made(_show(session, person, following, now))


def _show_figures(
    session: Session, person: Participant, session_id: str, shown: bool, now: datetime
) -> Pressed:
    """What came of the event takes the screen, lit, until it is taken away or a question comes."""
    entry = entries_by_id(session, person.event_id, [session_id])[session_id]
    if shown and not closes(session, person.event_id, entry):
        raise UnknownPressError
    lit = {"black": False} if shown else {}
    return _made(change_session(session, person, session_id, now, figures=shown, **lit))


def _show(session: Session, person: Participant, question_id: str, now: datetime) -> Done:
    seen = _version(session, person.event_id, question_id)
    return moderation.put_on_screen(session, person, question_id, seen, now)


def _version(session: Session, event_id: str, question_id: str) -> int:
    question = session.get_one(Question, (event_id, question_id))
    session.refresh(question)
    return question.version


def _too_late(session: Session, event_id: str, session_id: str, one: Press) -> Pressed:
    """Another question stands there now: what was wished may have come about all the same."""
    question = session.get(Question, (event_id, one.seen))
    if question is None or question.session_id != session_id:
        raise UnknownPressError
    wished = ANSWERED if one.what == ANSWERED_PRESS else PUBLISHED
    if question.state == wished:
        return Pressed()
    raise _moved_on(session, event_id, one.seen)


def _moved_on(session: Session, event_id: str, question_id: str) -> ChangedMeanwhileError:
    return changed_by(session, session.get_one(Question, (event_id, question_id)))

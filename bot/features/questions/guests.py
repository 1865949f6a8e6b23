"""What people do who have no account: a device asks, and supports each question once.

A device is the random id in its cookie. Nothing is limited by network address, which a whole
venue shares. What keeps others out is the code on the screen of the room
(docs/decisions/0016-guests.md).
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, aliased

from bot.core.i18n import N_
from bot.db.engine import dialect_insert, insert_ignore, machine_now
from bot.db.inbox import first_time
from bot.features.events.queries import event_settings
from bot.features.questions import care
from bot.features.questions.asking import ask_as_guest
from bot.features.questions.model import (
    VOTABLE,
    CodeNeededError,
    Draft,
    GoneQuestionError,
    NoGuestVotesError,
    NoSuchQuestionError,
    TooManyCodesError,
    WrongCodeError,
)
from bot.features.questions.sheets import locked, rules_of
from bot.features.questions.tables import Guest, Question
from bot.features.questions.telling import tell_of_session
from bot.features.questions.vote_tables import CodeAttempt, GuestVote

RECEIVED = N_("Received. It will be read before it is published.")
OWN_SHOWN = 5
WAIT_MIN = 5
CODES_A_DEVICE = 5
"""Wrong ones within `WAIT_MIN`; then the device waits."""
CODES_A_MINUTE = 10
"""Wrong ones of all devices for a session. Cookies are free, so this is what a guesser meets:
an hour is enough for 600 of the 10,000 codes."""


@dataclass(frozen=True)
class Device:
    guest_id: str
    language: str


def guest_asks(
    session: Session, event_id: str, device: Device, key: str, draft: Draft, now: datetime
) -> str:
    """Ask, once however often it is sent with its key; what the guest reads (a msgid)."""
    text = blake2s(draft.text.encode("utf-8", "replace"), digest_size=8).hexdigest()
    if first_time(session, event_id, f"ask:{key}:{text}", now):
        ask_as_guest(session, event_id, device.guest_id, draft, now)
    if "adverse_effect" in care.held_for(care.accepted(draft.text)):
        return care.ADVERSE_EFFECT
    return RECEIVED


def guest_vote(
    session: Session, event_id: str, device: Device, question_id: str, code: str, now: datetime
) -> WrongCodeError | None:
    """Support a question, once a device. A wrong code is returned rather than raised: that it
    was tried has to be stored."""
    told = _told_in(session, event_id, question_id)
    event = event_settings(session, event_id)
    rules = rules_of(session, event_id, event, told.session_id)
    rules.check_open(now)
    if not rules.guest_votes:
        raise NoGuestVotesError
    if told.state not in VOTABLE:
        raise GoneQuestionError(told.state)
    # Locked: devices that guess at the same time are counted one after the other.
    locked(session, event_id, told.session_id)
    supported = supported_by_guest(session, event_id, told.session_id, device.guest_id)
    if told.root_id in supported:
        return None
    # A device that supports a question of this session has shown the code: it is asked once.
    if not supported:
        refused = _refused(session, event_id, told.session_id, device.guest_id, rules.code, code)
        if refused is not None:
            return refused
    row = {"event_id": event_id, "guest_id": device.guest_id}
    insert_ignore(session, Guest, [{**row, "language": device.language}])
    insert_ignore(session, GuestVote, [{**row, "question_id": question_id}])
    tell_of_session(session, event_id, event, told.session_id, now)
    return None


def guest_unvote(
    session: Session, event_id: str, device: Device, question_id: str, now: datetime
) -> None:
    """Take it back: from the question, and from all that are told as one with it."""
    told = _told_in(session, event_id, question_id)
    together = select(Question.question_id).where(
        Question.event_id == event_id, Question.root_id == told.root_id
    )
    gone = session.execute(
        delete(GuestVote)
        .where(
            GuestVote.event_id == event_id,
            GuestVote.guest_id == device.guest_id,
            GuestVote.question_id.in_(together.scalar_subquery()),
        )
        .returning(GuestVote.question_id)
        .execution_options(synchronize_session=False)
    ).all()
    if gone:
        tell_of_session(session, event_id, event_settings(session, event_id), told.session_id, now)


def supported_by_guest(
    session: Session, event_id: str, session_id: str, guest_id: str
) -> frozenset[str]:
    """The questions that a device supports, by the one each is told in."""
    query = (
        select(Question.root_id)
        .join(
            GuestVote,
            (GuestVote.event_id == Question.event_id)
            & (GuestVote.question_id == Question.question_id),
        )
        .where(
            Question.event_id == event_id,
            Question.session_id == session_id,
            GuestVote.guest_id == guest_id,
        )
    )
    return frozenset(session.scalars(query))


@dataclass(frozen=True)
class GuestQuestion:
    """A guest's own question, and what became of it: nobody else tells them."""

    text: str
    language: str
    state: str
    declined: str | None


def questions_of_guest(
    session: Session, event_id: str, session_id: str, guest_id: str
) -> tuple[GuestQuestion, ...]:
    """What a device asked in a session, the newest first."""
    rows = session.scalars(
        select(Question)
        .where(
            Question.event_id == event_id,
            Question.session_id == session_id,
            Question.guest_id == guest_id,
        )
        .order_by(Question.asked_at.desc(), Question.question_id)
        .limit(OWN_SHOWN)
    )
    return tuple(GuestQuestion(row.text, row.language, row.state, row.declined) for row in rows)


def _told_in(session: Session, event_id: str, question_id: str) -> Question:
    told = aliased(Question)
    found = session.scalar(
        select(told)
        .join(
            Question, (Question.event_id == told.event_id) & (Question.root_id == told.question_id)
        )
        .where(Question.event_id == event_id, Question.question_id == question_id)
    )
    if found is None:
        raise NoSuchQuestionError
    return found


def _refused(
    session: Session, event_id: str, session_id: str, guest_id: str, right: str, typed: str
) -> WrongCodeError | None:
    code = re.sub(r"\s", "", typed)
    if not code:
        return CodeNeededError()
    minute = int(machine_now(session) // 60)
    if minutes := _waits(session, event_id, session_id, guest_id, minute):
        return TooManyCodesError(minutes=minutes)
    if secrets.compare_digest(code.encode(), right.encode()):
        return None
    attempt = dialect_insert(session, CodeAttempt).values(
        event_id=event_id, session_id=session_id, minute=minute, guest_id=guest_id, failed=1
    )
    key = ("event_id", "session_id", "minute", "guest_id")
    session.execute(
        attempt.on_conflict_do_update(
            index_elements=key, set_={"failed": CodeAttempt.failed + attempt.excluded.failed}
        )
    )
    return WrongCodeError()


def _waits(session: Session, event_id: str, session_id: str, guest_id: str, minute: int) -> int:
    """For how many minutes no code is looked at, right or wrong."""
    tried = (CodeAttempt.event_id == event_id, CodeAttempt.session_id == session_id)
    failed = func.coalesce(func.sum(CodeAttempt.failed), 0)
    of_device = session.scalar(
        select(failed).where(
            *tried, CodeAttempt.guest_id == guest_id, CodeAttempt.minute > minute - WAIT_MIN
        )
    )
    of_all = session.scalar(select(failed).where(*tried, CodeAttempt.minute == minute))
    if (of_device or 0) >= CODES_A_DEVICE:
        return WAIT_MIN
    return 1 if (of_all or 0) >= CODES_A_MINUTE else 0

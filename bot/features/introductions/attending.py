"""While a round runs: who is there, who cannot come, who is kept apart, and what becomes of the
others."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.errors import MaillonError, NoLongerThereError
from bot.core.i18n import N_
from bot.db.engine import insert_ignore
from bot.db.history import record
from bot.delivery.outbox import refresh
from bot.features.events.actions import lock_event
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.introductions.meetings import CANNOT, HERE, LATE
from bot.features.introductions.model import MEETING
from bot.features.introductions.placing import card_key, place_again, take_back
from bot.features.introductions.queries import (
    blockers,
    broken,
    members,
    running_with,
    stands_in_conversation,
    unwilling,
)
from bot.features.introductions.tables import (
    BROKEN,
    MATCHED,
    OPENED,
    WITHDRAWN,
    Introduction,
    IntroductionMember,
    ProblemReport,
    Round,
    RoundChoice,
)
from bot.features.introductions.telling import report_to, tell_cannot, tell_late
from bot.features.people.tables import Participant
from bot.features.people.wishes import block


class OverError(MaillonError):
    msgid = N_("This meeting is over.")


class CalledOffError(MaillonError):
    msgid = N_("This meeting does not take place.")


def here(session: Session, person: Participant, introduction_id: str, now: datetime) -> None:
    _attends(session, person, introduction_id, HERE, now)


def late(session: Session, person: Participant, introduction_id: str, now: datetime) -> None:
    introduction, row = _attends(session, person, introduction_id, LATE, now)
    tell_late(session, introduction, row.window_at + MEETING, person.participant_id, now)


def _attends(
    session: Session, person: Participant, introduction_id: str, presence: str, now: datetime
) -> tuple[Introduction, Round]:
    introduction, row, mine = _mine(session, person, introduction_id)
    if introduction.state == WITHDRAWN:
        raise CalledOffError
    if now >= row.window_at + MEETING:
        raise OverError
    if mine.presence != presence:
        mine.presence, mine.presence_at = presence, now
        session.flush()
        refresh(session, person.event_id, card_key(introduction_id), now)
    return introduction, row


def cannot_come(session: Session, person: Participant, introduction_id: str, now: datetime) -> None:
    """*Je ne peux pas venir*: whoever is left alone meets somebody else, if there is time."""
    introduction, row, mine = _mine(session, person, introduction_id)
    if now >= row.window_at + MEETING:
        raise OverError
    if mine.presence == CANNOT:
        return
    if introduction.state == WITHDRAWN:
        _stay_away(session, person, row, now)
        return
    mine.presence, mine.presence_at = CANNOT, now
    record(
        session,
        person.event_id,
        "introductions.cannot",
        introduction_id,
        at=now,
        actor=person.participant_id,
    )
    event = event_settings(session, person.event_id)
    _without(session, event, row, introduction, [person.participant_id], now)


def _stay_away(session: Session, person: Participant, row: Round, now: datetime) -> None:
    """Of whoever another has just left alone: they meet nobody else in this round either."""
    choice = session.get(RoundChoice, (row.event_id, row.round_id, person.participant_id))
    if choice is not None:
        choice.coming, choice.at = False, now
        session.flush()
    instead = running_with(session, row, person.participant_id)
    if instead is not None:
        cannot_come(session, person, instead, now)


def keep_apart(
    session: Session, person: Participant, introduction_id: str, other_id: str, now: datetime
) -> None:
    """*Ne plus me proposer cette personne*: nobody is told; the others learn at most that one
    cannot come."""
    introduction, row, _ = _mine(session, person, introduction_id)
    if session.get(IntroductionMember, (person.event_id, introduction_id, other_id)) is None:
        raise NoLongerThereError
    block(session, person, other_id, now)
    event = event_settings(session, person.event_id)
    _apart(session, event, row, introduction, [person.participant_id], now)


def report(
    session: Session, person: Participant, introduction_id: str, other_id: str, now: datetime
) -> int:
    """*Signaler un problème*: two people of the organisation read it, and the two are kept apart.
    How many were reached."""
    keep_apart(session, person, introduction_id, other_id, now)
    row = {
        "event_id": person.event_id,
        "introduction_id": introduction_id,
        "participant_id": person.participant_id,
        "at": now,
    }
    insert_ignore(session, ProblemReport, [row])
    event = event_settings(session, person.event_id)
    mine = person.participant_id
    return report_to(session, event, introduction_id, mine, other_id, person.event_id, now)


def mend(session: Session, event: EventFile, event_id: str, now: datetime) -> None:
    """What happened elsewhere to those who are to meet: a block, an erasure, a consent taken
    back."""
    for introduction_id in broken(session, event_id):
        introduction = session.get_one(Introduction, (event_id, introduction_id))
        row = session.get_one(Round, (event_id, introduction.round_id))
        erased = introduction.state == BROKEN
        if erased:
            introduction.state = OPENED
            session.flush()
        gone = blockers(session, event_id, introduction_id)
        if gone or erased:
            _apart(session, event, row, introduction, gone, now)
        left = unwilling(session, event_id, introduction_id)
        for one in left:
            one.presence, one.presence_at = CANNOT, now
        if left and introduction.state != WITHDRAWN:
            session.flush()
            gone = [one.participant_id for one in left]
            _without(session, event, row, introduction, gone, now)


def _apart(
    session: Session,
    event: EventFile,
    row: Round,
    introduction: Introduction,
    gone: Collection[str],
    now: datetime,
) -> None:
    """Their conversation is not written to again; before the meeting, they need not go there."""
    introduction.closed = True
    if row.state != MATCHED or now >= row.window_at or introduction.state == WITHDRAWN:
        return
    for one in members(session, introduction):
        if one.participant_id in gone:
            one.presence, one.presence_at = CANNOT, now
    session.flush()
    _without(session, event, row, introduction, gone, now)


def _without(
    session: Session,
    event: EventFile,
    row: Round,
    introduction: Introduction,
    gone: Collection[str],
    now: datetime,
) -> None:
    """Those who are left go on if they are two and know each other already; otherwise each is
    placed anew or told."""
    session.flush()
    left = [one.participant_id for one in members(session, introduction) if one.presence != CANNOT]
    introduction_id = introduction.introduction_id
    if len(left) >= 2 and stands_in_conversation(session, introduction):
        for one in gone or [""]:
            tell_cannot(session, row, introduction_id, one, left, now)
        refresh(session, row.event_id, card_key(introduction_id), now)
        return
    take_back(session, introduction, now)
    place_again(session, event, row, left, now, introduction_id)


def _mine(
    session: Session, person: Participant, introduction_id: str
) -> tuple[Introduction, Round, IntroductionMember]:
    lock_event(session, person.event_id)
    key = (person.event_id, introduction_id)
    introduction = session.get(Introduction, key)
    mine = session.get(IntroductionMember, (*key, person.participant_id))
    if introduction is None or mine is None:
        raise NoLongerThereError
    return introduction, session.get_one(Round, (person.event_id, introduction.round_id)), mine

"""What people are told of a round, each by themselves.

Urgent: it is about something that they chose, within the hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery.messages import Message
from bot.delivery.outbox import Place, enqueue, was_told
from bot.features.events.model import EventFile
from bot.features.introductions.hindrances import hindrances
from bot.features.introductions.messages import (
    CannotCome,
    MeetingMoved,
    ProblemReported,
    SomebodyLate,
)
from bot.features.introductions.model import MEETING
from bot.features.introductions.round_messages import (
    LeftOutTold,
    RoundAsked,
    RoundCancelled,
    RoundMoved,
)
from bot.features.introductions.tables import (
    OPENED,
    Introduction,
    Round,
    RoundChoice,
)
from bot.features.people.profile_tables import Profile
from bot.features.people.profiles import willing
from bot.features.people.queries import participant_by_email, wants_fewer
from bot.features.programme.budget import Budgeter
from bot.features.programme.direct import to_person


def ask_the_standing(session: Session, event: EventFile, row: Round, now: datetime) -> datetime:
    """Who always wants to come is asked whether they do; until when everybody was or could be.

    It is an invitation: it waits for a moment at which they may be written to.
    """
    answered = select(RoundChoice.participant_id).where(
        RoundChoice.event_id == row.event_id, RoundChoice.round_id == row.round_id
    )
    standing = select(Profile.participant_id).where(
        Profile.event_id == row.event_id,
        Profile.always.is_(True),
        Profile.participant_id.not_in(answered),
    )
    able = set(willing(session, row.event_id, now))
    people = [one for one in session.scalars(standing).all() if one in able]
    hindered = hindrances(session, event, row, people)
    budget = Budgeter(session, row.event_id, event, now)
    later = [row.closes_at]
    for one in sorted(set(people) - set(hindered)):
        key = f"round:{row.round_id}:{one}"
        if was_told(session, row.event_id, [key]) or wants_fewer(session, row.event_id, one):
            continue
        when = budget.next_allowed(one)
        if when > now:
            later.append(when)
            continue
        asked = RoundAsked(row.event_id, row.round_id)
        to_person(session, row.event_id, one, asked, key, "invitation", now, row.closes_at)
    return min(later)


def tell_left_out(
    session: Session, row: Round, participant_id: str, about: str, now: datetime
) -> None:
    _urgent(
        session,
        row,
        participant_id,
        LeftOutTold(row.event_id, row.round_id, participant_id),
        f"left_out:{row.round_id}:{participant_id}:{about}",
        now,
    )


def tell_cannot(
    session: Session, row: Round, introduction_id: str, gone: str, others: list[str], now: datetime
) -> None:
    for one in others:
        told = CannotCome(row.event_id, introduction_id, gone)
        _urgent(session, row, one, told, f"cannot:{introduction_id}:{gone}:{one}", now)


def coming_to(session: Session, row: Round) -> list[str]:
    """Who said yes to a round."""
    coming = select(RoundChoice.participant_id).where(
        RoundChoice.event_id == row.event_id,
        RoundChoice.round_id == row.round_id,
        RoundChoice.coming.is_(True),
    )
    return list(session.scalars(coming.order_by(RoundChoice.participant_id)))


def tell_round_moved(
    session: Session, row: Round, was_at: datetime, people: Iterable[str], now: datetime
) -> None:
    """It may move again, and back: each time is told."""
    for one in people:
        told = RoundMoved(row.event_id, row.round_id, was_at.isoformat())
        moved = f"{row.window_at.isoformat()}:{now.isoformat()}"
        _urgent(session, row, one, told, f"round_moved:{row.round_id}:{one}:{moved}", now)


def tell_round_cancelled(session: Session, event: EventFile, row: Round, now: datetime) -> None:
    for one in coming_to(session, row):
        told = RoundCancelled(row.event_id, row.round_id)
        _urgent(session, row, one, told, f"no_round:{row.round_id}:{one}", now)


def _urgent(
    session: Session, row: Round, participant_id: str, message: Message, key: str, now: datetime
) -> None:
    until = row.window_at + MEETING
    to_person(session, row.event_id, participant_id, message, key, "urgent", now, until)


def tell_late(
    session: Session, introduction: Introduction, until: datetime, late: str, now: datetime
) -> None:
    """Together, since all of them wait."""
    told = SomebodyLate(introduction.event_id, introduction.introduction_id, late)
    _together(
        session, introduction, told, f"late:{introduction.introduction_id}:{late}", until, now
    )


def tell_moved(session: Session, row: Round, now: datetime) -> None:
    """It may move again, and back: each time is told."""
    opened = session.scalars(
        select(Introduction).where(
            Introduction.event_id == row.event_id,
            Introduction.round_id == row.round_id,
            Introduction.state == OPENED,
        )
    )
    for one in opened.all():
        key = f"moved:{one.introduction_id}:{row.window_at.isoformat()}:{now.isoformat()}"
        told = MeetingMoved(row.event_id, one.introduction_id)
        _together(session, one, told, key, row.window_at + MEETING, now)


def _together(
    session: Session,
    introduction: Introduction,
    message: Message,
    key: str,
    until: datetime,
    now: datetime,
) -> None:
    enqueue(
        session,
        introduction.event_id,
        Place(introduction.workspace_id, group_id=introduction.introduction_id),
        message,
        key,
        message_class="urgent",
        now=now,
        expires_at=until,
    )


def report_to(
    session: Session,
    event: EventFile,
    introduction_id: str,
    who: str,
    whom: str,
    event_id: str,
    now: datetime,
) -> int:
    """The people whom the event names for this, or else organisers, outside any channel; how many.

    Whoever it is about does not read it.
    """
    told = 0
    for address in (*event.introductions.reports_to, *event.organisers):
        person = participant_by_email(session, event_id, address)
        if person is None or person.participant_id in (who, whom):
            continue
        to = person.participant_id
        report = ProblemReported(event_id, introduction_id, who, whom)
        key = f"problem:{introduction_id}:{who}:{whom}:{to}"
        to_person(session, event_id, to, report, key, "urgent", now)
        told += was_told(session, event_id, [key])
        if told == 2:
            break
    return told

"""What is due after meetings and after the event: idempotent, whoever wakes it, however often."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.moments import EVENT, earliest_of, first
from bot.delivery.messages import Message
from bot.features.events.actions import lock_event
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.introductions.crossing_messages import next_report, post_report
from bot.features.introductions.encounters import ASKED_AFTER, UNKEPT, ask_after_rounds, unasked
from bot.features.introductions.follow_ups import (
    PROMISED,
    WAVES,
    asked_at,
    next_working_morning,
    schedule,
    to_ask,
)
from bot.features.introductions.outcome_messages import (
    EncountersAsked,
    FollowUpsAsked,
    MeetingsPaused,
    asked_about,
)
from bot.features.introductions.outcome_tables import OutcomeTelling
from bot.features.introductions.tables import Round
from bot.features.introductions.tellings import AT_ONCE, ENCOUNTER, FOLLOW_UP, key_of, tell_later
from bot.features.people.consents import FOLLOW_UPS, consent_given
from bot.features.people.profile_tables import Profile
from bot.features.people.queries import wants_fewer
from bot.features.programme.budget import Budgeter
from bot.features.programme.direct import to_person


def tick(session: Session, event_id: str, now: datetime) -> None:
    lock_event(session, event_id)
    event = event_settings(session, event_id)
    ask_after_rounds(session, event_id, now)
    _tell_people(session, event_id, event, now)
    post_report(session, event_id, event, now)


_MOMENTS = select(
    select(func.min(Round.window_at)).where(*unasked(EVENT)).scalar_subquery(),
    earliest_of(OutcomeTelling.due_at),
)


def next_due(session: Session, event_id: str) -> datetime | None:
    window, told = session.execute(_MOMENTS, {"event_id": event_id}).one()
    report = next_report(session, event_id)
    return first((window + ASKED_AFTER if window else None, told, report))


def _tell_people(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    """What waits for a person, when their budget of messages allows it."""
    due = session.scalars(
        select(OutcomeTelling)
        .where(OutcomeTelling.event_id == event_id, OutcomeTelling.due_at <= now)
        .order_by(OutcomeTelling.due_at, OutcomeTelling.participant_id)
        .limit(AT_ONCE)
    ).all()
    budget = Budgeter(session, event_id, event, now)
    for one in due:
        later = _not_before(event, one, now) or budget.next_allowed(one.participant_id)
        if later > now:
            one.due_at = later
            continue
        one.due_at = None
        message = _message(session, event, one, now)
        if message is not None:
            to_person(
                session,
                event_id,
                one.participant_id,
                message,
                key_of(one.about, one.subject, one.participant_id),
                "useful" if one.about not in (ENCOUNTER, FOLLOW_UP) else "invitation",
                now,
                expires_at=event.ends_at if one.about == ENCOUNTER else None,
            )
        if one.about == FOLLOW_UP:
            overtaking = _overtaking(event, int(one.subject), now)
            if overtaking is not None:
                subject = (str(overtaking), one.participant_id)
                tell_later(session, event_id, FOLLOW_UP, [subject], now)
            schedule(session, event_id, one.participant_id, now)


def _not_before(event: EventFile, one: OutcomeTelling, now: datetime) -> datetime | None:
    """A wave that waits for its day, or comes late: the event's dates may have moved."""
    if one.about != FOLLOW_UP:
        return None
    moment = max(asked_at(event, int(one.subject)), next_working_morning(event, now))
    return moment if moment > now else None


def _message(
    session: Session, event: EventFile, one: OutcomeTelling, now: datetime
) -> Message | None:
    """None for what is not worth saying any more."""
    event_id, person = one.event_id, one.participant_id
    if one.about == ENCOUNTER:
        asked = asked_about(session, event_id, one.subject, person)
        wanted = asked and not wants_fewer(session, event_id, person)
        return EncountersAsked(event_id, one.subject, person) if wanted else None
    if one.about == FOLLOW_UP:
        return _follow_ups(session, event, one, now)
    profile = session.get(Profile, (event_id, person))
    paused = profile is not None and profile.paused_why == UNKEPT
    return MeetingsPaused(event_id, person) if paused else None


def _follow_ups(
    session: Session, event: EventFile, one: OutcomeTelling, now: datetime
) -> FollowUpsAsked | None:
    """Of waves that were missed while nothing ran, only the last is asked."""
    wave = int(one.subject)
    wanted = consent_given(session, one.event_id, one.participant_id, FOLLOW_UPS) and to_ask(
        session, one.event_id, one.participant_id, wave
    )
    if _overtaking(event, wave, now) is not None or not wanted:
        return None
    return FollowUpsAsked(one.event_id, one.participant_id, wave)


def _overtaking(event: EventFile, wave: int, now: datetime) -> int | None:
    """The last wave of which all are asked that has come while `wave` was waiting."""
    later = [one for one in WAVES if one > wave and one != PROMISED]
    return max((one for one in later if asked_at(event, one) <= now), default=None)

"""*La rencontre a-t-elle eu lieu ?* Asked of each, separately; and meetings that were not kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.db.history import record
from bot.delivery.outbox import refresh
from bot.features.events.queries import event_settings
from bot.features.introductions.follow_ups import schedule
from bot.features.introductions.outcome_tables import EncounterAnswer, OutcomeTelling
from bot.features.introductions.pairs import NO, NOT_YET, YES, Pair, introduced
from bot.features.introductions.tables import MATCHED, OVER, Introduction, Round
from bot.features.introductions.tellings import ENCOUNTER, PAUSED, key_of, tell_later
from bot.features.people.profile_tables import Profile
from bot.features.people.tables import Participant

ANSWERS = (YES, NOT_YET, NO)
ASKED_AFTER = timedelta(minutes=15 + 3)
"""After the window begins: it lasts a quarter of an hour, and three minutes to walk back."""
PAUSED_AFTER = 2
UNKEPT = "unkept"


class MeetingGoneError(MaillonError):
    msgid = N_("This meeting is no longer there.")


def ask_after_rounds(session: Session, event_id: str, now: datetime) -> None:
    """Once the window of a round is over, everybody who was to meet somebody is asked: whether
    they did, and after the event what came of it."""
    rounds = session.scalars(
        select(Round).where(*unasked(event_id), Round.window_at <= now - ASKED_AFTER)
    ).all()
    for row in rounds:
        row.asked_at = now
        expected = _expected(session, row)
        tell_later(session, event_id, ENCOUNTER, expected, now)
        for participant_id in sorted({person for _, person in expected}):
            schedule(session, event_id, participant_id, now)


def unasked(event_id: str | BindParameter[str]) -> tuple[ColumnElement[bool], ...]:
    """The rounds after which nobody was asked yet, as criteria."""
    matched = Round.state.in_((MATCHED, OVER))
    return Round.event_id == event_id, matched, Round.asked_at.is_(None)


def _expected(session: Session, row: Round) -> list[tuple[str, str]]:
    pairs = introduced(session, row.event_id, round_id=row.round_id)
    return sorted({(pair.introduction_id, person) for pair in pairs for person in pair.people})


def answer_encounter(
    session: Session,
    person: Participant,
    introduction_id: str,
    other_id: str,
    answer: str,
    now: datetime,
) -> None:
    """What one person says of the meeting with one other; they may change it, nobody else can."""
    if answer not in ANSWERS:
        raise ValueError(f"no answer is called {answer!r}")
    event_id, mine = person.event_id, person.participant_id
    # Two who answer at once would each not see that the other said yes.
    session.get(Introduction, (event_id, introduction_id), with_for_update=True)
    before = _pair(session, event_id, introduction_id, mine, other_id)
    old = {who: set(unkept(session, event_id, who)) for who in before.people}
    key = (event_id, introduction_id, mine, other_id)
    row = session.get(EncounterAnswer, key)
    if row is None:
        names = ("event_id", "introduction_id", "participant_id", "other_id")
        row = EncounterAnswer(**dict(zip(names, key, strict=True)), answer=answer, at=now)
        session.add(row)
    elif row.answer == answer:
        return
    row.answer, row.at = answer, now
    record(
        session,
        event_id,
        "introductions.encounter_answered",
        introduction_id,
        at=now,
        actor=mine,
        before=before.said.get(mine),
        after=answer,
    )
    if not _pair(session, event_id, introduction_id, mine, other_id).denied:
        for who in before.people:
            schedule(session, event_id, who, now)
    for who in before.people:
        _review(session, event_id, who, old[who], now)
    refresh(session, event_id, key_of(ENCOUNTER, introduction_id, mine), now)


def _pair(session: Session, event_id: str, introduction_id: str, mine: str, other_id: str) -> Pair:
    for pair in introduced(session, event_id, of=mine, introduction_id=introduction_id):
        if pair.other(mine) == other_id:
            return pair
    raise MeetingGoneError


# Meetings that were not kept


def unkept(session: Session, event_id: str, participant_id: str) -> list[str]:
    """The introductions to which this person did not come, the first first.

    Others say *Non* and nobody says *Oui*; and the person neither pressed *J'y suis* nor says
    *Oui*, which would be one word against another.
    """
    said_of: dict[str, list[str | None]] = {}
    defended: set[str] = set()
    for pair in introduced(session, event_id, of=participant_id):
        said_of.setdefault(pair.introduction_id, []).append(
            pair.said.get(pair.other(participant_id))
        )
        if participant_id in pair.here or pair.said.get(participant_id) == YES:
            defended.add(pair.introduction_id)
    return [
        introduction_id
        for introduction_id, said in said_of.items()
        if NO in said and YES not in said and introduction_id not in defended
    ]


def _review(
    session: Session, event_id: str, participant_id: str, before: set[str], now: datetime
) -> None:
    """Two meetings that were not kept suspend the others; so does each further one. Where an
    answer was mended, so is what followed from it."""
    missed = unkept(session, event_id, participant_id)
    new = [one for one in missed if one not in before]
    profile = session.get(Profile, (event_id, participant_id))
    if new and len(missed) >= PAUSED_AFTER:
        if profile is None:
            profile = Profile(event_id=event_id, participant_id=participant_id)
            session.add(profile)
        until = event_settings(session, event_id).ends_at
        if now < until and (profile.paused_until is None or profile.paused_until < until):
            _pause(session, profile, until, now)
            tell_later(session, event_id, PAUSED, [(new[-1], participant_id)], now)
    elif len(missed) < PAUSED_AFTER and profile is not None and profile.paused_why == UNKEPT:
        _pause(session, profile, None, now)


def resume(session: Session, person: Participant, now: datetime) -> None:
    """*Reprendre*: introductions that were suspended, for whatever reason."""
    profile = session.get(Profile, (person.event_id, person.participant_id))
    if profile is not None and profile.paused_until is not None:
        _pause(session, profile, None, now, actor=person.participant_id)


def _pause(
    session: Session, profile: Profile, until: datetime | None, now: datetime, actor: str = "clock"
) -> None:
    record(
        session,
        profile.event_id,
        "introductions.paused" if until else "introductions.resumed",
        profile.participant_id,
        at=now,
        actor=actor,
        after=until.isoformat() if until else None,
    )
    profile.paused_until, profile.paused_why = until, UNKEPT if until else None
    session.flush()
    told = session.scalars(
        select(OutcomeTelling.subject).where(
            OutcomeTelling.event_id == profile.event_id,
            OutcomeTelling.participant_id == profile.participant_id,
            OutcomeTelling.about == PAUSED,
        )
    )
    for subject in told:
        key = key_of(PAUSED, subject, profile.participant_id)
        refresh(session, profile.event_id, key, now)

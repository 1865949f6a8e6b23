"""*J'y serai* and *Pas cette fois*: what a person says to a round. They set, and never toggle."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.errors import MaillonError, NoLongerThereError
from bot.core.i18n import N_
from bot.db.engine import dialect_insert
from bot.features.events.actions import lock_event
from bot.features.events.queries import event_settings
from bot.features.introductions.attending import cannot_come
from bot.features.introductions.hindrances import hindrances
from bot.features.introductions.queries import running_with
from bot.features.introductions.rounds import close_in_time
from bot.features.introductions.tables import CALLED, CANCELLED, PLANNED, Round, RoundChoice
from bot.features.people.profiles import willing
from bot.features.people.tables import Participant

NOTED, NO_PROFILE = "noted", "no_profile"


class RoundClosedError(MaillonError):
    msgid = N_("Sign-up for this round is over. The next one is announced in the channel.")


class NoRoundError(MaillonError):
    msgid = N_("This round does not take place.")


def come(session: Session, person: Participant, round_id: str, now: datetime) -> str:
    """*J'y serai*: `NOTED`, or what still stands in the way; it is remembered all the same, and
    counts if that is gone when sign-up closes."""
    row = _open_round(session, person.event_id, round_id, now)
    _say(session, row, person, True, now)
    close_in_time(session, row)
    event, mine = event_settings(session, person.event_id), person.participant_id
    if mine not in willing(session, person.event_id, row.window_at):
        return NO_PROFILE
    return hindrances(session, event, row, [mine]).get(mine, NOTED)


def not_this_time(session: Session, person: Participant, round_id: str, now: datetime) -> Round:
    """*Pas cette fois*; from who is to meet somebody already, it says that they cannot come."""
    lock_event(session, person.event_id)
    row = session.get(Round, (person.event_id, round_id))
    if row is None:
        raise NoLongerThereError
    _say(session, row, person, False, now)
    running = running_with(session, row, person.participant_id)
    if running is not None:
        cannot_come(session, person, running, now)
    elif row.state in (PLANNED, CALLED):
        close_in_time(session, row)
    return row


def _open_round(session: Session, event_id: str, round_id: str, now: datetime) -> Round:
    row = session.get(Round, (event_id, round_id))
    if row is None:
        raise NoLongerThereError
    if row.state == CANCELLED:
        raise NoRoundError
    if row.state not in (PLANNED, CALLED) or now >= row.closes_at:
        raise RoundClosedError
    return row


def _say(session: Session, row: Round, person: Participant, coming: bool, now: datetime) -> None:
    insert = dialect_insert(session, RoundChoice).values(
        event_id=row.event_id,
        round_id=row.round_id,
        participant_id=person.participant_id,
        coming=coming,
        at=now,
    )
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["event_id", "round_id", "participant_id"],
            set_={"coming": insert.excluded.coming, "at": insert.excluded.at},
        )
    )

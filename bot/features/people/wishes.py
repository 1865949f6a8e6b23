"""How a person wants to be introduced: whom not, until when not, how often, or not at all."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError, NoLongerThereError
from bot.core.i18n import N_
from bot.db.history import record
from bot.features.people.consents import INTRODUCTIONS, withdraw
from bot.features.people.profile_tables import Block, Profile
from bot.features.people.tables import Participant

BY_THEMSELVES, UNKEPT = "self", "unkept"
"""Why somebody is paused: they said so, or two meetings in a row were not kept."""


class PastPauseError(MaillonError):
    msgid = N_("This moment has passed: please choose one that is still ahead.")


def profile_row(session: Session, event_id: str, participant_id: str) -> Profile:
    """The person's profile to write in; made where there is none."""
    row = session.get(Profile, (event_id, participant_id))
    if row is None:
        row = Profile(
            event_id=event_id,
            participant_id=participant_id,
            topics=[],
            offers=[],
            seeks=[],
            meets=[],
            avoided=[],
            always=False,
            no_soliciting=False,
            meets_at_stand=True,
        )
        session.add(row)
        session.flush()
    return row


def block(session: Session, actor: Participant, other_id: str, now: datetime) -> None:
    """*Ne plus me proposer cette personne*: nobody is told, and it holds both ways."""
    event_id, mine = actor.event_id, actor.participant_id
    other = session.get(Participant, (event_id, other_id))
    if other is not None and other.merged_into is not None:
        other_id = other.merged_into
    if other is None or other_id == mine:
        raise NoLongerThereError
    if session.get(Block, (event_id, mine, other_id)) is None:
        session.add(Block(event_id=event_id, participant_id=mine, blocked_id=other_id, at=now))
        session.flush()
        record(session, event_id, "people.blocked", other_id, at=now, actor=mine)


def unblock(session: Session, actor: Participant, other_id: str, now: datetime) -> None:
    """Takes back one's own block; the other's, which one does not know of, stands."""
    row = session.get(Block, (actor.event_id, actor.participant_id, other_id))
    if row is not None:
        session.delete(row)
        session.flush()
        mine = actor.participant_id
        record(session, actor.event_id, "people.unblocked", other_id, at=now, actor=mine)


def blocked_by(session: Session, event_id: str, participant_id: str) -> list[str]:
    """Whom a person blocked themselves, and may be shown."""
    query = select(Block.blocked_id).where(
        Block.event_id == event_id, Block.participant_id == participant_id
    )
    return list(session.scalars(query.order_by(Block.at, Block.blocked_id)))


def pause(
    session: Session,
    person: Participant,
    until: datetime,
    now: datetime,
    why: str = BY_THEMSELVES,
) -> None:
    """*Suspendre jusqu'au …*: no round asks them before `until`."""
    if until <= now:
        raise PastPauseError
    row = profile_row(session, person.event_id, person.participant_id)
    _change(session, person, row, {"paused_until": until, "paused_why": why}, now)


def resume(session: Session, person: Participant, now: datetime) -> None:
    row = profile_row(session, person.event_id, person.participant_id)
    _change(session, person, row, {"paused_until": None, "paused_why": None}, now)


def leave(session: Session, person: Participant, now: datetime) -> None:
    """Out of the introductions: the consent goes, and so does the standing choice."""
    withdraw(session, person, INTRODUCTIONS, now)
    choose(session, person, now, always=False)


def choose(
    session: Session,
    person: Participant,
    now: datetime,
    *,
    always: bool | None = None,
    meetings_a_day: int | None = None,
    meets: Collection[str] | None = None,
    no_soliciting: bool | None = None,
    avoided: Collection[str] | None = None,
    meets_at_stand: bool | None = None,
) -> None:
    """What is given is from now on so; the rest stays as it was."""
    chosen: dict[str, object] = {
        "always": always,
        "meetings_a_day": meetings_a_day,
        "meets": None if meets is None else sorted(meets),
        "no_soliciting": no_soliciting,
        "avoided": None if avoided is None else list(avoided),
        "meets_at_stand": meets_at_stand,
    }
    row = profile_row(session, person.event_id, person.participant_id)
    said = {name: value for name, value in chosen.items() if value is not None}
    _change(session, person, row, said, now)


def _change(
    session: Session, person: Participant, row: Profile, values: dict[str, object], now: datetime
) -> None:
    before = {name: getattr(row, name) for name in values}
    if before == values:
        return
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()
    record(
        session,
        person.event_id,
        "people.wishes",
        person.participant_id,
        at=now,
        actor=person.participant_id,
        before=_plain(before),
        after=_plain(values),
    )


def _plain(values: dict[str, object]) -> dict[str, object]:
    """For the history, which is JSON."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }

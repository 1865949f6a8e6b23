"""What is due of rounds: idempotent, whoever wakes it, however often."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.moments import first
from bot.features.events.actions import lock_event
from bot.features.events.model import EventFile
from bot.features.events.queries import event_rules, event_settings
from bot.features.events.tables import Event
from bot.features.introductions.attending import mend
from bot.features.introductions.model import MEETING
from bot.features.introductions.placing import Planned, close, open_conversations, planned
from bot.features.introductions.queries import broken
from bot.features.introductions.rounds import (
    follow_programme,
    out_of_step,
    refresh_calls,
    rounds_of,
)
from bot.features.introductions.tables import CALLED, MATCHED, OVER, PLANNED, Round
from bot.features.introductions.telling import ask_the_standing
from bot.features.people.profile_tables import Stand
from bot.features.people.tables import Participant

Ready = Mapping[str, Sequence[Planned]]
"""Plans made before the transaction, by round."""


def prepared(
    session: Session, event_id: str, now: datetime
) -> Callable[[Session, str, datetime], None]:
    """The tick with its heavy part done: nobody who writes waits for the matching."""
    event = event_settings(session, event_id)
    closing = session.scalars(
        select(Round).where(
            Round.event_id == event_id,
            Round.state.in_((PLANNED, CALLED)),
            Round.closes_at <= now,
        )
    )
    ready = {row.round_id: planned(session, event, row) for row in closing.all()}
    return partial(tick, ready=ready)


def tick(session: Session, event_id: str, now: datetime, ready: Ready | None = None) -> None:
    """Everything that is due of the rounds at event time `now`."""
    lock_event(session, event_id)
    event = event_settings(session, event_id)
    link_stands(session, event_id)
    follow_programme(session, event_id, event, now)
    due = session.scalars(
        select(Round)
        .where(Round.event_id == event_id, Round.next_at <= now)
        .order_by(Round.window_at, Round.round_id)
    ).all()
    for row in due:
        _go_on(session, event, row, now, (ready or {}).get(row.round_id, ()))
    mend(session, event, event_id, now)


def _go_on(
    session: Session, event: EventFile, row: Round, now: datetime, ready: Sequence[Planned]
) -> None:
    """From one state to the next as often as time has passed for it."""
    if row.state == PLANNED:
        row.state = CALLED
    if row.state == CALLED and row.closes_at > now:
        row.next_at = ask_the_standing(session, event, row, now)
        return
    if row.state == CALLED:
        close(session, event, row, now, ready)
        refresh_calls(session, event, row, now)
    if row.next_at is not None and row.next_at <= now < row.window_at + MEETING:
        open_conversations(session, row, now)
    if row.state == MATCHED and row.next_at is not None and row.next_at <= now:
        row.next_at = row.window_at + MEETING
    if row.state == MATCHED and now >= row.window_at + MEETING:
        row.state, row.next_at = OVER, None


def link_stands(session: Session, event_id: str) -> None:
    """Whoever joined with the address of a stand is met there."""
    person = (
        select(Participant.participant_id)
        .where(Participant.event_id == Stand.event_id, Participant.email == Stand.contact_email)
        .scalar_subquery()
    )
    session.execute(
        update(Stand)
        .where(
            Stand.event_id == event_id,
            Stand.participant_id.is_(None),
            Stand.contact_email.is_not(None),
        )
        .values(participant_id=person)
    )


def next_due(session: Session, event_id: str) -> datetime | None:
    """The event time of the next thing that `tick` has to do."""
    rules, rows = event_rules(session, event_id), rounds_of(session, event_id)
    if out_of_step(session, event_id, rules, rows):
        return session.get_one(Event, event_id).applied_at
    matched = [row.closes_at for row in rows if row.state == MATCHED]
    if matched and broken(session, event_id):
        return min(matched)
    return first(row.next_at for row in rows)

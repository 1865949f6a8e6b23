"""Which session somebody means who says that it runs late."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.features.delays.rights import may_delay
from bot.features.events.model import EventFile
from bot.features.people.tables import Participant
from bot.features.programme.delays import JUST_OVER, can_be_late
from bot.features.programme.queries import ProgrammeEntry, day_of, entries
from bot.features.programme.shifting import slot, taking_place
from bot.features.programme.tables import SessionRow


def meant(
    session: Session, event: EventFile, person: Participant, channel: str, now: datetime
) -> tuple[list[ProgrammeEntry], list[ProgrammeEntry]]:
    """What runs, else has just run over, else comes next, of the rooms that share `channel`; of
    all rooms, if it is no room's. First what the person may delay, then all."""
    today = _of_today(session, event, person.event_id, now)
    here = [one for one in today if event.channels.of(one.room, one.track) == channel]
    found = here or today
    mine = [one for one in found if may_delay(session, event, person, one.session_id)]
    return _at_hand(session, person.event_id, mine, now), _at_hand(
        session, person.event_id, found, now
    )


def _of_today(
    session: Session, event: EventFile, event_id: str, now: datetime
) -> list[ProgrammeEntry]:
    _, end = day_of(event, now)
    return entries(
        session,
        event_id,
        SessionRow.cancelled.is_(False),
        SessionRow.ends_at > now - JUST_OVER,
        SessionRow.starts_at < end,
    )


def _at_hand(
    session: Session, event_id: str, found: list[ProgrammeEntry], now: datetime
) -> list[ProgrammeEntry]:
    """Talks before breaks, which rarely run late by themselves."""
    rows = taking_place(session, event_id)
    slots = [slot(row) for row in rows.values()]
    late = [one for one in found if can_be_late(slot(rows[one.session_id]), slots, now)]
    running = [one for one in late if one.starts_at <= now < one.ends_at]
    over = [one for one in late if one.ends_at <= now]
    coming = [one for one in late if one.starts_at > now]
    first = min((one.starts_at for one in coming), default=None)
    groups = (
        [one for one in running if one.kind != "networking"],
        [one for one in over if one.kind != "networking"],
        running,
        [one for one in coming if one.starts_at == first],
    )
    return next((group for group in groups if group), [])

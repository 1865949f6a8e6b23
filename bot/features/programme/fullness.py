"""*Complet*: whoever has a role in the room says it with one press, and takes it back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import NoLongerThereError, NotAllowedError
from bot.core.i18n import N_
from bot.db.history import record
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.people.queries import is_organiser
from bot.features.people.tables import Participant
from bot.features.programme.changes import show_again
from bot.features.programme.queries import ProgrammeEntry, entries
from bot.features.programme.roles import HOST, ORGANISER, STAGE_HAND, TEAM, Role, may
from bot.features.programme.tables import SessionRow

IN_THE_ROOM = (HOST, TEAM, ORGANISER, STAGE_HAND)
SOON = timedelta(hours=1)
OFFERED = 10


class NotInTheRoomError(NotAllowedError):
    msgid = N_(
        "Whoever has a role in the room can say that it is full: its host, the question team, "
        "the organisers, the stage crew."
    )


def set_full(
    session: Session, person: Participant, session_id: str, full: bool, now: datetime
) -> SessionRow:
    """Again with the same word changes nothing."""
    row = session.get(SessionRow, (person.event_id, session_id))
    if row is None or row.cancelled:
        raise NoLongerThereError
    if not in_the_room(session, event_settings(session, person.event_id), person, session_id):
        raise NotInTheRoomError
    if row.full != full:
        record(
            session,
            person.event_id,
            "programme.full",
            session_id,
            at=now,
            actor=person.participant_id,
            before={"full": row.full},
            after={"full": full},
        )
        row.full, row.next_brief_at = full, now
        session.flush()
        show_again(session, row, now)
    return row


def in_the_room(session: Session, event: EventFile, person: Participant, session_id: str) -> bool:
    return may(session, event, person, IN_THE_ROOM, session_id)


def has_a_room(session: Session, event: EventFile, person: Participant) -> bool:
    """Whether the person has such a role anywhere."""
    query = select(Role.role).where(
        Role.event_id == person.event_id,
        Role.participant_id == person.participant_id,
        Role.role.in_(IN_THE_ROOM),
    )
    return is_organiser(event, person) or session.scalar(query.limit(1)) is not None


def rooms_of(
    session: Session, event: EventFile, person: Participant, now: datetime
) -> list[ProgrammeEntry]:
    """The sessions, on now or about to begin, in whose rooms the person has a role."""
    near = entries(
        session,
        person.event_id,
        SessionRow.cancelled.is_(False),
        SessionRow.ends_at > now,
        SessionRow.starts_at <= now + SOON,
    )
    mine = [one for one in near if in_the_room(session, event, person, one.session_id)]
    return mine[:OFFERED]

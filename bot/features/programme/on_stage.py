"""Who has a part in which session: as speaker, with a passage, or as its host."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, func, select, union, union_all
from sqlalchemy.orm import Session

from bot.features.events.tables import Event
from bot.features.people.tables import Participant
from bot.features.programme.roles import HOST, WHOLE_EVENT, Role
from bot.features.programme.tables import PassageRow, SessionRow, SpeakerRow

SPEAKING = (SpeakerRow, PassageRow)


def parts(event_id: str) -> CompoundSelect[Any]:
    """(participant_id, session_id) of everybody who is known; once for each part."""
    return union_all(*(_speaking(event_id, table) for table in SPEAKING), _hosting(event_id))


def sessions_with_part(session: Session, event_id: str, participant_id: str) -> set[str]:
    speaking = [
        _speaking(event_id, table).where(table.participant_id == participant_id)
        for table in SPEAKING
    ]
    hosting = _hosting(event_id).where(Role.participant_id == participant_id)
    found = union(*speaking, hosting).subquery()
    return set(session.scalars(select(found.c.session_id)))


def speaking_until(
    session: Session, event_id: str, participant_id: str, now: datetime
) -> datetime | None:
    """When a person leaves the stage; None if they are on none. Who has a passage is taken for
    the whole session: the order of the turns is the host's."""
    mine = [
        _speaking(event_id, table).where(table.participant_id == participant_id)
        for table in SPEAKING
    ]
    spoken = union(*mine).subquery()
    return session.scalar(
        select(func.max(SessionRow.ends_at)).where(
            SessionRow.event_id == event_id,
            SessionRow.session_id.in_(select(spoken.c.session_id)),
            SessionRow.cancelled.is_(False),
            SessionRow.starts_at <= now,
            SessionRow.ends_at > now,
        )
    )


def link_by_address(session: Session, event_id: str) -> int:
    """Speakers, and who has a passage; how many became known."""
    return sum(_linked(session, event_id, table) for table in SPEAKING)


def _linked(session: Session, event_id: str, table: Any) -> int:
    known = session.execute(
        select(table, Participant.participant_id)
        .join(
            Participant,
            (Participant.event_id == table.event_id) & (Participant.email == table.email),
        )
        .where(table.event_id == event_id, table.participant_id.is_(None))
    ).all()
    if not known:
        return 0
    at_once = session.get_one(Event, event_id).applied_at
    sessions = {one.session_id for one, _ in known}
    rows = session.scalars(select(SessionRow).where(SessionRow.event_id == event_id))
    for row in rows:  # all, since thousands fit no query
        if row.session_id in sessions:
            row.next_brief_at = at_once
    for one, participant_id in known:
        one.participant_id = participant_id
    return len(known)


def _speaking(event_id: str, table: Any) -> Any:
    return select(table.participant_id, table.session_id).where(
        table.event_id == event_id, table.participant_id.is_not(None)
    )


def _hosting(event_id: str) -> Any:
    return select(Role.participant_id, Role.session_id).where(
        Role.event_id == event_id, Role.role == HOST, Role.session_id != WHOLE_EVENT
    )

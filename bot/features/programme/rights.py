"""Who organises, and whom everybody else can ask."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.core.i18n import Reader
from bot.features.events.model import EventFile
from bot.features.people.tables import Participant
from bot.features.programme.roles import ORGANISER, WHOLE_EVENT, Role, may

NAMED = 2


def organises(session: Session, event: EventFile, person: Participant | None) -> bool:
    """By the event file, or by the role for the whole event."""
    return may(session, event, person, (ORGANISER,))


def whom_to_ask(session: Session, event_id: str, event: EventFile, reader: Reader) -> str:
    """One sentence for whoever may not: two organisers by name, else their channel; or nothing."""
    names = _organisers(session, event_id, event)
    if len(names) > 1:
        sentence = reader.gettext("You can ask {name} or {other}.")
        return sentence.format(name=names[0], other=names[1])
    if names:
        return reader.gettext("You can ask {name}.").format(name=names[0])
    if event.channels.organisers:
        channel = event.channels.organisers
        return reader.gettext("You can ask in #{channel}.").format(channel=channel)
    return ""


def _organisers(session: Session, event_id: str, event: EventFile) -> list[str]:
    """Two whose names are known, always the same."""
    by_role = select(Role.participant_id).where(
        Role.event_id == event_id, Role.role == ORGANISER, Role.session_id == WHOLE_EVENT
    )
    query = select(Participant.name).where(
        Participant.event_id == event_id,
        Participant.erased.is_(False),
        Participant.merged_into.is_(None),
        Participant.name.is_not(None),
        or_(Participant.email.in_(event.organisers), Participant.participant_id.in_(by_role)),
    )
    found = session.scalars(query.order_by(Participant.name).limit(NAMED))
    return [str(name) for name in found]

"""Who speaks for the organisers, and what everybody else is told."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features.bulletins.model import NotOrganiserError, NotOrganiserNamedError
from bot.features.events.model import EventFile
from bot.features.people.queries import is_organiser
from bot.features.people.tables import Participant
from bot.features.programme.roles import ORGANISER, WHOLE_EVENT, has_role

NAMED = 3


def may_announce(session: Session, event: EventFile, person: Participant | None) -> bool:
    if person is None or person.erased:
        return False
    return is_organiser(event, person) or has_role(
        session, person.event_id, person.participant_id, (ORGANISER,), WHOLE_EVENT
    )


def check(session: Session, event_id: str, event: EventFile, person: Participant | None) -> None:
    if may_announce(session, event, person):
        return
    names = list(
        session.scalars(
            select(Participant.name)
            .where(
                Participant.event_id == event_id,
                Participant.email.in_(event.organisers),
                Participant.name.is_not(None),
                Participant.erased.is_(False),
            )
            .order_by(Participant.name)
            .limit(NAMED)
        )
    )
    raise NotOrganiserNamedError(names=", ".join(map(str, names))) if names else NotOrganiserError()

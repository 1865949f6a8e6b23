"""Who speaks for the organisers, and what everybody else is told."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features.bulletins.model import NotOrganiserError, NotOrganiserNamedError
from bot.features.events.model import EventFile
from bot.features.people.tables import Participant
from bot.features.programme.rights import organises

NAMED = 3


def check(session: Session, event_id: str, event: EventFile, person: Participant | None) -> None:
    if organises(session, event, person):
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

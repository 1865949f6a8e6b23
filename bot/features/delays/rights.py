"""Who may say that a session runs late."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.features.delays.model import NobodysToDelayError, NotYoursToDelayError
from bot.features.events.model import EventFile
from bot.features.people.tables import Participant
from bot.features.programme.roles import HOST, ORGANISER, STAGE_HAND, WHOLE_EVENT, Role, may

MAY = (HOST, STAGE_HAND, ORGANISER)
NAMED = 3


def may_delay(
    session: Session, event: EventFile, person: Participant | None, session_id: str
) -> bool:
    return may(session, event, person, MAY, session_id)


def refusal(
    session: Session, event_id: str, session_id: str
) -> NotYoursToDelayError | NobodysToDelayError:
    """It says who can, those nearest to the stage first."""
    rows = session.execute(
        select(Participant.name, Role.role)
        .join(
            Role,
            (Role.event_id == Participant.event_id)
            & (Role.participant_id == Participant.participant_id),
        )
        .where(
            Role.event_id == event_id,
            Role.role.in_(MAY),
            or_(Role.session_id == session_id, Role.session_id == WHOLE_EVENT),
            Participant.name.is_not(None),
            Participant.erased.is_(False),
        )
    ).all()
    nearest = sorted((MAY.index(row.role), row.name) for row in rows)
    names = list(dict.fromkeys(name for _, name in nearest))[:NAMED]
    return NotYoursToDelayError(names=", ".join(names)) if names else NobodysToDelayError()

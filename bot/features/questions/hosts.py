"""Who has the stage is offered the pupitre, once: as the session is announced, or as soon as they
are first met."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from bot.db.engine import insert_ignore
from bot.db.moments import EVENT
from bot.features.events.model import EventFile
from bot.features.people.queries import has_home
from bot.features.programme.roles import HOST, Role
from bot.features.programme.tables import SessionRow
from bot.features.questions.tables import QuestionTelling

STAGE = "stage"


def offer_the_stage(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    """From then on it waits like all that a person is to be told, for the budget to allow it."""
    untold = _UNTOLD.where(SessionRow.starts_at <= now + event.timing.announce)
    rows = [
        {
            "event_id": event_id,
            "about": STAGE,
            "session_id": row.session_id,
            "participant_id": row.participant_id,
            # Over already: written down, so that it is not looked at again.
            "due_at": now if row.ends_at > now else None,
        }
        for row in session.execute(untold, _values(event_id, event))
    ]
    insert_ignore(session, QuestionTelling, rows)


def next_offer(session: Session, event_id: str, event: EventFile) -> datetime | None:
    first = session.scalar(_FIRST, _values(event_id, event))
    return first - event.timing.announce if first else None


def _values(event_id: str, event: EventFile) -> dict[str, object]:
    return {"event_id": event_id, "kinds": list(event.questions.kinds)}


# Made once: it is asked at every wake.
_UNTOLD = (
    select(Role.participant_id, SessionRow.session_id, SessionRow.starts_at, SessionRow.ends_at)
    .join(
        SessionRow,
        (SessionRow.event_id == Role.event_id) & (SessionRow.session_id == Role.session_id),
    )
    .where(
        Role.event_id == EVENT,
        Role.role == HOST,
        has_home(EVENT, Role.participant_id),
        SessionRow.cancelled.is_(False),
        SessionRow.kind.in_(bindparam("kinds", expanding=True)),
        ~select(QuestionTelling.about)
        .where(
            QuestionTelling.event_id == EVENT,
            QuestionTelling.about == STAGE,
            QuestionTelling.session_id == Role.session_id,
            QuestionTelling.participant_id == Role.participant_id,
        )
        .exists(),
    )
)
_FIRST = select(func.min(_UNTOLD.subquery().c.starts_at))

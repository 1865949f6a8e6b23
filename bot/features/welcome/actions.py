from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery.outbox import Place, enqueue
from bot.features.events.model import EventFile
from bot.features.people.tables import Participant
from bot.features.welcome.messages import Welcome


def welcome(
    session: Session,
    event: EventFile,
    person: Participant,
    workspace_id: str,
    now: datetime,
    *,
    joined: bool,
) -> bool:
    """Greet a person once; whether it is now.

    Who joins is greeted on the days of the event and the day before; who opens the App Home for
    the first time asked for it, on any day.
    """
    if person.welcomed_at is not None or (joined and not event.welcomes_at(now)):
        return False
    person.welcomed_at = now
    enqueue(
        session,
        person.event_id,
        Place(workspace_id, participant_id=person.participant_id),
        Welcome(person.event_id, now.isoformat()),
        f"welcome:{person.participant_id}",
        message_class="answer",
        now=now,
    )
    return True

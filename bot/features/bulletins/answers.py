"""Direct messages to Maillon that ask for the practical information, or for the announcements."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery.outbox import Place, enqueue
from bot.features.bulletins.messages import BulletinsAnswered
from bot.features.events.model import EventFile
from bot.features.people.tables import Participant
from bot.features.programme.rights import organises
from bot.features.programme.vocabulary import means_announcements, means_infos


def offer_bulletins(
    session: Session,
    event: EventFile,
    person: Participant,
    workspace_id: str,
    words: str,
    key: str,
    now: datetime,
) -> bool:
    """Answer such a message; False where it is about something else."""
    if means_infos(words):
        asked = "infos"
    elif means_announcements(words) and organises(session, event, person):
        asked = "announcements"
    else:
        return False
    enqueue(
        session,
        person.event_id,
        Place(workspace_id, participant_id=person.participant_id),
        BulletinsAnswered(person.event_id, person.participant_id, asked),
        f"bulletins:{key}",
        message_class="answer",
        now=now,
        cause=key,
    )
    return True

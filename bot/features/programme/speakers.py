"""Who the programme's speakers are: asked of the organisers where the file does not say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.db.moments import EVENT
from bot.delivery.outbox import Place, enqueue
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.events.tables import Event
from bot.features.people.queries import participants_called
from bot.features.programme.messages import SpeakersToConfirm
from bot.features.programme.tables import NOBODY_YET, SpeakerRow

SPEAKERS_A_MESSAGE = 10


def ask_who_speakers_are(
    session: Session, event_id: str, event: EventFile, workspaces: Sequence[str], now: datetime
) -> None:
    """Ask the organisers once for each speaker without an address whose name is on the list."""
    if event.channels.organisers is None or not workspaces:
        return
    asked = _to_ask(session, event_id, now)
    for first in range(0, len(asked), SPEAKERS_A_MESSAGE):
        some = asked[first : first + SPEAKERS_A_MESSAGE]
        for workspace_id in workspaces:
            enqueue(
                session,
                event_id,
                Place(workspace_id, channel=event.channels.organisers),
                SpeakersToConfirm(event_id, some),
                f"speakers:{new_id()}:{workspace_id}",
                message_class="useful",
                now=now,
            )


# Made once: it is asked at every wake.
_UNKNOWN = select(SpeakerRow).where(
    SpeakerRow.event_id == EVENT,
    SpeakerRow.participant_id.is_(None),
    SpeakerRow.email.is_(None),
    SpeakerRow.asked_at.is_(None),
)
_ANY_UNKNOWN = select(_UNKNOWN.exists())


def asking_due(session: Session, event_id: str) -> datetime | None:
    """At once, while there are speakers whose names were not looked at and somebody to ask."""
    if not session.scalar(_ANY_UNKNOWN, {"event_id": event_id}):
        return None
    if event_settings(session, event_id).channels.organisers is None:
        return None
    return session.get_one(Event, event_id).applied_at


def _to_ask(session: Session, event_id: str, now: datetime) -> list[list[str]]:
    """[session id, position, participant id], once for each name that one participant has."""
    query = _UNKNOWN.order_by(SpeakerRow.session_id, SpeakerRow.position)
    unknown = session.scalars(query, {"event_id": event_id}).all()
    if not unknown:
        return []
    called = participants_called(session, event_id, {speaker.name for speaker in unknown})
    asked: dict[tuple[str, str | None], list[str]] = {}
    for speaker in unknown:
        speaker.asked_at = NOBODY_YET
        if len(called[speaker.name]) == 1:
            speaker.asked_at = now
            one = [speaker.session_id, str(speaker.position), called[speaker.name][0]]
            asked.setdefault((speaker.name, speaker.source_id), one)
    return list(asked.values())

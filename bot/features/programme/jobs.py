"""What is due: idempotent jobs that are handed a moment, whoever wakes them, however often."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.moments import earliest, first
from bot.features.events.actions import lock_event
from bot.features.events.queries import event_settings, workspace_ids
from bot.features.programme.announcements import announce, go_live
from bot.features.programme.notices import tell_channels, tell_people
from bot.features.programme.on_stage import link_by_address
from bot.features.programme.reminders import remind
from bot.features.programme.speakers import ask_who_speakers_are, asking_due
from bot.features.programme.tables import AnnouncedSession, Notice, SessionRow


def tick(session: Session, event_id: str, now: datetime) -> None:
    """Everything that is due in the programme at event time `now`."""
    lock_event(session, event_id)
    event = event_settings(session, event_id)
    workspaces = workspace_ids(session, event_id)
    link_by_address(session, event_id)
    announce(session, event_id, event, workspaces, now)
    go_live(session, event_id, workspaces, now)
    remind(session, event_id, event, now)
    tell_channels(session, event_id, event, workspaces, now)
    tell_people(session, event_id, event, now)
    ask_who_speakers_are(session, event_id, event, workspaces, now)


_MOMENTS = earliest(
    SessionRow.next_announce_at,
    SessionRow.next_remind_at,
    AnnouncedSession.next_live_at,
    Notice.due_at,
)


def next_due(session: Session, event_id: str) -> datetime | None:
    """The event time of the next thing that `tick` has to do."""
    moments = session.execute(_MOMENTS, {"event_id": event_id}).one()
    return first((*moments, asking_due(session, event_id)))

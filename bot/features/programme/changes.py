"""What an import has to tell: edits of what was told, one notice a channel, one a person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.delivery.outbox import refresh, was_told
from bot.features.events.model import EventFile
from bot.features.events.queries import workspace_ids
from bot.features.people.tables import Participant
from bot.features.programme.model import Change, ProgrammeDiff, SessionChange
from bot.features.programme.tables import (
    AnnouncedSession,
    Announcement,
    Notice,
    Reminder,
    SessionRow,
    Star,
)

TOLD_IN_CHANNEL = {Change.START_MOVED, Change.ROOM_MOVED, Change.CANCELLED, Change.RETURNED}
TOLD_TO_PEOPLE = TOLD_IN_CHANNEL | {Change.SPEAKERS_CHANGED}


def announcement_key(announcement_id: str, workspace_id: str) -> str:
    return f"announce:{announcement_id}:{workspace_id}"


def reminder_key(reminder_id: str) -> str:
    return f"remind:{reminder_id}"


def tell_of(
    session: Session, event_id: str, event: EventFile, changes: ProgrammeDiff, now: datetime
) -> None:
    """Past sessions change silently and stay as they were told."""
    rows = {
        row.source_id: row
        for row in session.scalars(select(SessionRow).where(SessionRow.event_id == event_id))
    }
    workspaces = workspace_ids(session, event_id)
    known = _told_or_chosen(session, event_id)
    for change in changes.changes:
        if change.unchanged or change.before is None or _over(change, now):
            continue
        row = rows[change.session.source_id]
        if row.session_id not in known:
            continue  # nothing was told of it, and nobody chose it
        channels = _refresh_announcements(session, row, workspaces, now)
        _refresh_reminders(session, row, now)
        if change.kinds & {Change.START_MOVED, Change.CANCELLED, Change.RETURNED}:
            _follow_start(session, row, now)
        if change.kinds & TOLD_IN_CHANNEL:
            for channel in channels:
                _notice(session, row, change, now, urgent=False, channel=channel)
        if change.kinds & TOLD_TO_PEOPLE and _near(change, event, now):
            _tell_people(session, event, row, change, now)


def _told_or_chosen(session: Session, event_id: str) -> set[str]:
    """The sessions of which anything may have to be told: of a thousand that move, often few."""
    return {
        session_id
        for table in (AnnouncedSession, Reminder, Star)
        for session_id in session.scalars(
            select(table.session_id).where(table.event_id == event_id).distinct()
        )
    }


def _over(change: SessionChange, now: datetime) -> bool:
    ends = [side.ends_at for side in (change.before, change.after) if side]
    return max(ends) <= now


def _starts(change: SessionChange) -> list[datetime]:
    return [side.starts_at for side in (change.before, change.after) if side]


def _near(change: SessionChange, event: EventFile, now: datetime) -> bool:
    """A change further ahead is left to the programme itself."""
    return min(_starts(change)) - now <= event.timing.notice


def _refresh_announcements(
    session: Session, row: SessionRow, workspaces: Collection[str], now: datetime
) -> list[str]:
    """Edit the posts that tell of a session; the channels in which one stands."""
    posts = session.execute(
        select(Announcement.announcement_id, Announcement.channel)
        .join(
            AnnouncedSession,
            (AnnouncedSession.event_id == Announcement.event_id)
            & (AnnouncedSession.announcement_id == Announcement.announcement_id),
        )
        .where(
            AnnouncedSession.event_id == row.event_id,
            AnnouncedSession.session_id == row.session_id,
        )
    ).all()
    channels: dict[str, None] = {}
    for announcement_id, channel in posts:
        keys = [announcement_key(announcement_id, workspace) for workspace in workspaces]
        if was_told(session, row.event_id, keys):
            channels[channel] = None
        for key in keys:
            refresh(session, row.event_id, key, now)
    return list(channels)


def _follow_start(session: Session, row: SessionRow, now: datetime) -> None:
    """The newest announcement becomes *under way* at the new start; the older ones never."""
    told = session.scalars(
        select(AnnouncedSession)
        .where(
            AnnouncedSession.event_id == row.event_id,
            AnnouncedSession.session_id == row.session_id,
        )
        .order_by(AnnouncedSession.told_start)
    ).all()
    for announced in told:
        announced.next_live_at = None
        if row.starts_at > now:
            announced.live = False  # it had begun, and begins again
    if row.cancelled or row.next_announce_at is not None or row.ends_at <= now:
        return  # it takes place no more, or is told again, or was moved to where it is over
    newest = next((one for one in told if one.told_start == row.announced_start), None)
    if newest is not None and not newest.live:
        newest.next_live_at = row.starts_at


def _refresh_reminders(session: Session, row: SessionRow, now: datetime) -> None:
    reminders = session.scalars(
        select(Reminder.reminder_id)
        .where(
            Reminder.event_id == row.event_id,
            Reminder.session_id == row.session_id,
            Reminder.withheld.is_(None),
        )
        .distinct()
    )
    for reminder_id in reminders.all():
        refresh(session, row.event_id, reminder_key(reminder_id), now)


def _tell_people(
    session: Session, event: EventFile, row: SessionRow, change: SessionChange, now: datetime
) -> None:
    urgent = min(_starts(change)) - now <= event.timing.urgent
    choosers = session.execute(
        select(Star.participant_id, Participant.fewer_messages)
        .join(
            Participant,
            (Participant.event_id == Star.event_id)
            & (Participant.participant_id == Star.participant_id),
        )
        .where(Star.event_id == row.event_id, Star.session_id == row.session_id)
    )
    for participant_id, fewer in choosers.all():
        if urgent or not fewer:
            _notice(session, row, change, now, urgent=urgent, participant_id=participant_id)


def _notice(
    session: Session,
    row: SessionRow,
    change: SessionChange,
    now: datetime,
    *,
    urgent: bool,
    channel: str | None = None,
    participant_id: str | None = None,
) -> None:
    """Have a change told; one that waits already for the same readers takes the new one in."""
    waiting = session.scalar(
        select(Notice).where(
            Notice.event_id == row.event_id,
            Notice.session_id == row.session_id,
            Notice.channel == channel if channel else Notice.participant_id == participant_id,
            Notice.due_at.is_not(None),
        )
    )
    kinds = sorted(change.kinds & TOLD_TO_PEOPLE)
    if waiting is not None:
        waiting.kinds = sorted({*waiting.kinds, *kinds})
        waiting.urgent = waiting.urgent or urgent
        waiting.due_at = now
        return
    before = change.before
    session.add(
        Notice(
            event_id=row.event_id,
            notice_id=new_id(),
            channel=channel,
            participant_id=participant_id,
            session_id=row.session_id,
            kinds=kinds,
            from_start=before.starts_at if before else None,
            from_room=before.room if before else None,
            urgent=urgent,
            due_at=now,
        )
    )

"""What a change has to tell: edits of what was told, one notice a channel, one a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.delivery.outbox import refresh, was_told
from bot.features.events.model import EventFile
from bot.features.events.queries import workspace_ids
from bot.features.people.tables import Participant
from bot.features.programme.model import DELAYED, ON_TIME, Change, ProgrammeDiff
from bot.features.programme.tables import (
    AnnouncedSession,
    Announcement,
    Notice,
    Reminder,
    SessionRow,
    Star,
)

TOLD_IN_CHANNEL = {
    *(Change.START_MOVED, Change.ROOM_MOVED, Change.CANCELLED, Change.RETURNED),
    DELAYED,
}
MATERIALS = "materials"
"""Among the kinds of a notice: no import brings it."""
TOLD_TO_PEOPLE = TOLD_IN_CHANNEL | {Change.SPEAKERS_CHANGED, ON_TIME, MATERIALS}


def announcement_key(announcement_id: str, workspace_id: str) -> str:
    return f"announce:{announcement_id}:{workspace_id}"


def reminder_key(reminder_id: str) -> str:
    return f"remind:{reminder_id}"


@dataclass(frozen=True)
class Was:
    """Where a session stood before it changed."""

    starts_at: datetime
    ends_at: datetime
    room: str

    @classmethod
    def of(cls, row: SessionRow) -> Was:
        return cls(row.starts_at, row.ends_at, row.room)


@dataclass(frozen=True)
class Told:
    """A change of a session, as it is told: what happened to it, and where it stood before."""

    row: SessionRow
    was: Was
    kinds: frozenset[str]
    delay_id: str | None = None

    def over(self, now: datetime) -> bool:
        return max(self.was.ends_at, self.row.ends_at) <= now

    def first_start(self) -> datetime:
        return min(self.was.starts_at, self.row.starts_at)


def tell_of(
    session: Session,
    event_id: str,
    event: EventFile,
    changes: ProgrammeDiff,
    before: Mapping[str, Was],
    now: datetime,
) -> None:
    """Of an import; `before` is by the session's id in the file, with what ran late. Past
    sessions change silently and stay as they were told."""
    rows = {
        row.source_id: row
        for row in session.scalars(select(SessionRow).where(SessionRow.event_id == event_id))
    }
    workspaces = workspace_ids(session, event_id)
    known = _told_or_chosen(session, event_id)
    for change in changes.changes:
        if change.unchanged or change.before is None:
            continue
        source_id = change.session.source_id
        if rows[source_id].session_id not in known:
            continue  # nothing was told of it, and nobody chose it
        told = Told(rows[source_id], before[source_id], frozenset(change.kinds))
        if not told.over(now):
            tell(session, event, told, workspaces, now)


def tell(
    session: Session,
    event: EventFile,
    told: Told,
    workspaces: Collection[str],
    now: datetime,
    spared: Collection[str] = (),
) -> None:
    """Edit what was told, and have told what has to be; `spared` hear of it in another way."""
    row = told.row
    channels = refresh_announcements(session, row, workspaces, now)
    _refresh_reminders(session, row, now)
    if told.was.starts_at != row.starts_at or told.kinds & {Change.CANCELLED, Change.RETURNED}:
        follow_start(session, row, now)
    if told.kinds & TOLD_IN_CHANNEL:
        for channel in channels:
            notify(session, told, now, urgent=False, channel=channel)
    urgent = is_urgent(told, event, now)
    for participant_id in sorted({*who_is_told(session, event, told, now)} - {*spared}):
        notify(session, told, now, urgent=urgent, participant_id=participant_id)


def _told_or_chosen(session: Session, event_id: str) -> set[str]:
    """The sessions of which anything may have to be told: of a thousand that move, often few."""
    return {
        session_id
        for table in (AnnouncedSession, Reminder, Star)
        for session_id in session.scalars(
            select(table.session_id).where(table.event_id == event_id).distinct()
        )
    }


def show_again(session: Session, row: SessionRow, now: datetime) -> None:
    """What was told of a session shows what it carries by now; nobody is notified."""
    refresh_announcements(session, row, workspace_ids(session, row.event_id), now)
    _refresh_reminders(session, row, now)


def tell_of_material(session: Session, row: SessionRow, now: datetime) -> None:
    """Who chose the session reads it with their next message, however late."""
    told = Told(row, Was.of(row), frozenset({MATERIALS}))
    choosers = _choosers(row).where(Participant.fewer_messages.is_(False))
    for participant_id in session.scalars(choosers).all():
        notify(session, told, now, urgent=False, participant_id=participant_id)


def is_urgent(told: Told, event: EventFile, now: datetime) -> bool:
    return told.first_start() - now <= event.timing.urgent


def who_is_told(session: Session, event: EventFile, told: Told, now: datetime) -> list[str]:
    """Those who chose the session. A change further ahead is left to the programme itself."""
    if not told.kinds & TOLD_TO_PEOPLE or told.first_start() - now > event.timing.notice:
        return []
    choosers = _choosers(told.row)
    if not is_urgent(told, event, now):
        choosers = choosers.where(Participant.fewer_messages.is_(False))
    return list(session.scalars(choosers))


def _choosers(row: SessionRow) -> Select[str]:
    return (
        select(Star.participant_id)
        .join(
            Participant,
            (Participant.event_id == Star.event_id)
            & (Participant.participant_id == Star.participant_id),
        )
        .where(Star.event_id == row.event_id, Star.session_id == row.session_id)
    )


def refresh_announcements(
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


def follow_start(session: Session, row: SessionRow, now: datetime) -> None:
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


def notify(
    session: Session,
    told: Told,
    now: datetime,
    *,
    urgent: bool,
    channel: str | None = None,
    participant_id: str | None = None,
) -> None:
    """Have a change told; one that waits already for the same readers takes the new one in."""
    row = told.row
    waiting = session.scalar(
        select(Notice).where(
            Notice.event_id == row.event_id,
            Notice.session_id == row.session_id,
            Notice.channel == channel if channel else Notice.participant_id == participant_id,
            Notice.due_at.is_not(None),
        )
    )
    kinds = sorted(told.kinds & TOLD_TO_PEOPLE)
    if waiting is not None:
        waiting.kinds = sorted({*waiting.kinds, *kinds})
        waiting.urgent = waiting.urgent or urgent
        waiting.due_at = now
        waiting.delay_id = told.delay_id or waiting.delay_id
        return
    session.add(
        Notice(
            event_id=row.event_id,
            notice_id=new_id(),
            channel=channel,
            participant_id=participant_id,
            session_id=row.session_id,
            kinds=kinds,
            from_start=told.was.starts_at,
            from_room=told.was.room,
            urgent=urgent,
            due_at=now,
            delay_id=told.delay_id,
        )
    )

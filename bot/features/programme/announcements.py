"""Announcements: one post for what starts together, edited to *under way* at the start."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.delivery.outbox import Place, enqueue, refresh
from bot.features.events.model import EventFile
from bot.features.programme.changes import announcement_key
from bot.features.programme.messages import SessionsAnnounced
from bot.features.programme.tables import AnnouncedSession, Announcement, SessionRow


def announce(
    session: Session, event_id: str, event: EventFile, workspaces: Sequence[str], now: datetime
) -> None:
    """One post for the sessions that start together in the same channel."""
    if not workspaces:
        return  # nobody to tell yet; what is then still ahead is told once there is
    due = session.scalars(
        select(SessionRow)
        .where(SessionRow.event_id == event_id, SessionRow.next_announce_at <= now)
        .order_by(SessionRow.starts_at, SessionRow.session_id)
    )
    together: dict[tuple[str, datetime], list[SessionRow]] = defaultdict(list)
    for row in due:
        together[event.channels.of(row.room, row.track), row.starts_at].append(row)
    for (channel, starts_at), rows in together.items():
        _announce_together(session, event_id, workspaces, channel, starts_at, rows, now)


def _announce_together(
    session: Session,
    event_id: str,
    workspaces: Sequence[str],
    channel: str,
    starts_at: datetime,
    rows: Sequence[SessionRow],
    now: datetime,
) -> None:
    announcement_id = told_in(session, event_id, channel, starts_at, rows, now)
    for workspace_id in workspaces:
        enqueue(
            session,
            event_id,
            Place(workspace_id, channel=channel),
            SessionsAnnounced(event_id, announcement_id),
            announcement_key(announcement_id, workspace_id),
            message_class="useful",
            now=now,
            expires_at=starts_at,
        )


def told_in(
    session: Session,
    event_id: str,
    channel: str,
    starts_at: datetime,
    rows: Sequence[SessionRow],
    now: datetime,
) -> str:
    """Write down that the post of this announcement tells of `rows`; its id, of which its key is
    made. From then on it follows what becomes of them."""
    announcement_id = new_id()
    session.add(
        Announcement(
            event_id=event_id,
            announcement_id=announcement_id,
            channel=channel,
            starts_at=starts_at,
        )
    )
    session.flush()
    for row in rows:
        row.next_announce_at = None
        if starts_at > now:  # a post that comes too late is skipped: it tells nobody anything
            row.announced_start = starts_at
        session.merge(
            AnnouncedSession(
                event_id=event_id,
                session_id=row.session_id,
                told_start=starts_at,
                announcement_id=announcement_id,
                next_live_at=starts_at,
                live=False,
            )
        )
    session.flush()
    return announcement_id


def go_live(session: Session, event_id: str, workspaces: Sequence[str], now: datetime) -> None:
    """Posts say *under way* from the start on; nobody is notified."""
    started = session.scalars(
        select(AnnouncedSession).where(
            AnnouncedSession.event_id == event_id, AnnouncedSession.next_live_at <= now
        )
    ).all()
    for announced in started:
        announced.live, announced.next_live_at = True, None
    for announcement_id in sorted({announced.announcement_id for announced in started}):
        for workspace_id in workspaces:
            refresh(session, event_id, announcement_key(announcement_id, workspace_id), now)

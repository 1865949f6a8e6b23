"""What is due: idempotent jobs that are handed a moment, whoever wakes them, however often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.delivery.outbox import Place, enqueue, refresh
from bot.delivery.tables import SKIPPED, Delivery
from bot.features.events.actions import lock_event
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings, workspace_ids
from bot.features.people.queries import addressees, participants_called
from bot.features.programme.budget import Budgeter
from bot.features.programme.changes import announcement_key, reminder_key
from bot.features.programme.messages import (
    ProgrammeChanged,
    SessionsAnnounced,
    SessionsStartSoon,
    SpeakersToConfirm,
)
from bot.features.programme.queries import day_of
from bot.features.programme.tables import (
    AnnouncedSession,
    Announcement,
    Notice,
    Reminder,
    SessionRow,
    SpeakerRow,
    Star,
)

SPEAKERS_A_MESSAGE = 10


def tick(session: Session, event_id: str, now: datetime) -> None:
    """Everything that is due in the programme at event time `now`."""
    lock_event(session, event_id)
    event = event_settings(session, event_id)
    workspaces = workspace_ids(session, event_id)
    announce(session, event_id, event, workspaces, now)
    go_live(session, event_id, workspaces, now)
    remind(session, event_id, event, now)
    tell_channels(session, event_id, event, workspaces, now)
    tell_people(session, event_id, event, now)
    ask_who_speakers_are(session, event_id, event, workspaces, now)


def next_due(session: Session, event_id: str) -> datetime | None:
    """The event time of the next thing that `tick` has to do."""
    columns = (
        SessionRow.next_announce_at,
        SessionRow.next_remind_at,
        AnnouncedSession.next_live_at,
        Notice.due_at,
    )
    moments = [
        session.scalar(select(func.min(column)).where(column.class_.event_id == event_id))
        for column in columns
    ]
    return min((moment for moment in moments if moment), default=None)


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
        row.announced_start, row.next_announce_at = starts_at, None
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


def remind(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    """One direct message to each person for what starts now or within the gap after it."""
    due = session.scalars(
        select(SessionRow)
        .where(SessionRow.event_id == event_id, SessionRow.next_remind_at <= now)
        .order_by(SessionRow.starts_at, SessionRow.session_id)
    ).all()
    if not due:
        return
    ahead = [row for row in due if row.starts_at > now]
    soon = session.scalars(
        select(SessionRow)
        .where(
            SessionRow.event_id == event_id,
            SessionRow.next_remind_at > now,
            SessionRow.next_remind_at < now + event.budget.gap,
        )
        .order_by(SessionRow.starts_at, SessionRow.session_id)
    ).all()
    for row in due:
        row.reminded_start, row.next_remind_at = row.starts_at, None
    budget = Budgeter(session, event_id, event, now)
    missed = [row for row in due if row.starts_at <= now]
    for participant_id, rows in _choices(session, event_id, missed).items():
        _remind(session, event_id, participant_id, rows, None, now)
    choices = _choices(session, event_id, ahead)
    also = _choices(session, event_id, soon)
    for participant_id, rows in choices.items():
        together = [*rows, *also.get(participant_id, [])]
        withheld = budget.withheld(participant_id, reminder=True)
        _remind(session, event_id, participant_id, together, withheld, now)


def _choices(
    session: Session, event_id: str, rows: Iterable[SessionRow]
) -> dict[str, list[SessionRow]]:
    """Who chose which of `rows`, except what they were already reminded of."""
    by_id = {row.session_id: row for row in rows}
    if not by_id:
        return {}
    reminded = set(
        session.execute(
            select(Reminder.participant_id, Reminder.session_id, Reminder.told_start).where(
                Reminder.event_id == event_id, Reminder.session_id.in_(by_id)
            )
        )
    )
    stars = session.execute(
        select(Star.participant_id, Star.session_id)
        .where(Star.event_id == event_id, Star.session_id.in_(by_id))
        .order_by(Star.participant_id, Star.starred_at)
    )
    chosen: dict[str, list[SessionRow]] = defaultdict(list)
    for participant_id, session_id in stars:
        row = by_id[session_id]
        if (participant_id, session_id, row.starts_at) not in reminded:
            chosen[participant_id].append(row)
    return {who: sorted(mine, key=lambda row: row.starts_at) for who, mine in chosen.items()}


def _remind(
    session: Session,
    event_id: str,
    participant_id: str,
    rows: Sequence[SessionRow],
    withheld: str | None,
    now: datetime,
) -> None:
    reminder_id = new_id()
    for row in rows:
        session.add(
            Reminder(
                event_id=event_id,
                participant_id=participant_id,
                session_id=row.session_id,
                told_start=row.starts_at,
                reminder_id=reminder_id,
                withheld=withheld,
            )
        )
    session.flush()
    if withheld is None:
        _to_person(
            session,
            event_id,
            participant_id,
            SessionsStartSoon(event_id, reminder_id),
            reminder_key(reminder_id),
            "useful",
            now,
            expires_at=max(row.starts_at for row in rows),
        )


def tell_channels(
    session: Session, event_id: str, event: EventFile, workspaces: Sequence[str], now: datetime
) -> None:
    """One notice a channel for the changes made together; above the day's posts, one a quarter."""
    for channel, notices in _due_notices(session, event_id, now, Notice.channel).items():
        if _posts_today(session, event_id, event, channel, now) >= event.budget.posts_a_day:
            quarter = _next_quarter(now)
            if quarter > now:
                for notice in notices:
                    notice.due_at = quarter
                continue
        telling = _told_together(notices)
        for workspace_id in workspaces:
            enqueue(
                session,
                event_id,
                Place(workspace_id, channel=channel),
                ProgrammeChanged(event_id, telling, personal=False),
                f"changed:{telling}:{workspace_id}",
                message_class="urgent",
                now=now,
            )


def _next_quarter(now: datetime) -> datetime:
    """The full quarter of an hour at or after `now`."""
    past = timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond)
    return now if not past else now - past + timedelta(minutes=15)


def _posts_today(
    session: Session, event_id: str, event: EventFile, channel: str, now: datetime
) -> int:
    start, _ = day_of(event, now)
    count = session.scalar(
        select(func.count()).where(
            Delivery.event_id == event_id,
            Delivery.channel == channel,
            Delivery.created_at >= start,
            Delivery.state != SKIPPED,
        )
    )
    return count or 0


def tell_people(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    """One message a person for the changes to what they chose, when the budget allows it."""
    due = _due_notices(session, event_id, now, Notice.participant_id)
    if not due:
        return
    budget = Budgeter(session, event_id, event, now)
    for participant_id, notices in due.items():
        urgent = any(notice.urgent for notice in notices)
        allowed_at = now if urgent else budget.next_allowed(participant_id)
        if allowed_at > now:
            for notice in notices:
                notice.due_at = allowed_at
            continue
        telling = _told_together(notices)
        _to_person(
            session,
            event_id,
            participant_id,
            ProgrammeChanged(event_id, telling, personal=True),
            f"changed:{telling}",
            "urgent" if urgent else "useful",
            now,
        )


def _due_notices(
    session: Session, event_id: str, now: datetime, readers: object
) -> dict[str, list[Notice]]:
    """Due notices by channel or by person; those of sessions that are over meanwhile are closed."""
    rows = session.execute(
        select(Notice, SessionRow.ends_at)
        .join(
            SessionRow,
            (SessionRow.event_id == Notice.event_id) & (SessionRow.session_id == Notice.session_id),
        )
        .where(Notice.event_id == event_id, Notice.due_at <= now, readers.is_not(None))  # type: ignore[attr-defined]
        .order_by(Notice.notice_id)
    )
    due: dict[str, list[Notice]] = defaultdict(list)
    for notice, ends_at in rows:
        if ends_at <= now:
            notice.due_at = None
        else:
            due[notice.channel or notice.participant_id].append(notice)
    return due


def _told_together(notices: Iterable[Notice]) -> str:
    telling = new_id()
    for notice in notices:
        notice.telling_id, notice.due_at = telling, None
    return telling


def _to_person(
    session: Session,
    event_id: str,
    participant_id: str,
    message: SessionsStartSoon | ProgrammeChanged,
    key: str,
    message_class: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> None:
    reached = addressees(session, event_id, participant_id)
    if reached:
        enqueue(
            session,
            event_id,
            Place(reached[0].workspace_id, participant_id=participant_id),
            message,
            key,
            message_class=message_class,
            now=now,
            expires_at=expires_at,
        )


def ask_who_speakers_are(
    session: Session, event_id: str, event: EventFile, workspaces: Sequence[str], now: datetime
) -> None:
    """Ask the organisers once for each speaker without an address whose name is on the list."""
    if event.channels.organisers is None or not workspaces:
        return
    unknown = session.scalars(
        select(SpeakerRow)
        .where(
            SpeakerRow.event_id == event_id,
            SpeakerRow.participant_id.is_(None),
            SpeakerRow.email.is_(None),
            SpeakerRow.asked_at.is_(None),
        )
        .order_by(SpeakerRow.session_id, SpeakerRow.position)
    ).all()
    asked: list[list[str]] = []
    names: set[str] = set()
    for speaker in unknown:
        speaker.asked_at = now
        same_name = participants_called(session, event_id, speaker.name)
        if speaker.name not in names and len(same_name) == 1:
            names.add(speaker.name)
            asked.append([speaker.session_id, str(speaker.position), same_name[0].participant_id])
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

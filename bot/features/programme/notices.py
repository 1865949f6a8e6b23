"""Notices: changes that were made together, told once to a channel or to a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.delivery.outbox import Place, enqueue
from bot.delivery.tables import SKIPPED, Delivery
from bot.features.events.model import EventFile
from bot.features.programme.budget import Budgeter
from bot.features.programme.direct import to_person
from bot.features.programme.messages import ProgrammeChanged
from bot.features.programme.model import Change
from bot.features.programme.queries import day_of
from bot.features.programme.tables import Notice, SessionRow


@dataclass(frozen=True)
class _Due:
    """A notice and the session it is about."""

    notice: Notice
    row: SessionRow

    def moot(self, now: datetime) -> bool:
        """Over meanwhile, or back where it was before anybody was told."""
        notice, row = self.notice, self.row
        if row.ends_at <= now:
            return True
        was = (self._was_cancelled, notice.from_start, notice.from_room)
        unchanged = (row.cancelled, row.starts_at, row.room) == was
        return unchanged and Change.SPEAKERS_CHANGED not in notice.kinds

    @property
    def _was_cancelled(self) -> bool:
        """Of a session that left and returned before it was told, the first is what counts."""
        kinds = self.notice.kinds
        return Change.RETURNED in kinds and Change.CANCELLED not in kinds

    @property
    def starts(self) -> list[datetime]:
        """The old and the new: from then on it is too late to tell."""
        return [start for start in (self.notice.from_start, self.row.starts_at) if start]


def tell_channels(
    session: Session, event_id: str, event: EventFile, workspaces: Sequence[str], now: datetime
) -> None:
    """One notice a channel for the changes made together; above the day's posts, one a quarter."""
    for channel, due in _due_notices(session, event_id, now, Notice.channel).items():
        full = posts_today(session, event_id, event, channel, now) >= event.budget.posts_a_day
        quarter = _next_quarter(min(one.notice.due_at or now for one in due))
        if full and quarter > now:
            _put_off(due, quarter)
            continue
        telling = _told_together(due)
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


def _next_quarter(moment: datetime) -> datetime:
    """The full quarter of an hour at or after `moment`."""
    past = timedelta(
        minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond
    )
    return moment if not past else moment - past + timedelta(minutes=15)


def posts_today(
    session: Session, event_id: str, event: EventFile, channel: str, now: datetime
) -> int:
    """In the workspace whose channel has the most."""
    start, _ = day_of(event, now)
    counts = session.scalars(
        select(func.count())
        .where(
            Delivery.event_id == event_id,
            Delivery.channel == channel,
            Delivery.created_at >= start,
            Delivery.state != SKIPPED,
        )
        .group_by(Delivery.workspace_id)
    )
    return max(counts, default=0)


def tell_people(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    """One message a person for the changes to what they chose, when the budget allows it."""
    due = _due_notices(session, event_id, now, Notice.participant_id)
    if not due:
        return
    budget = Budgeter(session, event_id, event, now)
    for participant_id, changes in due.items():
        urgent = any(one.notice.urgent for one in changes)
        if not urgent:
            allowed_at = budget.next_allowed(participant_id)
            urgent_at = _urgent_at(changes, event, allowed_at, now)
            urgent = urgent_at is not None and urgent_at <= now
            if not urgent and allowed_at > now:
                _put_off(changes, urgent_at or allowed_at)
                continue
        telling = _told_together(changes)
        to_person(
            session,
            event_id,
            participant_id,
            ProgrammeChanged(event_id, telling, personal=True),
            f"changed:{telling}",
            "urgent" if urgent else "useful",
            now,
        )


def _urgent_at(
    changes: Iterable[_Due], event: EventFile, allowed_at: datetime, now: datetime
) -> datetime | None:
    """A change that the budget would hold back until its session has begun becomes urgent
    instead; when, or None if none is held back that long."""
    starts = [start for one in changes for start in one.starts]
    held_back = [start for start in starts if now < start <= allowed_at]
    return min(held_back) - event.timing.urgent if held_back else None


def _due_notices(
    session: Session, event_id: str, now: datetime, readers: object
) -> dict[str, list[_Due]]:
    """Due notices by channel or by person; those that are moot meanwhile are closed."""
    rows = session.execute(
        select(Notice, SessionRow)
        .join(
            SessionRow,
            (SessionRow.event_id == Notice.event_id) & (SessionRow.session_id == Notice.session_id),
        )
        .where(Notice.event_id == event_id, Notice.due_at <= now, readers.is_not(None))  # type: ignore[attr-defined]
        .order_by(Notice.notice_id)
    )
    due: dict[str, list[_Due]] = defaultdict(list)
    for notice, row in rows:
        one = _Due(notice, row)
        if one.moot(now):
            notice.due_at = None
        else:
            due[notice.channel or notice.participant_id or ""].append(one)
    return due


def _put_off(due: Collection[_Due], until: datetime) -> None:
    for one in due:
        one.notice.due_at = until


def _told_together(due: Iterable[_Due]) -> str:
    telling = new_id()
    for one in due:
        one.notice.telling_id, one.notice.due_at = telling, None
    return telling

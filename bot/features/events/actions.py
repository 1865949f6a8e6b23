from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.core.ids import new_id
from bot.db.history import record
from bot.features.events.model import EventFile, settings_diff
from bot.features.events.queries import load_event
from bot.features.events.tables import RETIRED, Event, ProfileKindRow, Workspace


class AnotherEventIsActiveError(MaillonError):
    msgid = N_("Another event lives in this workspace: maillon event close --event {slug}")


def lock_event(session: Session, event_id: str) -> None:
    """Let one job or import of the event run at a time, over all processes.

    The rules of announcements look at what was told before they decide; two at once would both
    see nothing. SQLite has one writer anyway.
    """
    # FOR NO KEY UPDATE: every new row of the event holds its key, and need not wait for a job.
    lock = select(Event.event_id).where(Event.event_id == event_id).with_for_update(key_share=True)
    session.execute(lock)


def apply_event(
    session: Session, file: EventFile, now: datetime, *, apply: bool = True
) -> list[tuple[str, Any, Any]]:
    """Make the event what `file` says and return what differed; `apply=False` only looks."""
    row = session.scalar(select(Event).where(Event.slug == file.slug).with_for_update())
    before = load_event(session, row.event_id) if row else None
    changes = settings_diff(before, file)
    if not changes or not apply:
        return changes
    settings = file.model_dump(mode="json", exclude={"profile_kinds"})
    if row is None:
        row = Event(event_id=new_id(), slug=file.slug, settings=settings, applied_at=now)
        session.add(row)
        session.flush()
    row.settings, row.applied_at = settings, now
    _keep_kinds(session, row.event_id, file)
    record(
        session,
        row.event_id,
        "event.applied",
        row.event_id,
        at=now,
        actor="cli",
        before={name: old for name, old, _ in changes},
        after={name: new for name, _, new in changes},
    )
    return changes


def _keep_kinds(session: Session, event_id: str, file: EventFile) -> None:
    """Kinds that the file no longer has are retired: people may still be of that kind."""
    session.execute(
        update(ProfileKindRow).where(ProfileKindRow.event_id == event_id).values(position=RETIRED)
    )
    for position, kind in enumerate(file.profile_kinds):
        session.merge(
            ProfileKindRow(
                event_id=event_id,
                kind=kind.id,
                position=position,
                label_fr=kind.fr,
                label_en=kind.en,
            )
        )


def close_event(session: Session, event_id: str, now: datetime) -> None:
    """Leave the event's workspaces to the next one; only its retention goes on."""
    session.execute(update(Workspace).where(Workspace.event_id == event_id).values(active=False))
    record(session, event_id, "event.closed", event_id, at=now, actor="cli")


def join_workspace(session: Session, event_id: str, platform: str, team_id: str) -> str:
    """The event's place in a workspace, made active; its id. The bot calls it as it starts."""
    other = session.scalar(
        select(Event.slug)
        .join(Workspace, Workspace.event_id == Event.event_id)
        .where(Workspace.team_id == team_id, Workspace.active, Workspace.event_id != event_id)
    )
    if other is not None:
        raise AnotherEventIsActiveError(slug=other)
    known = session.scalar(
        select(Workspace.workspace_id).where(
            Workspace.event_id == event_id, Workspace.team_id == team_id
        )
    )
    if known is None:
        known = new_id()
        session.add(
            Workspace(
                event_id=event_id,
                workspace_id=known,
                platform=platform,
                team_id=team_id,
                active=True,
            )
        )
    else:
        session.execute(
            update(Workspace)
            .where(Workspace.event_id == event_id, Workspace.workspace_id == known)
            .values(active=True)
        )
    return known

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.features.events.model import EventFile
from bot.features.events.tables import Event, ProfileKindRow, Workspace


class NoEventError(MaillonError):
    msgid = N_("There is no event yet. Start with: maillon event apply event.toml")


class SeveralEventsError(MaillonError):
    msgid = N_("There are several events ({slugs}). Say which one with --event.")


def load_event(session: Session, event_id: str) -> EventFile | None:
    row = session.get(Event, event_id)
    return _file(session, row) if row else None


def event_settings(session: Session, event_id: str) -> EventFile:
    """The event that a stored row belongs to: foreign keys promise that it exists."""
    event = load_event(session, event_id)
    assert event is not None, "a row outlived its event"
    return event


def find_event(session: Session, slug: str | None = None) -> str:
    """The id of the event called `slug`, or of the only one there is."""
    query = select(Event.event_id, Event.slug)
    if slug:
        query = query.where(Event.slug == slug)
    rows = session.execute(query).all()
    if not rows:
        raise NoEventError
    if len(rows) > 1:
        raise SeveralEventsError(slugs=", ".join(row.slug for row in rows))
    return str(rows[0].event_id)


def active_event(session: Session, team_id: str) -> str | None:
    """The event whose gestures come from the workspace `team_id`."""
    return session.scalar(
        select(Workspace.event_id).where(Workspace.team_id == team_id, Workspace.active)
    )


def workspace_ids(session: Session, event_id: str) -> list[str]:
    query = select(Workspace.workspace_id).where(Workspace.event_id == event_id, Workspace.active)
    return list(session.scalars(query))


def event_ids(session: Session) -> list[str]:
    """Every event that lives in a workspace: those for which there may be something to do."""
    return list(session.scalars(select(Workspace.event_id).where(Workspace.active).distinct()))


def _file(session: Session, row: Event) -> EventFile:
    kinds = session.scalars(
        select(ProfileKindRow)
        .where(ProfileKindRow.event_id == row.event_id)
        .order_by(ProfileKindRow.position)
    )
    labels = [{"id": kind.kind, "fr": kind.label_fr, "en": kind.label_en} for kind in kinds]
    return EventFile.model_validate({**row.settings, "profile_kinds": labels})

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Text, bindparam, cast, select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.features.events.model import EventFile
from bot.features.events.tables import RETIRED, Event, ProfileKindRow, Workspace


class NoEventError(MaillonError):
    msgid = N_("There is no event yet. Start with: maillon event apply event.toml")


class UnknownEventError(MaillonError):
    msgid = N_("There is no event called {slug}; there is: {slugs}.")


class SeveralEventsError(MaillonError):
    msgid = N_("There are several events ({slugs}). Say which one in MAILLON_EVENT.")


def load_event(session: Session, event_id: str) -> EventFile | None:
    row = session.get(Event, event_id)
    return _file(session, row) if row else None


def event_settings(session: Session, event_id: str) -> EventFile:
    """The event that a stored row belongs to: foreign keys promise that it exists."""
    event = load_event(session, event_id)
    assert event is not None, "a row outlived its event"
    return event


_RULES = select(cast(Event.settings, Text)).where(Event.event_id == bindparam("event_id"))


def event_rules(session: Session, event_id: str) -> EventFile | None:
    """As `load_event` but for the profile kinds; for what happens many times a second."""
    rules = session.connection().execute(_RULES, {"event_id": event_id}).scalar()
    return _read(rules) if rules is not None else None


def rules_in(row: Event) -> EventFile:
    """The same of a row that was read together with something else."""
    return EventFile.model_validate(row.settings)


@lru_cache(maxsize=8)
def _read(settings: str) -> EventFile:
    return EventFile.model_validate_json(settings)


def find_event(session: Session, slug: str | None = None) -> str:
    """The id of the event called `slug`, or of the only one there is."""
    rows = session.execute(select(Event.slug, Event.event_id).order_by(Event.slug)).all()
    known: dict[str, str] = {row.slug: row.event_id for row in rows}
    if not known:
        raise NoEventError
    if slug and slug not in known:
        raise UnknownEventError(slug=slug, slugs=", ".join(known))
    if slug is None and len(known) > 1:
        raise SeveralEventsError(slugs=", ".join(known))
    return known[slug] if slug else next(iter(known.values()))


def active_event(session: Session, team_id: str) -> str | None:
    """The event whose gestures come from the workspace `team_id`."""
    return session.scalar(
        select(Workspace.event_id).where(Workspace.team_id == team_id, Workspace.active)
    )


def workspace_ids(session: Session, event_id: str) -> list[str]:
    query = select(Workspace.workspace_id).where(Workspace.event_id == event_id, Workspace.active)
    return list(session.scalars(query))


def event_ids(session: Session) -> list[str]:
    """Every event: a closed one still has its retention to keep."""
    return list(session.scalars(select(Event.event_id)))


def _file(session: Session, row: Event) -> EventFile:
    kinds = session.scalars(
        select(ProfileKindRow)
        .where(ProfileKindRow.event_id == row.event_id, ProfileKindRow.position != RETIRED)
        .order_by(ProfileKindRow.position)
    )
    labels = [{"id": kind.kind, "fr": kind.label_fr, "en": kind.label_en} for kind in kinds]
    return EventFile.model_validate({**row.settings, "profile_kinds": labels})

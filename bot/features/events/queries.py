from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Text, bindparam, cast, select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.features.events.model import EventFile, ProfileKind
from bot.features.events.tables import RETIRED, Event, ProfileKindRow, Workspace


class NoEventError(MaillonError):
    msgid = N_("There is no event yet. Start with: maillon event apply event.toml")


class UnknownEventError(MaillonError):
    msgid = N_("There is no event called {slug}; there is: {slugs}.")


class SeveralEventsError(MaillonError):
    msgid = N_("There are several events ({slugs}). Say which one in MAILLON_EVENT.")


def load_event(session: Session, event_id: str) -> EventFile | None:
    session.flush()  # what was applied in this transaction is asked past the session
    rules = _rules_text(session, event_id)
    if rules is None:
        return None
    kinds = session.connection().execute(_KINDS, {"event_id": event_id})
    return _with_kinds(rules, tuple(tuple(kind) for kind in kinds))


def event_settings(session: Session, event_id: str) -> EventFile:
    """The event that a stored row belongs to: foreign keys promise that it exists."""
    event = load_event(session, event_id)
    assert event is not None, "a row outlived its event"
    return event


# Both are asked many times a second, so they are made once, and what they say is read once.
_RULES = select(cast(Event.settings, Text)).where(Event.event_id == bindparam("event_id"))
_KINDS = (
    select(ProfileKindRow.kind, ProfileKindRow.label_fr, ProfileKindRow.label_en)
    .where(ProfileKindRow.event_id == bindparam("event_id"), ProfileKindRow.position != RETIRED)
    .order_by(ProfileKindRow.position)
)


def load_rules(session: Session, event_id: str) -> EventFile | None:
    """As `load_event` but for the profile kinds; for what happens many times a second."""
    rules = _rules_text(session, event_id)
    return _read(rules) if rules is not None else None


def event_rules(session: Session, event_id: str) -> EventFile:
    """As `event_settings` but for the profile kinds."""
    event = load_rules(session, event_id)
    assert event is not None, "a row outlived its event"
    return event


def _rules_text(session: Session, event_id: str) -> str | None:
    return session.connection().execute(_RULES, {"event_id": event_id}).scalar()


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


_WORKSPACES = select(Workspace.workspace_id).where(
    Workspace.event_id == bindparam("event_id"), Workspace.active
)


def workspace_ids(session: Session, event_id: str) -> list[str]:
    return list(session.scalars(_WORKSPACES, {"event_id": event_id}))


_EVENTS = select(
    Event.event_id,
    select(Workspace.workspace_id)
    .where(Workspace.event_id == Event.event_id, Workspace.active)
    .exists()
    .label("peopled"),
)


def event_ids(session: Session) -> dict[str, bool]:
    """Every event, and whether it has a workspace: a closed one still has its retention to keep."""
    return {row.event_id: row.peopled for row in session.execute(_EVENTS)}


@lru_cache(maxsize=8)
def _with_kinds(settings: str, kinds: tuple[tuple[str, str, str], ...]) -> EventFile:
    named = [dict(zip(("id", "fr", "en"), kind, strict=True)) for kind in kinds]
    return _read(settings).model_copy(
        update={"profile_kinds": tuple(ProfileKind.model_validate(kind) for kind in named)}
    )

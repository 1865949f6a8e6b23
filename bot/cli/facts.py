"""What sessions carry besides the programme: places, accessibility, passages, documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from bot.cli.common import load_settings, reader, transact
from bot.cli.data import DryRun, EventSlug, conclude
from bot.cli.overlaps import show_overlaps
from bot.cli.places import show_diff
from bot.cli.reading import read_source
from bot.core.i18n import Reader
from bot.features.events.queries import event_settings, find_event
from bot.features.people.lists import ListDiff
from bot.features.programme.facts import Extras, Slot, import_extras, import_slots
from bot.features.programme.listed_twice import Overlap, with_overlaps
from bot.features.programme.materials import import_materials

Import = Callable[..., ListDiff[Any]]


def extras_command(file: Path, dry_run: DryRun = False, event: EventSlug = None) -> None:
    """Places and accessibility of sessions, from a CSV file: session, capacity, accessibility."""
    _import(file, import_extras, _extras, dry_run, event)


def slots_command(file: Path, dry_run: DryRun = False, event: EventSlug = None) -> None:
    """Who takes turns: session, order, minutes, organisation, title, email."""
    _import(file, import_slots, _slot, dry_run, event)


def documents_command(file: Path, dry_run: DryRun = False, event: EventSlug = None) -> None:
    """Add documents to sessions, from a CSV file: session, title, url."""
    _import(file, import_materials, ", ".join, dry_run, event)


def _import(
    file: Path, use: Import, told: Callable[[Any], str], dry_run: bool, event: str | None
) -> None:
    settings, data = load_settings(), read_source(str(file))

    def use_case(session: Session, now: datetime) -> tuple[ListDiff[Any], list[Overlap], Reader]:
        event_id = find_event(session, event or settings.maillon_event)
        who = replace(reader(), zone=event_settings(session, event_id).tz)
        diff, overlaps = with_overlaps(
            session, event_id, lambda: use(session, event_id, data, now), apply=not dry_run
        )
        return diff, overlaps, who

    diff, overlaps, who = transact(settings, use_case)
    show_diff(diff, told, who)
    show_overlaps(overlaps, who)
    conclude(dry_run, who)


def _extras(line: Extras) -> str:
    capacity = "" if line.capacity is None else str(line.capacity)
    return ", ".join(filter(None, (line.session, capacity, line.accessibility)))


def _slot(line: Slot) -> str:
    facts = (str(line.order), f"{line.minutes} min", line.organisation, line.title, line.email)
    return ", ".join(filter(None, (line.session, *facts)))

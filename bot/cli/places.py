"""Where people meet, from the organisers' lists: shown as a diff, then applied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from rich.markup import escape
from sqlalchemy.orm import Session

from bot.cli.common import load_settings, out, reader, transact
from bot.cli.data import DryRun, EventSlug, conclude
from bot.cli.reading import read_source
from bot.core.i18n import Reader
from bot.features.events.queries import find_event
from bot.features.introductions.places import (
    StandLine,
    TableLine,
    import_stands,
    import_tables,
    parse_stands,
    parse_tables,
)
from bot.features.people.lists import ListDiff

tables_app = typer.Typer(no_args_is_help=True, help="The meeting tables.")
stands_app = typer.Typer(no_args_is_help=True, help="The stands.")


@tables_app.callback()
def tables() -> None:
    """The meeting tables."""


@stands_app.callback()
def stands() -> None:
    """The stands."""


@tables_app.command("import")
def tables_command(file: Path, dry_run: DryRun = False, event: EventSlug = None) -> None:
    """Make the meeting tables what a CSV file says: number, place, seats, kind."""
    _import(parse_tables(read_source(str(file))), import_tables, _table, dry_run, event)


@stands_app.command("import")
def stands_command(file: Path, dry_run: DryRun = False, event: EventSlug = None) -> None:
    """Make the stands what a CSV file says: stand, organisation, area, contact_email."""
    _import(parse_stands(read_source(str(file))), import_stands, _stand, dry_run, event)


def _import(
    lines: Sequence[Any],
    use: Callable[..., ListDiff[Any]],
    told: Callable[[Any], str],
    dry_run: bool,
    event: str | None,
) -> None:
    settings, who = load_settings(), reader()

    def use_case(session: Session, now: datetime) -> ListDiff[Any]:
        event_id = find_event(session, event or settings.maillon_event)
        return use(session, event_id, lines, now, apply=not dry_run)

    show_diff(transact(settings, use_case), told, who)
    conclude(dry_run, who)


def show_diff(diff: ListDiff[Any], told: Callable[[Any], str], who: Reader) -> None:
    for line in diff.new:
        out.print(f"[green]+ {escape(told(line))}[/]")
    for old, new in diff.changed:
        out.print(f"[red]{escape(told(old))}[/] → [green]{escape(told(new))}[/]")
    for line in diff.gone:
        out.print(f"[red]− {escape(told(line))}[/]")
    out.print(
        who.gettext(
            "{new} new, {changed} changed, {unchanged} unchanged, {gone} no longer used"
        ).format(
            new=len(diff.new),
            changed=len(diff.changed),
            unchanged=diff.unchanged,
            gone=len(diff.gone),
        )
    )


def _table(line: TableLine) -> str:
    kind = "standing" if line.standing else "seated"
    return f"{line.number}, {line.place}, {line.seats}, {kind}"


def _stand(line: StandLine) -> str:
    return ", ".join(filter(None, (line.stand, line.organisation, line.area, line.contact_email)))

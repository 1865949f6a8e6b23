"""The practical information, from the organisers' file: shown as a diff, then applied."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import typer
from rich.markup import escape
from sqlalchemy.orm import Session

from bot.cli.common import load_settings, out, reader, transact
from bot.cli.data import DryRun, EventSlug, conclude
from bot.cli.reading import read_source
from bot.features.bulletins.infos import InfoEntry, InfosDiff, import_infos, parse_infos
from bot.features.events.queries import find_event

infos_app = typer.Typer(no_args_is_help=True, help="The practical information.")


@infos_app.callback()
def infos() -> None:
    """The practical information."""


@infos_app.command("import")
def import_command(file: Path, dry_run: DryRun = False, event: EventSlug = None) -> None:
    """Make the practical information what a TOML file says, in its order."""
    settings, who, entries = load_settings(), reader(), parse_infos(read_source(str(file)))

    def use_case(session: Session, now: datetime) -> InfosDiff:
        event_id = find_event(session, event or settings.maillon_event)
        return import_infos(session, event_id, entries, now, apply=not dry_run)

    diff = transact(settings, use_case)
    for entry in diff.new:
        out.print(f"[green]+ {escape(_told(entry))}[/]")
    for old, new in diff.changed:
        out.print(f"[red]{escape(_told(old))}[/] → [green]{escape(_told(new))}[/]")
    for entry in diff.gone:
        out.print(f"[red]− {escape(_told(entry))}[/]")
    if diff.reordered:
        out.print(who.gettext("Another order"))
    out.print(
        who.gettext("{new} new, {changed} changed, {unchanged} unchanged, {gone} removed").format(
            new=len(diff.new),
            changed=len(diff.changed),
            unchanged=diff.unchanged,
            gone=len(diff.gone),
        )
    )
    conclude(dry_run, who)


def _told(entry: InfoEntry) -> str:
    return f"{entry.id}: {entry.told}"

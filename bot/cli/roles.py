"""Who moderates and who has the stage: the organisers' list, shown as a diff, then applied."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from sqlalchemy.orm import Session

from bot.cli.common import load_settings, out, reader, transact
from bot.cli.data import DryRun, EventSlug, conclude
from bot.cli.overlaps import show_overlaps
from bot.cli.reading import read_source
from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.features.events.queries import event_settings, find_event
from bot.features.programme.listed_twice import Overlap, with_overlaps
from bot.features.programme.roles import RoleLine, RolesDiff, import_roles, parse_roles

roles_app = typer.Typer(no_args_is_help=True, help="Who may do what.")


class RolesGoneError(MaillonError):
    msgid = N_("The list takes {count} roles away. If that is right, say so with --yes.")


@roles_app.callback()
def roles() -> None:
    """Who may do what."""


@roles_app.command("import")
def import_command(
    file: Path,
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help="Roles may be taken away.")] = False,
    event: EventSlug = None,
) -> None:
    """Make the roles what a CSV file says: who is missing from it has none."""
    settings, who, lines = load_settings(), reader(), parse_roles(read_source(str(file)))

    def use_case(session: Session, now: datetime) -> tuple[RolesDiff, list[Overlap], tzinfo]:
        event_id = find_event(session, event or settings.maillon_event)
        looked = import_roles(session, event_id, lines, now, apply=False)
        apply = not dry_run and (yes or not looked.gone)
        diff, overlaps = with_overlaps(
            session, event_id, lambda: import_roles(session, event_id, lines, now), apply=apply
        )
        return diff, overlaps, event_settings(session, event_id).tz

    diff, overlaps, zone = transact(settings, use_case)
    for sign, colour, side in (("+", "green", diff.new), ("−", "red", diff.gone)):
        for line in side:
            out.print(f"[{colour}]{sign} {escape(_told(line))}[/]")
    out.print(
        who.gettext("{new} new, {gone} taken away, {left_out} of other roles left out").format(
            new=len(diff.new), gone=len(diff.gone), left_out=len(diff.left_out)
        )
    )
    show_overlaps(overlaps, replace(who, zone=zone))
    if diff.gone and not yes and not dry_run:
        raise RolesGoneError(count=len(diff.gone))
    conclude(dry_run, who)


def _told(line: RoleLine) -> str:
    return f"{line.email} {line.role} {line.scope}"

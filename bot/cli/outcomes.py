"""`maillon introductions report`: what came of them, as files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from bot.cli.common import load_settings, reader, transact
from bot.cli.data import EventSlug
from bot.core.i18n import Reader
from bot.features.events.queries import event_settings, find_event
from bot.features.introductions.crossing_report import as_csv, as_json, as_text, report_card
from bot.features.introductions.crossings import crossings_report


def report_command(
    csv: Annotated[Path | None, typer.Option("--csv", help="A file for the table.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print data instead of a text.")] = False,
    event: EventSlug = None,
) -> None:
    """Say what came of the introductions, by crossing of profile kinds; small figures withheld."""
    settings, who = load_settings(), reader()

    def use_case(session: Session, now: datetime) -> tuple[str, str, str]:
        event_id = find_event(session, event or settings.maillon_event)
        file = event_settings(session, event_id)
        read = Reader.of(who.language, file.zone)
        report = crossings_report(session, event_id, file)
        text = as_text(report_card(report, file, read)) + "\n"
        return as_csv(report, file, read), as_json(report), text

    table, data, text = transact(settings, use_case)
    if csv is not None:
        # With a byte order mark, or a spreadsheet reads another encoding than the one it is in.
        csv.write_text(table, "utf-8-sig", newline="")
    if json:
        typer.echo(data, nl=False)
    elif csv is None:
        typer.echo(text, nl=False)

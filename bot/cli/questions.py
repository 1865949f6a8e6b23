"""`maillon questions`: what was asked, as a file."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.cli.common import load_settings, reader, transact
from bot.cli.data import EventSlug
from bot.core.errors import MaillonError
from bot.core.i18n import N_, Reader
from bot.features.events.queries import event_settings, find_event
from bot.features.programme.tables import SessionRow
from bot.features.questions.exporting import exported
from bot.features.questions.exports import as_csv, as_json, as_markdown

questions_app = typer.Typer(no_args_is_help=True, help="The questions.")


class Format(StrEnum):
    CSV = "csv"
    JSON = "json"
    MARKDOWN = "md"


class UnknownSessionError(MaillonError):
    msgid = N_("There is no session {session} in the programme.")


@questions_app.callback()
def questions() -> None:
    """The questions."""


@questions_app.command("export")
def export_command(
    form: Annotated[Format, typer.Option("--format", help="A table, data, or a text.")],
    code: Annotated[str | None, typer.Option("--session", help="Its id in the programme.")] = None,
    to: Annotated[
        Path | None, typer.Option("--out", help="A file; otherwise it is printed.")
    ] = None,
    event: EventSlug = None,
) -> None:
    """Write the questions, their votes and their answers to a file."""
    settings, who = load_settings(), reader()

    def use_case(session: Session, now: datetime) -> str:
        event_id = find_event(session, event or settings.maillon_event)
        read = Reader.of(who.language, event_settings(session, event_id).zone)
        session_id = session_of(session, event_id, code) if code else None
        shown, withheld = exported(session, event_id, read, session_id)
        if form is Format.CSV:
            return as_csv(shown, withheld)
        if form is Format.JSON:
            return as_json(shown, withheld)
        return as_markdown(shown, withheld, read)

    text = transact(settings, use_case)
    if to is None:
        typer.echo(text, nl=False)
    else:
        # With a byte order mark, or a spreadsheet reads another encoding than the one it is in.
        to.write_text(text, "utf-8-sig" if form is Format.CSV else "utf-8", newline="")


def session_of(session: Session, event_id: str, code: str) -> str:
    session_id = session.scalar(
        select(SessionRow.session_id).where(
            SessionRow.event_id == event_id,
            or_(SessionRow.code == code, SessionRow.source_id == code),
        )
    )
    if session_id is None:
        raise UnknownSessionError(session=code)
    return session_id

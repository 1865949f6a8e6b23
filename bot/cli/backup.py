"""`maillon backup` and, on a restored one, `maillon restored`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from rich.markup import escape
from sqlalchemy.orm import Session

from bot.cli.common import load_settings, out, reader, transact
from bot.db.backup import back_up
from bot.delivery.settling import doubt_what_waited
from bot.features.events.queries import event_ids


def backup_command(file: Path) -> None:
    """Copy the SQLite database to a new FILE, also while the bot runs."""
    settings, who = load_settings(), reader()
    back_up(settings.database_url, file)
    said = who.gettext("Backed up to {path}. The keys of anonymous questions are not in it.")
    out.print(escape(said.format(path=file)))


def restored_command() -> None:
    """After restoring a backup: look up what waited in it before it is said again."""
    settings, who = load_settings(), reader()

    def use_case(session: Session, now: datetime) -> int:
        return sum(doubt_what_waited(session, event_id) for event_id in event_ids(session))

    count = transact(settings, use_case)
    said = who.ngettext(
        "{count} message waited in the backup: it is looked up before it is said.",
        "{count} messages waited in the backup: they are looked up before they are said.",
        count,
    )
    out.print(said.format(count=count))

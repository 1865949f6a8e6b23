"""`maillon deliveries`: what waits, what failed and why, and what an operator does about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from json import dumps
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.cli.common import load_settings, out, reader, transact
from bot.cli.data import EventSlug
from bot.cli.questions import session_of
from bot.core.i18n import Reader
from bot.delivery.tables import DROPPED, FAILED, QUEUED, SENDING, SENT, SKIPPED, UNKNOWN
from bot.delivery.view import NOT_DONE, Seen, counts, drop, listed, retry, why
from bot.features.events.queries import event_settings, find_event
from bot.features.programme.queries import entries_by_id
from bot.features.programme.story import Step, story
from bot.features.programme.tables import SessionRow
from bot.features.programme.wording import hours
from bot.features.speaking.following import speaking_key
from bot.features.speaking.tables import SpeakingTelling

deliveries_app = typer.Typer(no_args_is_help=True, help="The messages that Maillon sends.")


class State(StrEnum):
    QUEUED = QUEUED
    SENDING = SENDING
    SENT = SENT
    UNKNOWN = UNKNOWN
    FAILED = FAILED
    SKIPPED = SKIPPED
    DROPPED = DROPPED


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
Delivery = Annotated[str, typer.Argument(metavar="DELIVERY", help="Its id, as the list shows it.")]


@deliveries_app.callback()
def deliveries() -> None:
    """The messages that Maillon sends."""


@deliveries_app.command("list")
def list_command(
    states: Annotated[
        list[State] | None,
        typer.Option("--state", help="May be repeated; else what is not done, and what failed."),
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="How many, the oldest first.")] = 50,
    json: AsJson = False,
    event: EventSlug = None,
) -> None:
    """What is queued, under way, without an answer or failed, and why."""
    wanted = [state.value for state in states or ()] or NOT_DONE

    def look(
        session: Session, event_id: str, now: datetime, who: Reader
    ) -> tuple[dict[str, int], list[tuple[Seen, str]]]:
        rows = listed(session, event_id, wanted, most)
        return counts(session, event_id), [(one, why(one, now, who)) for one in rows]

    (totals, rows), who = _asked(look, event)
    if json:
        for one, reason in rows:
            due_at = one.due_at.isoformat() if one.due_at else None
            typer.echo(dumps({**asdict(one), "due_at": due_at, "why": reason}))
        return
    out.print(" · ".join(f"{state} {count}" for state, count in totals.items()) or "0")
    if rows:
        out.print(_table(rows, who))


def _table(rows: list[tuple[Seen, str]], who: Reader) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("", who.gettext("state"), who.gettext("what"), who.gettext("to"), ""):
        table.add_column(column, overflow="fold")
    for one, reason in rows:
        what = f"{one.operation} {one.message}".strip()
        table.add_row(*map(escape, (one.delivery_id, one.state, what, one.place, reason)))
    return table


@deliveries_app.command("retry")
def retry_command(delivery: Delivery, event: EventSlug = None) -> None:
    """Send one again at once; refused where that could say it twice."""
    _, who = _asked(
        lambda session, event_id, now, _: retry(session, event_id, delivery, now), event
    )
    out.print(who.gettext("Done: it goes out at once."))


@deliveries_app.command("drop")
def drop_command(delivery: Delivery, event: EventSlug = None) -> None:
    """Have one not sent."""
    _, who = _asked(lambda session, event_id, now, _: drop(session, event_id, delivery, now), event)
    out.print(who.gettext("Done: it is not sent."))


@deliveries_app.command("explain")
def explain_command(
    code: Annotated[str, typer.Argument(metavar="SESSION", help="Its id in the programme.")],
    json: AsJson = False,
    event: EventSlug = None,
) -> None:
    """The history of a session: what changed, what was said of it to whom, and what was not."""

    def look(session: Session, event_id: str, now: datetime, who: Reader) -> tuple[str, list[Step]]:
        session_id = session_of(session, event_id, code)
        entry = entries_by_id(session, event_id, [session_id])[session_id]
        heading = f"{entry.title} · {who.day(entry.starts_at)} {hours(entry, who)} · {entry.room}"
        row = session.get_one(SessionRow, (event_id, session_id))
        return heading, story(session, row, _speaking(session, row), now, who)

    (heading, steps), who = _asked(look, event)
    if json:
        for step in steps:
            typer.echo(dumps({"at": step.at.isoformat(), "told": step.told}, ensure_ascii=False))
        return
    out.print(heading, markup=False, highlight=False, style="bold")
    for step in steps:
        line = f"{who.day(step.at)} {who.time(step.at)}  {step.told}"
        out.print(line, markup=False, highlight=False)


def _speaking(session: Session, row: SessionRow) -> list[str]:
    told = select(SpeakingTelling.telling_id).where(
        SpeakingTelling.event_id == row.event_id,
        SpeakingTelling.session_id == row.session_id,
        SpeakingTelling.telling_id.is_not(None),
    )
    return [speaking_key(telling_id) for telling_id in session.scalars(told) if telling_id]


def _asked(
    use_case: Callable[[Session, str, datetime, Reader], Any], event: str | None
) -> tuple[Any, Reader]:
    """What it found, and a reader of the terminal's language in the event's zone."""
    settings, who = load_settings(), reader()

    def asked(session: Session, now: datetime) -> tuple[Any, Reader]:
        event_id = find_event(session, event or settings.maillon_event)
        there = Reader.of(who.language, event_settings(session, event_id).zone, str(who.locale))
        return use_case(session, event_id, now, there), there

    return transact(settings, asked)

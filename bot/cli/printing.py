"""`maillon print`: paper for the welcome desk and the rooms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from bot.cli.common import load_settings, out, reader, transact
from bot.cli.data import EventSlug
from bot.cli.questions import session_of
from bot.core.errors import MaillonError
from bot.core.i18n import N_, Reader
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings, find_event
from bot.features.introductions.desk import desk_list
from bot.features.programme.queries import entries, entries_by_id, of_day
from bot.features.questions.ordering import popular
from bot.features.questions.queries import public_questions
from bot.web.papers import programme_paper, questions_paper, round_paper


class Language(StrEnum):
    FRENCH = "fr"
    ENGLISH = "en"


Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="An HTML file; else printed here.")
]
Spoken = Annotated[
    Language | None, typer.Option("--language", help="fr or en; else the event's own.")
]
Paper = Callable[[Session, str, EventFile, Reader, datetime], str]


class UnreadableDayError(MaillonError):
    msgid = N_("{day} is not a day; 2019-12-12 is one.")


class EmptyDayError(MaillonError):
    msgid = N_("Nothing is planned on {day}; the event has: {days}.")


class NothingPlannedError(MaillonError):
    msgid = N_("There is no session yet. Start with: maillon programme import schedule.json")


def programme_command(
    day: Annotated[str | None, typer.Option("--day", metavar="DATE", help="2019-12-12")] = None,
    to: Out = None,
    language: Spoken = None,
    event: EventSlug = None,
) -> None:
    """The programme, a sheet a day: open it and print it."""
    only = _day(day) if day else None

    def paper(
        session: Session, event_id: str, event: EventFile, reader: Reader, now: datetime
    ) -> str:
        every = entries(session, event_id)
        if not every:
            raise NothingPlannedError
        found = of_day(session, event_id, event, only) if only else every
        if not found:
            days = sorted({one.starts_at.astimezone(event.tz).date() for one in every})
            raise EmptyDayError(day=day, days=", ".join(map(str, days)))
        return programme_paper(event, found, now, reader)

    _print(paper, to, language, event)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UnreadableDayError(day=text) from error


def questions_command(
    code: Annotated[str, typer.Argument(metavar="SESSION", help="Its id in the programme.")],
    to: Out = None,
    language: Spoken = None,
    event: EventSlug = None,
) -> None:
    """The published questions of a session that are still open, for its host."""

    def paper(
        session: Session, event_id: str, event: EventFile, reader: Reader, now: datetime
    ) -> str:
        session_id = session_of(session, event_id, code)
        entry = entries_by_id(session, event_id, [session_id])[session_id]
        questions = popular(public_questions(session, event_id, session_id))
        return questions_paper(event, entry, questions, now, reader)

    _print(paper, to, language, event)


def round_command(
    which: Annotated[
        str, typer.Argument(metavar="ROUND", help="The id of its break in the programme, or next.")
    ],
    to: Out = None,
    language: Spoken = None,
    event: EventSlug = None,
) -> None:
    """Who has which table in a round of introductions, for the welcome desk."""

    def paper(
        session: Session, event_id: str, event: EventFile, reader: Reader, now: datetime
    ) -> str:
        return round_paper(event, desk_list(session, event_id, event, which), now, reader)

    _print(paper, to, language, event)


def _print(paper: Paper, to: Path | None, language: Language | None, slug: str | None) -> None:
    settings, who = load_settings(), reader()

    def use_case(session: Session, now: datetime) -> str:
        event_id = find_event(session, slug or settings.maillon_event)
        event = event_settings(session, event_id)
        spoken = Reader.of(language.value if language else event.language, event.zone)
        return paper(session, event_id, event, spoken, now)

    written(transact(settings, use_case), to, who)


def written(html: str, to: Path | None, who: Reader) -> None:
    """To the file, or here."""
    if to is None:
        typer.echo(html)
        return
    to.write_text(html, encoding="utf-8")
    out.print(who.gettext("Done. Open it in a browser and print it: {file}").format(file=to))

"""What is printed for the welcome desk and the rooms: A4, black on white, files of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from bot.core.i18n import Reader
from bot.features.events.model import EventFile
from bot.features.introductions.desk import DeskList
from bot.features.programme.queries import ProgrammeEntry
from bot.features.programme.wording import hours, place_line, speaker_line
from bot.features.questions.model import ON_SCREEN, PUBLISHED
from bot.features.questions.queries import QuestionView
from bot.web.drawing import render

OPEN = (ON_SCREEN, PUBLISHED)
"""Published, and nobody has answered it yet."""


def programme_paper(
    event: EventFile, entries: Sequence[ProgrammeEntry], now: datetime, reader: Reader
) -> str:
    """A sheet a day."""

    def day(entry: ProgrammeEntry) -> date:
        return entry.starts_at.astimezone(event.tz).date()

    return render(
        "paper_programme.html",
        reader,
        event=event,
        printed=_printed(now, reader),
        days=[
            (reader.day(which), list(of_day))
            for which, of_day in groupby(sorted(entries, key=lambda one: one.starts_at), key=day)
        ],
        hours=hours,
        place_line=place_line,
        speaker_line=speaker_line,
    )


def questions_paper(
    event: EventFile,
    entry: ProgrammeEntry,
    questions: Sequence[QuestionView],
    now: datetime,
    reader: Reader,
) -> str:
    """Those that are open, the most supported first; a name only where its owner shows it."""
    return render(
        "paper_questions.html",
        reader,
        event=event,
        entry=entry,
        when=f"{reader.day(entry.starts_at)}, {hours(entry, reader)}",
        questions=[one for one in questions if one.state in OPEN],
        printed=_printed(now, reader),
    )


def round_paper(event: EventFile, desk: DeskList, now: datetime, reader: Reader) -> str:
    return render(
        "paper_round.html",
        reader,
        event=event,
        desk=desk,
        when=f"{reader.day(desk.at)}, {reader.time(desk.at)}",
        printed=_printed(now, reader),
    )


def _printed(now: datetime, reader: Reader) -> str:
    """Paper does not change: it says of when it is."""
    as_of = reader.gettext("As of {day}, {time}")
    return as_of.format(day=reader.day(now), time=reader.time(now))

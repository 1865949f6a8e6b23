"""Words for sessions, in the reader's language and conventions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.core.cards import Action, Section
from bot.core.i18n import N_, NBSP, Reader
from bot.features.programme.model import Speaker
from bot.features.programme.queries import ProgrammeEntry

KIND_LABELS = {
    "plenary": N_("Plenary"),
    "round_table": N_("Round table"),
    "pitch": N_("Start-up pitches"),
    "company": N_("Company presentation"),
    "workshop": N_("Workshop"),
    "networking": N_("Networking"),
}


READ_OUT = 20
"""Sessions that a notification or a screen reader is made to read out."""


def kind_label(entry: ProgrammeEntry, reader: Reader) -> str:
    msgid = KIND_LABELS.get(entry.kind)
    return reader.gettext(msgid) if msgid else ""


def place_line(entry: ProgrammeEntry, reader: Reader) -> str:
    """Kind, room and language: "Table ronde · Auditorium Descartes · en français"."""
    parts = [kind_label(entry, reader), entry.room]
    if entry.language:
        parts.append(
            reader.gettext("in {language}").format(language=reader.language_name(entry.language))
        )
    return " · ".join(filter(None, parts))


def hours(entry: ProgrammeEntry, reader: Reader) -> str:
    return f"{reader.time(entry.starts_at)} – {reader.time(entry.ends_at)}"


def speaker_line(entry: ProgrammeEntry, reader: Reader) -> str:
    if not entry.speakers:
        return ""
    people = ", ".join(_named(speaker) for speaker in entry.speakers)
    if entry.kind == "round_table":
        return reader.gettext("On the panel: {people}").format(people=people)
    return reader.gettext("With {people}").format(people=people)


def _named(speaker: Speaker) -> str:
    return f"{speaker.name} ({speaker.organisation})" if speaker.organisation else speaker.name


def now_with(entry: ProgrammeEntry, reader: Reader) -> str:
    if not entry.speakers:
        return reader.gettext("Speakers to be announced")
    people = ", ".join(speaker.name for speaker in entry.speakers)
    return reader.gettext("Now with {people}").format(people=people)


def same_day(one: datetime, other: datetime, reader: Reader) -> bool:
    return one.astimezone(reader.zone).date() == other.astimezone(reader.zone).date()


def starts(start: datetime, today: date, reader: Reader) -> str:
    """The time alone if it is today, otherwise with its day."""
    if start.astimezone(reader.zone).date() == today:
        return reader.time(start)
    day = reader.gettext("{day} at {time}")
    return day.format(day=reader.day(start), time=reader.time(start))


def moved_to(start: datetime, told: datetime, reader: Reader) -> str:
    """The time alone on the same day, otherwise with its day."""
    if same_day(start, told, reader):
        return reader.gettext("Moved to {time}").format(time=reader.time(start))
    moved = reader.gettext("Moved to {day} at {time}")
    return moved.format(day=reader.day(start), time=reader.time(start))


def moved_from(start: datetime, before: datetime, reader: Reader) -> str:
    if same_day(start, before, reader):
        moved = reader.gettext("Moved to {time} (was at {before})")
        return moved.format(time=reader.time(start), before=reader.time(before))
    moved = reader.gettext("Moved to {day} at {time} (was on {before_day} at {before})")
    return moved.format(
        day=reader.day(start),
        time=reader.time(start),
        before_day=reader.day(before),
        before=reader.time(before),
    )


def takes_place(start: datetime, before: datetime, reader: Reader) -> str:
    """What was cancelled returns, perhaps at another time."""
    if same_day(start, before, reader):
        return reader.gettext("Takes place after all, at {time}").format(time=reader.time(start))
    returns = reader.gettext("Takes place after all, on {day} at {time}")
    return returns.format(day=reader.day(start), time=reader.time(start))


def other_room(room: str, before: str | None, reader: Reader) -> str:
    if room and before:
        moved = reader.gettext("Now in {room} (was in {before})")
        return moved.format(room=room, before=before)
    if room:
        return reader.gettext("Now in {room}").format(room=room)
    return reader.gettext("Room to be announced (was {before})").format(before=before)


def star_action(entry: ProgrammeEntry, reader: Reader, starred: bool = False) -> Action:
    if starred:
        label = reader.gettext("Remove from my programme")
        return Action(label, "programme.unstar", (entry.session_id,))
    label = reader.gettext("Add to my programme")
    return Action(label, "programme.star", (entry.session_id,))


def ask_action(reader: Reader, session_id: str | None = None) -> Action:
    """For a session, or for one to choose. Questions are built on the programme, which knows of
    them no more than what their button is called."""
    args = (session_id,) if session_id else ()
    return Action(reader.gettext("Ask a question"), "questions.ask", args)


def agenda_action(reader: Reader) -> Action:
    """The programme of a person as a calendar, which is made further up."""
    return Action(reader.gettext("My calendar"), "agenda.show")


def questions_action(reader: Reader) -> Action:
    """What waits for the person who decides on questions."""
    return Action(reader.gettext("Questions"), "questions.overview")


def entry_section(
    entry: ProgrammeEntry,
    reader: Reader,
    now: datetime,
    *,
    starred: bool = False,
    people: bool = True,
    note: str = "",
) -> Section:
    """A session in a list, with its hours and its one button, if there is something to choose."""
    title = f"{hours(entry, reader)} · {entry.title}"
    cancelled = reader.gettext("Cancelled") if entry.cancelled else ""
    speakers = speaker_line(entry, reader) if people else ""
    lines = filter(None, (cancelled, note, place_line(entry, reader), speakers))
    offered = entry.ends_at > now and (starred or not entry.cancelled)
    return Section(title, tuple(lines), (star_action(entry, reader, starred),) if offered else ())


def in_short(entries: Sequence[ProgrammeEntry], reader: Reader) -> str:
    """Titles and rooms in one sentence, for notifications and screen readers."""
    separator = f"{NBSP}; " if reader.language == "fr" else "; "
    parts = [", ".join(filter(None, (one.title, one.room))) for one in entries[:READ_OUT]]
    if left := len(entries) - len(parts):
        more = reader.ngettext("… and {count} more", "… and {count} more", left)
        parts.append(more.format(count=reader.number(left)))
    return separator.join(parts)

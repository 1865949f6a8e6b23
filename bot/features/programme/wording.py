"""Words for sessions, in the reader's language and conventions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.core.cards import Action, Link, Section
from bot.core.i18n import N_, NBSP, Reader
from bot.features.programme.model import Passage, Speaker
from bot.features.programme.queries import ProgrammeEntry
from bot.features.programme.vocabulary import folded

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
    """Kind, room, language and places: "Atelier · Salle Balzac · en français · 20 places"."""
    places = seats(entry.full, entry.capacity, reader)
    parts = (kind_label(entry, reader), entry.room, in_language(entry, reader), places)
    return " · ".join(filter(None, parts))


def in_language(entry: ProgrammeEntry, reader: Reader) -> str:
    if not entry.language:
        return ""
    return reader.gettext("in {language}").format(language=reader.language_name(entry.language))


_ACCESSIBILITY = {
    "lsf": N_("French Sign Language (LSF)"),
    "sous-titrage": N_("Captions"),
    "captions": N_("Captions"),
    "boucle magnetique": N_("Hearing loop"),
    "hearing loop": N_("Hearing loop"),
    "interpretation": N_("Simultaneous interpretation"),
}


def accessibility_line(entry: ProgrammeEntry, reader: Reader) -> str:
    """What the organisers wrote, in the reader's language where the word is known."""
    return " · ".join(_accessible(entry.accessibility, reader))


def door_line(full: bool, capacity: int | None, accessibility: str, reader: Reader) -> str:
    """What one has to know at the door of a room."""
    facts = (seats(full, capacity, reader), *_accessible(accessibility, reader))
    return " · ".join(filter(None, facts))


def _accessible(written: str, reader: Reader) -> list[str]:
    words = [word for part in written.split(";") if (word := part.strip())]
    known = [_ACCESSIBILITY.get(folded(word)) for word in words]
    return [
        reader.gettext(msgid) if msgid else word for word, msgid in zip(words, known, strict=True)
    ]


def seats(full: bool, capacity: int | None, reader: Reader) -> str:
    """« complet » or « 24 places »; empty where nothing is known."""
    if full:
        return reader.gettext("full")
    if capacity is None:
        return ""
    places = reader.ngettext("{count} place", "{count} places", capacity)
    return places.format(count=reader.number(capacity))


def full_action(session_id: str, full: bool, reader: Reader) -> Action:
    """Says what is to hold then, so that two presses are as good as one."""
    label = reader.gettext("Places are left") if full else reader.gettext("Full")
    return Action(label, "programme.full", (session_id, "0" if full else "1"))


def passage_lines(entry: ProgrammeEntry, reader: Reader) -> list[str]:
    """« 11 h 52 · RémyCell : technologie de rupture, Louis Da Silva »"""
    names = {speaker.email: speaker.name for speaker in entry.speakers if speaker.email}
    return [
        f"{reader.time(turn.starts_at)} · "
        + ", ".join(filter(None, (passage_title(turn, reader), names.get(turn.email or ""))))
        for turn in entry.passages
    ]


def passage_title(turn: Passage, reader: Reader) -> str:
    """With its organisation, unless the title says it."""
    if folded(turn.organisation) in folded(turn.title):
        return turn.title
    colon = f"{NBSP}: " if reader.language == "fr" else ": "
    return colon.join(filter(None, (turn.organisation, turn.title)))


def material_links(entry: ProgrammeEntry) -> tuple[Link, ...]:
    return tuple(Link(one.title, one.url) for one in entry.materials)


def hours(entry: ProgrammeEntry, reader: Reader) -> str:
    return f"{reader.time(entry.starts_at)} – {reader.time(entry.ends_at)}"


def speaker_line(entry: ProgrammeEntry, reader: Reader) -> str:
    """Those who stand in no passage."""
    turns = {turn.email for turn in entry.passages if turn.email}
    people = ", ".join(_named(one) for one in entry.speakers if one.email not in turns)
    if not people:
        return ""
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


def late_by(late: timedelta, reader: Reader) -> str:
    """« Retard de 10 min »"""
    minutes = reader.number(int(late.total_seconds()) // 60)
    return reader.gettext("{minutes} min late").format(minutes=minutes)


def put_off(entry: ProgrammeEntry, told: datetime, reader: Reader) -> str:
    """A start that people were told, and what became of it: late, or moved; none if neither."""
    if late := entry.late_since(told):
        at = reader.gettext("{late}, at {time}")
        return at.format(late=late_by(late, reader), time=reader.time(entry.starts_at))
    return moved_to(entry.starts_at, told, reader) if entry.starts_at != told else ""


def overrun(entry: ProgrammeEntry, reader: Reader) -> str:
    """« fin prévue à 10 h 40 (+10 min) »; none where it ends as the programme says."""
    if entry.ends_late_by <= timedelta(0):
        return ""
    until = reader.gettext("expected to end at {time} (+{minutes} min)")
    minutes = int(entry.ends_late_by.total_seconds()) // 60
    return until.format(time=reader.time(entry.ends_at), minutes=reader.number(minutes))


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
    facts = (cancelled, note, place_line(entry, reader), accessibility_line(entry, reader))
    who = (speaker_line(entry, reader), *passage_lines(entry, reader)) if people else ()
    offered = entry.ends_at > now and (starred or not entry.cancelled)
    return Section(
        title,
        tuple(filter(None, (*facts, *who))),
        (star_action(entry, reader, starred),) if offered else (),
        material_links(entry),
    )


def in_short(entries: Sequence[ProgrammeEntry], reader: Reader, usual: str | None = None) -> str:
    """Titles, rooms and places in one sentence, for notifications and screen readers; the
    language where it is not the `usual` one."""
    separator = f"{NBSP}; " if reader.language == "fr" else "; "
    parts = [_in_short(one, reader, usual) for one in entries[:READ_OUT]]
    if left := len(entries) - len(parts):
        more = reader.ngettext("… and {count} more", "… and {count} more", left)
        parts.append(more.format(count=reader.number(left)))
    return separator.join(parts)


def _in_short(entry: ProgrammeEntry, reader: Reader, usual: str | None) -> str:
    language = in_language(entry, reader) if usual and entry.language != usual else ""
    places = seats(entry.full, entry.capacity, reader)
    return ", ".join(filter(None, (entry.title, entry.room, language, places)))

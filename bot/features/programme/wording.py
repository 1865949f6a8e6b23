"""Words for sessions, in the reader's language and conventions."""

from __future__ import annotations

from collections.abc import Sequence

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


def star_action(entry: ProgrammeEntry, reader: Reader, starred: bool = False) -> Action:
    if starred:
        label = reader.gettext("Remove from my programme")
        return Action(label, "programme.unstar", (entry.session_id,))
    label = reader.gettext("Add to my programme")
    return Action(label, "programme.star", (entry.session_id,))


def entry_section(
    entry: ProgrammeEntry, reader: Reader, *, starred: bool = False, note: str = ""
) -> Section:
    """A session in a list, with its hours and its one button."""
    title = f"{hours(entry, reader)} · {entry.title}"
    note = reader.gettext("Cancelled") if entry.cancelled else note
    lines = filter(None, (note, place_line(entry, reader), speaker_line(entry, reader)))
    actions = () if entry.cancelled and not starred else (star_action(entry, reader, starred),)
    return Section(title, tuple(lines), actions)


def in_short(entries: Sequence[ProgrammeEntry], reader: Reader) -> str:
    """Titles and rooms in one sentence, for notifications and screen readers."""
    separator = f"{NBSP}; " if reader.language == "fr" else "; "
    return separator.join(", ".join(filter(None, (entry.title, entry.room))) for entry in entries)

"""What people with a part in a session are shown of it: is it full, what is there to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import Reader
from bot.features.people.tables import Participant
from bot.features.programme.fullness import NotInTheRoomError, has_a_room, rooms_of
from bot.features.programme.materials import NotOnStageError, own_sessions
from bot.features.programme.queries import ProgrammeEntry
from bot.features.programme.tables import MaterialRow, SessionRow
from bot.features.programme.vocabulary import (
    has_word,
    means_full,
    means_materials,
    words_of,
)
from bot.features.programme.wording import full_action, hours, place_line

if TYPE_CHECKING:
    from bot.features.programme.views import Asker


def asked_for(session: Session, asker: Asker, words: str) -> Card | None:
    """What a message can answer to « complet » or « documents »: the rest needs a press."""
    if means_full(words):
        return full_view(session, asker, words)
    return materials_view(session, asker) if means_materials(words) else None


def rooms_meant(session: Session, asker: Asker, words: str) -> list[ProgrammeEntry]:
    """The sessions that « complet » may be about: those of the person's rooms that have the
    other words, or all where none has."""
    person = session.get_one(Participant, (asker.event_id, asker.participant_id))
    mine = rooms_of(session, asker.event, person, asker.now)
    more = words_of(words)[1:]
    named = [one for one in mine if _has(one, more)] if more else []
    return named or mine


def _has(entry: ProgrammeEntry, words: Sequence[str]) -> bool:
    haystack = words_of(f"{entry.title} {entry.room}")
    return all(has_word(haystack, word) for word in words)


def full_view(session: Session, asker: Asker, words: str) -> Card:
    reader = asker.reader
    meant = rooms_meant(session, asker, words)
    if not meant:
        return _nothing(_why_no_room(session, asker))
    title = reader.gettext("Which session is full?")
    sections = [
        Section(
            f"{hours(one, reader)} · {one.title}",
            (place_line(one, reader),),
            (full_action(one.session_id, one.full, reader),),
        )
        for one in meant
    ]
    return Card(summary=title, title=title, sections=tuple(sections))


def _why_no_room(session: Session, asker: Asker) -> str:
    person = session.get_one(Participant, (asker.event_id, asker.participant_id))
    if not has_a_room(session, asker.event, person):
        return NotInTheRoomError().told_to(asker.reader)
    return asker.reader.gettext("No session of your rooms is on, or begins within an hour.")


def full_changed(row: SessionRow, reader: Reader) -> Card:
    """What was noted, and its undo."""
    if row.full:
        said = reader.gettext("Noted: the session is full. It says so everywhere.")
    else:
        said = reader.gettext("Noted: places are left.")
    section = Section(row.title, (said,), (full_action(row.session_id, row.full, reader),))
    return Card(summary=f"{said} {row.title}", sections=(section,))


def materials_view(session: Session, asker: Asker) -> Card:
    reader = asker.reader
    person = session.get_one(Participant, (asker.event_id, asker.participant_id))
    mine = own_sessions(session, asker.event, person, asker.now)
    if not mine:
        return _nothing(NotOnStageError().told_to(reader))
    title = reader.gettext("Documents of your sessions")
    sections = [
        Section(
            f"{hours(one, reader)} · {one.title}",
            tuple(material.title for material in one.materials),
            (material_action(one.session_id, reader),),
        )
        for one in mine
    ]
    return Card(summary=title, title=title, sections=tuple(sections))


def material_action(session_id: str, reader: Reader) -> Action:
    return Action(reader.gettext("Add a document"), "programme.material", (session_id,))


def material_added(material: MaterialRow, title: str, reader: Reader) -> Card:
    said = reader.gettext("Added. Whoever chose the session reads it with their next message.")
    undo = Action(reader.gettext("Take it away"), "programme.material_off", (material.material_id,))
    section = Section(title, (material.title, said), (undo,))
    return Card(summary=f"{said} {material.title}", sections=(section,))


def _nothing(sentence: str) -> Card:
    return Card(summary=sentence, sections=(Section("", (sentence,)),))

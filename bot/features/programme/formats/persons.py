"""The speakers of a session."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.core.i18n import N_
from bot.features.programme.formats.fields import entries, first, paragraphs, shown, text
from bot.features.programme.formats.parsed import Notes
from bot.features.programme.model import Speaker

_NAMES = ("public_name", "name", "full_public_name")
# "responsable procédés, Rossi Biologics": one comma, then something that begins like a name.
_POSITION = re.compile(r"[^,\n]{2,60}, ([^,.\na-zà-ÿ][^,\n]{0,58}[^,.\n])")


def speakers_of(record: Mapping[str, object], notes: Notes) -> tuple[Speaker, ...]:
    """A speaker that cannot be read is named, and the session stands without."""
    listed = record.get("persons") or record.get("participants")
    persons = entries(listed)
    if persons is None:
        notes.warn(N_("The speakers cannot be read: {value}."), value=shown(listed))
    speakers: dict[Speaker, None] = {}  # somebody listed twice speaks once
    for _, person in persons or []:
        speaker = _speaker(person)
        if speaker is None:
            notes.warn(N_("A speaker cannot be read: {value}."), value=shown(person))
        else:
            speakers[speaker] = None
    return tuple(speakers)


def _speaker(person: object) -> Speaker | None:
    if not isinstance(person, dict):
        return Speaker(text(person)) if text(person) else None
    name = first(person, *_NAMES)
    if not name:
        return None
    email = first(person, "email").lower()
    return Speaker(
        name=name,
        email=email if "@" in email else None,
        organisation=_organisation(person) or None,
        source_id=first(person, "guid", "code", "id") or None,
    )


def _organisation(person: Mapping[str, object]) -> str:
    stated = first(person, "organization", "organisation", "affiliation")
    position = _POSITION.fullmatch(paragraphs(person.get("biography")))
    return stated or (position[1] if position else "")

"""`schedule.json`, as pretalx, frab and the c3voc tools write it.

Two shapes share the name: days with rooms with sessions, and, since its second version, one
flat list of `events`. Published files follow neither schema strictly, so a value counts if
its meaning is clear, whatever its type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from bot.core.i18n import N_
from bot.features.programme.formats.fields import entries, first, shown, text
from bot.features.programme.formats.json_text import loaded
from bot.features.programme.formats.listing import HANDLES, Context, Listed, assembled, zone_named
from bot.features.programme.formats.moments import Day, day_of
from bot.features.programme.formats.parsed import Notes, ParsedProgramme, UnreadableProgrammeError

FORM = "schedule.json"
_OTHER_JSON = N_("This file is JSON, but not a schedule.json: it has neither days nor events.")


def parse_schedule_json(data: bytes, *, zone: str, kinds: Mapping[str, str]) -> ParsedProgramme:
    """`zone` is the event's, for a file that names none; `kinds` is its map of session types."""
    root = loaded(data)
    if not isinstance(root, dict) or not is_schedule(root):
        raise UnreadableProgrammeError(_OTHER_JSON)
    return schedule_of(root, zone=zone, kinds=kinds, form=FORM)


def is_schedule(root: dict[str, object]) -> bool:
    schedule = _record_in(root, "schedule")
    return "events" in schedule or "days" in {**schedule, **_record_in(schedule, "conference")}


def schedule_of(
    root: dict[str, object], *, zone: str, kinds: Mapping[str, str], form: str, joins: bool = False
) -> ParsedProgramme:
    """The programme of a tree that has the shape of a schedule.json."""
    schedule = _record_in(root, "schedule")
    conference = _record_in(schedule, "conference")
    days = conference.get("days", schedule.get("days"))
    notes = Notes()
    named = first(conference, "time_zone_name", "timezone")
    programme_zone = zone_named(named, zone, notes)
    parsed = assembled(
        _all_listed(days, schedule.get("events"), programme_zone, notes),
        Context(programme_zone, kinds, _tracks(conference), joins),
        notes,
        title=first(conference, "title", "acronym"),
        form=form,
    )
    if not parsed.sessions and not parsed.problems:
        raise UnreadableProgrammeError(N_("This {form} contains no session."), form=form)
    return parsed


def _record_in(record: dict[str, object], key: str) -> dict[str, object]:
    """A wrapper that some files leave out."""
    inner = record.get(key)
    return inner if isinstance(inner, dict) else record


def _tracks(conference: Mapping[str, object]) -> dict[str, str]:
    tracks = [track for _, track in entries(conference.get("tracks")) or []]
    return {
        handle: text(track)
        for track in tracks
        if isinstance(track, dict)
        for key in HANDLES
        if (handle := text(track.get(key)))
    }


# ---------------------------------------------------------------- where sessions are listed


def _all_listed(
    days_given: object, events_given: object, zone: ZoneInfo, notes: Notes
) -> Iterator[Listed]:
    days, flat = entries(days_given), entries(events_given)
    if days is None or flat is None:
        notes.refuse(N_("The days or events of the file cannot be read: they are not a list."))
    for name, day in days or []:
        yield from _of_day(name, day, zone, notes, rooms_needed=not flat)
    for position, (_, record) in enumerate(flat or [], start=1):
        yield Listed(record, "", Day(), position)


def _of_day(
    name: str, record: object, zone: ZoneInfo, notes: Notes, *, rooms_needed: bool
) -> Iterator[Listed]:
    day = day_of(record, zone) if isinstance(record, dict) else Day()
    rooms = entries(record.get("rooms")) if isinstance(record, dict) else None
    missing = isinstance(record, dict) and "rooms" not in record and rooms_needed
    if rooms is None or missing:
        label = day.date.isoformat() if day.date else name or shown(record)
        notes.refuse(N_("The rooms of day {day} are missing or cannot be read."), day=label)
    for room, content in rooms or []:
        held = content.get("events", content) if isinstance(content, dict) else content
        listed = entries(held)
        if listed is None:
            notes.refuse(
                N_("What is listed in the room {room} cannot be read: {value}."),
                room=shown(room),
                value=shown(held),
            )
        for position, (_, session) in enumerate(listed or [], start=1):
            yield Listed(session, room, day, position)

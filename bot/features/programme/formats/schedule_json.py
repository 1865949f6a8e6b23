"""`schedule.json`, as pretalx, frab and the c3voc tools write it.

Two shapes share the name: days with rooms with sessions, and, since its second version, one
flat list of `events`. Published files follow neither schema strictly, so a value counts if
its meaning is clear, whatever its type.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.core.i18n import N_
from bot.features.programme.formats.fields import entries, first, paragraphs, shown, text
from bot.features.programme.formats.kinds import OTHERWISE, kind_of
from bot.features.programme.formats.moments import Day, day_of, end_of, start_of
from bot.features.programme.formats.parsed import Notes, ParsedProgramme, UnreadableProgrammeError
from bot.features.programme.formats.persons import speakers_of
from bot.features.programme.model import ProgrammeSession

_OTHER_JSON = N_("This file is JSON, but not a schedule.json: it has neither days nor events.")
_LABEL = 80
_AROUND = 20
_HANDLES = ("slug", "id", "guid")


def parse_schedule_json(data: bytes, *, zone: str, kinds: Mapping[str, str]) -> ParsedProgramme:
    """`zone` is the event's, for a file that names none; `kinds` is its map of session types."""
    root = _loaded(data)
    schedule = _record_in(root, "schedule")
    conference = _record_in(schedule, "conference")
    days = conference.get("days", schedule.get("days"))
    if days is None and "events" not in schedule:
        raise UnreadableProgrammeError(_OTHER_JSON)
    notes = Notes()
    programme_zone = _zone(conference, zone, notes)
    context = _Context(programme_zone, kinds, _tracks(conference))
    sessions: dict[str, ProgrammeSession] = {}
    labels: dict[str, str] = {}
    for listed in _all_listed(days, schedule.get("events"), programme_zone, notes):
        about = notes.about(listed.label)
        session = _session(listed, context, about)
        if session is None:
            continue
        if session.source_id in sessions:
            about.refuse(
                N_("It has the same id as {other}: {id}."),
                other=labels[session.source_id],
                id=shown(session.source_id),
            )
            continue
        sessions[session.source_id] = session
        labels[session.source_id] = listed.label
    if not sessions and not notes.problems:
        raise UnreadableProgrammeError(N_("This schedule.json contains no session."))
    return ParsedProgramme(
        title=first(conference, "title", "acronym"),
        time_zone=programme_zone.key,
        sessions=tuple(sessions.values()),
        problems=tuple(notes.problems),
    )


# ---------------------------------------------------------------- the file


def _loaded(data: bytes) -> dict[str, object]:
    try:
        source = data.decode(json.detect_encoding(data))
    except UnicodeDecodeError as error:
        raise UnreadableProgrammeError(
            N_("This file is not text in UTF-8: byte {position} cannot be read."),
            position=error.start,
        ) from error
    if source.lstrip().startswith("<"):
        raise UnreadableProgrammeError(
            N_("This is a web page or an XML file, not a schedule.json.")
        )
    try:
        root = json.loads(source, object_pairs_hook=_unique, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        raise UnreadableProgrammeError(
            N_("This file is not valid JSON: see line {line}, column {column}, near “{near}”."),
            line=error.lineno,
            column=error.colno,
            near=text(source[max(0, error.pos - _AROUND) : error.pos + _AROUND]),
        ) from error
    except (RecursionError, ValueError) as error:  # ValueError: a number of thousands of digits
        raise UnreadableProgrammeError(
            N_("This file is nested too deeply, or has numbers too large, to be a programme.")
        ) from error
    if not isinstance(root, dict):
        raise UnreadableProgrammeError(_OTHER_JSON)
    return root


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """JSON keeps the last of two equal keys: a room written twice would lose its sessions."""
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise UnreadableProgrammeError(
            N_("“{key}” is written twice in the same place of this file; one would be lost."),
            key=shown(twice),
        )
    return record


def _record_in(record: dict[str, object], key: str) -> dict[str, object]:
    """A wrapper that some files leave out."""
    inner = record.get(key)
    return inner if isinstance(inner, dict) else record


def _zone(conference: Mapping[str, object], event_zone: str, notes: Notes) -> ZoneInfo:
    named = first(conference, "time_zone_name", "timezone")
    try:
        return ZoneInfo(named or event_zone)
    except (KeyError, ValueError, OSError):
        notes.refuse(N_("The time zone of the file is not known: {zone}."), zone=shown(named))
        return ZoneInfo(event_zone)


def _tracks(conference: Mapping[str, object]) -> dict[str, str]:
    tracks = [track for _, track in entries(conference.get("tracks")) or []]
    return {
        handle: text(track)
        for track in tracks
        if isinstance(track, dict)
        for key in _HANDLES
        if (handle := text(track.get(key)))
    }


# ---------------------------------------------------------------- where sessions are listed


@dataclass(frozen=True)
class _Listed:
    record: object
    room: str
    day: Day
    position: int

    @property
    def label(self) -> str:
        """Title with a short id or the place, because programmes have several "Lunch"."""
        record = self.record if isinstance(self.record, dict) else {}
        title, code = first(record, "title"), first(record, "code", "id", "guid")
        if len(title) > _LABEL:
            title = title[: _LABEL - 1] + "…"
        day = self.day.date.isoformat() if self.day.date else ""
        short = shown(code) or " ".join(filter(None, (day, self.room, f"#{self.position}")))
        return f"{title} ({short})" if title else short


def _all_listed(
    days_given: object, events_given: object, zone: ZoneInfo, notes: Notes
) -> Iterator[_Listed]:
    days, flat = entries(days_given), entries(events_given)
    if days is None or flat is None:
        notes.refuse(N_("The days or events of the file cannot be read: they are not a list."))
    for name, day in days or []:
        yield from _of_day(name, day, zone, notes, rooms_needed=not flat)
    for position, (_, record) in enumerate(flat or [], start=1):
        yield _Listed(record, "", Day(), position)


def _of_day(
    name: str, record: object, zone: ZoneInfo, notes: Notes, *, rooms_needed: bool
) -> Iterator[_Listed]:
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
            yield _Listed(session, room, day, position)


# ---------------------------------------------------------------- one session


@dataclass(frozen=True)
class _Context:
    zone: ZoneInfo
    kinds: Mapping[str, str]
    tracks: Mapping[str, str]


def _session(listed: _Listed, context: _Context, notes: Notes) -> ProgrammeSession | None:
    record = listed.record
    if not isinstance(record, dict):
        notes.refuse(N_("This is not a session: {value}."), value=shown(record))
        return None
    source_id = first(record, "guid", "code", "id")
    title = first(record, "title")
    if not source_id:
        notes.refuse(N_("It has no guid, code or id: it could not be found again when it changes."))
    if not title:
        notes.refuse(N_("The title is missing."))
    start = start_of(record, listed.day, context.zone, notes)
    end = end_of(record, start, context.zone, notes) if start else None
    if not (source_id and title and start and end):
        return None
    return ProgrammeSession(
        source_id=source_id,
        title=title,
        kind=_kind(record, context.kinds, notes),
        room=_room(record, listed.room, notes),
        track=_track(record.get("track"), context.tracks),
        language=first(record, "language") or None,
        starts_at=start,
        ends_at=end,
        speakers=speakers_of(record, notes),
        abstract=paragraphs(record.get("abstract")) or paragraphs(record.get("description")),
        url=_url(record),
        code=first(record, "code") or None,
    )


def _kind(record: Mapping[str, object], kinds: Mapping[str, str], notes: Notes) -> str:
    given = first(record, "type")
    kind = kind_of(given, kinds)
    if not given:
        notes.warn(N_("The type is missing; it is imported as a plenary."))
    elif kind is None:
        notes.warn(
            N_("The type “{type}” is not known; it is imported as a plenary."), type=shown(given)
        )
    return kind or OTHERWISE


def _room(record: Mapping[str, object], listed_in: str, notes: Notes) -> str:
    own = first(record, "room")
    if own and listed_in and own != listed_in:
        notes.warn(
            N_("It is listed in the room {listed} but says {own}; {own} is used."),
            listed=shown(listed_in),
            own=shown(own),
        )
    if not own and not listed_in:
        notes.warn(N_("The room is missing."))
    return own or listed_in


def _track(value: object, tracks: Mapping[str, str]) -> str | None:
    if isinstance(value, dict) and not text(value):
        return tracks.get(first(value, *_HANDLES)) or None
    return text(value) or None


def _url(record: Mapping[str, object]) -> str | None:
    """It becomes a link that people press: only a web address will do."""
    url = first(record, "url")
    return url if url.lower().startswith(("https://", "http://")) else None

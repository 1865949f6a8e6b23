"""From what a file lists to sessions: the same for every format.

A format finds where its sessions are listed and says each as a record in the words of
`schedule.json` (`guid`, `title`, `start`, `duration`, `persons` …); what a record means is decided
here alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from bot.core.i18n import N_
from bot.features.programme.formats.fields import first, paragraphs, shown, text
from bot.features.programme.formats.kinds import OTHERWISE, kind_of, sounds_like_a_break
from bot.features.programme.formats.moments import Day, end_of, start_of
from bot.features.programme.formats.parsed import Notes, ParsedProgramme, UnreadableProgrammeError
from bot.features.programme.formats.persons import speakers_of
from bot.features.programme.model import ProgrammeSession

MOST_SESSIONS = 20_000
HANDLES = ("slug", "id", "guid")
"""What the sessions of a schedule.json may call a track by."""
_LABEL = 80


class Record(dict[str, object]):
    """A session in the words of `schedule.json`, which knows where it stands in its file."""

    place = ""
    """Such as "l. 12", of a file of lines."""

    @classmethod
    def at(cls, place: str, told: Mapping[str, object]) -> Record:
        record = cls(told)
        record.place = place
        return record


@dataclass(frozen=True)
class Listed:
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
        short = shown(code) if code else ""
        place = getattr(self.record, "place", "")
        if place or not short:
            where = (place,) if place else (day, self.room, f"#{self.position}")
            short = ", ".join(filter(None, (short, " ".join(filter(None, where)))))
        return f"{title} ({short})" if title else short


@dataclass(frozen=True)
class Context:
    zone: ZoneInfo
    kinds: Mapping[str, str]
    tracks: Mapping[str, str]
    joins: bool = False
    """Whether a session that is listed once for each of its rooms is one session."""


def assembled(
    listed: Iterable[Listed], context: Context, notes: Notes, *, title: str, form: str
) -> ParsedProgramme:
    sessions: dict[str, ProgrammeSession] = {}
    labels: dict[str, str] = {}
    for number, one in enumerate(listed):
        if number >= MOST_SESSIONS:
            raise UnreadableProgrammeError(
                N_("This file lists more than {count} sessions."), count=MOST_SESSIONS
            )
        about = notes.about(one.label)
        session = _session(one, context, about)
        if session is None:
            continue
        known = sessions.get(session.source_id)
        if known is not None and context.joins and replace(known, room=session.room) == session:
            sessions[session.source_id] = _in_both_rooms(known, session, about)
        elif known is not None:
            about.refuse(
                N_("It has the same id as {other}: {id}."),
                other=labels[session.source_id],
                id=shown(session.source_id),
            )
        else:
            sessions[session.source_id] = session
            labels[session.source_id] = one.label
    return ParsedProgramme(
        title=title,
        time_zone=context.zone.key,
        sessions=tuple(sessions.values()),
        problems=tuple(notes.problems),
        form=form,
    )


def zone_named(named: str, event_zone: str, notes: Notes) -> ZoneInfo:
    """The zone that a file names, else the event's."""
    try:
        return ZoneInfo(named or event_zone)
    except (KeyError, ValueError, OSError):
        notes.refuse(N_("The time zone of the file is not known: {zone}."), zone=shown(named))
        return ZoneInfo(event_zone)


def _in_both_rooms(
    known: ProgrammeSession, again: ProgrammeSession, notes: Notes
) -> ProgrammeSession:
    rooms = known.room.split(", ")
    if again.room in ("", known.room, *rooms):
        return known
    joined = ", ".join([*filter(None, rooms), again.room])
    notes.warn(N_("It is listed in several rooms: {rooms}."), rooms=shown(joined))
    return replace(known, room=joined)


def _session(listed: Listed, context: Context, notes: Notes) -> ProgrammeSession | None:
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
    if not given and sounds_like_a_break(first(record, "title")):
        return "networking"
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
        return tracks.get(first(value, *HANDLES)) or None
    return text(value) or None


def _url(record: Mapping[str, object]) -> str | None:
    """It becomes a link that people press: only a web address will do."""
    url = first(record, "url")
    return url if url.lower().startswith(("https://", "http://")) else None

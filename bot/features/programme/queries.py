from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.features.events.model import EventFile
from bot.features.programme.model import (
    KnownSession,
    Material,
    Passage,
    ProgrammeSession,
    Speaker,
)
from bot.features.programme.tables import MaterialRow, PassageRow, SessionRow, SpeakerRow, Star
from bot.features.programme.vocabulary import has_word, looked_for, words_of


@dataclass(frozen=True)
class ProgrammeEntry:
    """A session as it is shown."""

    session_id: str
    title: str
    kind: str
    room: str
    track: str | None
    language: str | None
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    speakers: tuple[Speaker, ...]
    planned_starts_at: datetime
    planned_ends_at: datetime

    @property
    def ends_late_by(self) -> timedelta:
        """By how much a delay puts off its end."""
        return self.ends_at - self.planned_ends_at

    def late_since(self, told_start: datetime) -> timedelta:
        """By how much a delay put off the start that people were told; zero where there is none,
        or where it is the programme that moved it."""
        late = self.starts_at - told_start
        delayed = told_start >= self.planned_starts_at
        return late if delayed and late > timedelta(0) else timedelta(0)

    capacity: int | None = None
    full: bool = False
    accessibility: str = ""
    passages: tuple[Passage, ...] = ()
    materials: tuple[Material, ...] = ()


def known_sessions(session: Session, event_id: str) -> list[KnownSession]:
    """The programme as it was last imported, delays aside."""
    rows = list(session.scalars(select(SessionRow).where(SessionRow.event_id == event_id)))
    speakers = speakers_of(session, event_id, None)
    return [
        KnownSession(
            ProgrammeSession(
                source_id=row.source_id,
                title=row.title,
                kind=row.kind,
                room=row.room,
                track=row.track,
                language=row.language,
                starts_at=row.planned_starts_at or row.starts_at,
                ends_at=row.planned_ends_at or row.ends_at,
                speakers=speakers.get(row.session_id, ()),
                abstract=row.abstract,
                url=row.url,
                code=row.code,
            ),
            cancelled=row.cancelled,
        )
        for row in rows
    ]


def speakers_of(
    session: Session, event_id: str, session_ids: Collection[str] | None
) -> Mapping[str, tuple[Speaker, ...]]:
    """The speakers of `session_ids` (None: of all sessions) by session, in their order."""
    query = select(SpeakerRow).where(SpeakerRow.event_id == event_id)
    if session_ids is not None:
        query = query.where(SpeakerRow.session_id.in_(session_ids))
    found: dict[str, tuple[Speaker, ...]] = {}
    for row in session.scalars(query.order_by(SpeakerRow.session_id, SpeakerRow.position)):
        speaker = Speaker(row.name, row.email, row.organisation, row.source_id)
        found[row.session_id] = (*found.get(row.session_id, ()), speaker)
    return found


def passages_of(
    session: Session, event_id: str, starts: Mapping[str, datetime]
) -> Mapping[str, tuple[Passage, ...]]:
    """Who takes turns in the sessions of `starts`, one after the other from the start on."""
    query = select(PassageRow).where(
        PassageRow.event_id == event_id, PassageRow.session_id.in_(list(starts))
    )
    found: dict[str, tuple[Passage, ...]] = {}
    for row in session.scalars(query.order_by(PassageRow.session_id, PassageRow.position)):
        before = found.get(row.session_id, ())
        at = before[-1].ends_at if before else starts[row.session_id]
        passage = Passage(at, row.minutes, row.organisation, row.title, row.email)
        found[row.session_id] = (*before, passage)
    return found


def materials_of(
    session: Session, event_id: str, session_ids: Collection[str]
) -> Mapping[str, tuple[Material, ...]]:
    query = select(MaterialRow).where(
        MaterialRow.event_id == event_id, MaterialRow.session_id.in_(session_ids)
    )
    found: dict[str, tuple[Material, ...]] = {}
    for row in session.scalars(query.order_by(MaterialRow.added_at, MaterialRow.material_id)):
        found[row.session_id] = (*found.get(row.session_id, ()), Material(row.title, row.url))
    return found


def entries(
    session: Session, event_id: str, *criteria: ColumnElement[bool]
) -> list[ProgrammeEntry]:
    """The sessions that meet `criteria`, by start, then room."""
    rows = session.scalars(
        select(SessionRow)
        .where(SessionRow.event_id == event_id, *criteria)
        .order_by(SessionRow.starts_at, SessionRow.room, SessionRow.session_id)
    ).all()
    ids = [row.session_id for row in rows]
    speakers = speakers_of(session, event_id, ids)
    passages = passages_of(session, event_id, {row.session_id: row.starts_at for row in rows})
    materials = materials_of(session, event_id, ids)
    return [
        ProgrammeEntry(
            session_id=row.session_id,
            title=row.title,
            kind=row.kind,
            room=row.room,
            track=row.track,
            language=row.language,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            cancelled=row.cancelled,
            speakers=speakers.get(row.session_id, ()),
            planned_starts_at=row.planned_starts_at or row.starts_at,
            planned_ends_at=row.planned_ends_at or row.ends_at,
            capacity=row.capacity,
            full=row.full,
            accessibility=row.accessibility,
            passages=passages.get(row.session_id, ()),
            materials=materials.get(row.session_id, ()),
        )
        for row in rows
    ]


def entries_by_id(
    session: Session, event_id: str, session_ids: Iterable[str]
) -> dict[str, ProgrammeEntry]:
    wanted = SessionRow.session_id.in_(list(session_ids))
    return {entry.session_id: entry for entry in entries(session, event_id, wanted)}


_TAKES_PLACE = SessionRow.cancelled.is_(False)


def running(session: Session, event_id: str, now: datetime) -> list[ProgrammeEntry]:
    return entries(
        session, event_id, _TAKES_PLACE, SessionRow.starts_at <= now, SessionRow.ends_at > now
    )


def coming(session: Session, event_id: str, now: datetime) -> list[ProgrammeEntry]:
    """The sessions of the next start."""
    start = session.scalar(
        select(SessionRow.starts_at)
        .where(SessionRow.event_id == event_id, _TAKES_PLACE, SessionRow.starts_at > now)
        .order_by(SessionRow.starts_at)
        .limit(1)
    )
    return entries(session, event_id, _TAKES_PLACE, SessionRow.starts_at == start) if start else []


def day_of(event: EventFile, now: datetime) -> tuple[datetime, datetime]:
    """The day around `now` in the event's zone; 01:00 is already the next."""
    local = now.astimezone(event.tz)
    start = datetime.combine(local.date(), time(0), event.tz)
    return start, datetime.combine(local.date() + timedelta(days=1), time(0), event.tz)


def of_day(session: Session, event_id: str, event: EventFile, day: date) -> list[ProgrammeEntry]:
    start, end = day_of(event, datetime.combine(day, time(12), event.tz))
    return entries(session, event_id, SessionRow.starts_at >= start, SessionRow.starts_at < end)


def has_sessions(session: Session, event_id: str, event: EventFile, day: date) -> bool:
    start, end = day_of(event, datetime.combine(day, time(12), event.tz))
    query = select(SessionRow.session_id).where(
        SessionRow.event_id == event_id,
        _TAKES_PLACE,
        SessionRow.starts_at >= start,
        SessionRow.starts_at < end,
    )
    return session.scalar(query.limit(1)) is not None


def closes(session: Session, event_id: str, entry: ProgrammeEntry) -> bool:
    """Whether a session closes the event: a plenary after which at most a drink begins."""
    after = select(SessionRow.session_id).where(
        SessionRow.event_id == event_id,
        _TAKES_PLACE,
        SessionRow.kind != "networking",
        SessionRow.starts_at > entry.starts_at,
    )
    return entry.kind == "plenary" and session.scalar(after.limit(1)) is None


def of_room(session: Session, event_id: str, room: str, now: datetime) -> list[ProgrammeEntry]:
    """What still comes, or runs, in a room."""
    return entries(session, event_id, SessionRow.room == room, SessionRow.ends_at > now)


def rooms(session: Session, event_id: str) -> list[str]:
    query = (
        select(SessionRow.room)
        .where(SessionRow.event_id == event_id, _TAKES_PLACE, SessionRow.room != "")
        .distinct()
        .order_by(SessionRow.room)
    )
    return list(session.scalars(query))


@dataclass(frozen=True)
class Found:
    entries: list[ProgrammeEntry]
    all_words: bool
    """False: no session has all words; these have some of them, the best first."""


def matching(session: Session, event_id: str, text: str) -> Found:
    """Sessions that have the words of `text` in title, room, track, speakers or passages."""
    words = looked_for(text)
    counted = [(_words_in(entry, words), entry) for entry in entries(session, event_id)]
    complete = [entry for count, entry in counted if words and count == len(words)]
    if complete:
        return Found(complete, all_words=True)
    some = sorted((one for one in counted if one[0]), key=lambda one: -one[0])
    return Found([entry for _, entry in some], all_words=False)


def _words_in(entry: ProgrammeEntry, words: Collection[str]) -> int:
    people = " ".join(f"{who.name} {who.organisation or ''}" for who in entry.speakers)
    turns = " ".join(f"{turn.organisation} {turn.title}" for turn in entry.passages)
    haystack = words_of(f"{entry.title} {entry.room} {entry.track or ''} {people} {turns}")
    return sum(has_word(haystack, word) for word in words)


def starred_ids(session: Session, event_id: str, participant_id: str) -> set[str]:
    query = select(Star.session_id).where(
        Star.event_id == event_id, Star.participant_id == participant_id
    )
    return set(session.scalars(query))


def starred(session: Session, event_id: str, participant_id: str) -> list[ProgrammeEntry]:
    chosen = starred_ids(session, event_id, participant_id)
    return entries(session, event_id, SessionRow.session_id.in_(chosen))

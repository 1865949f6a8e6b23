"""What Maillon says about the programme by itself. Arguments are ids; cards are made at send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import Reader
from bot.features.events.model import EventFile
from bot.features.people.tables import Participant
from bot.features.programme.changes import MATERIALS
from bot.features.programme.model import DELAYED, ON_TIME, Change
from bot.features.programme.queries import ProgrammeEntry, entries_by_id
from bot.features.programme.tables import (
    AnnouncedSession,
    Announcement,
    Notice,
    Reminder,
    SpeakerRow,
)
from bot.features.programme.views import Asker, view_asked_for
from bot.features.programme.wording import (
    accessibility_line,
    ask_action,
    in_short,
    late_by,
    material_links,
    moved_from,
    now_with,
    other_room,
    overrun,
    passage_lines,
    place_line,
    put_off,
    speaker_line,
    star_action,
    takes_place,
)

_NEXT_STEPS = {"networking": "programme.view"}
"""The next step that fits a kind; every other kind offers a place in one's own programme."""


@dataclass(frozen=True)
class SessionsAnnounced:
    """The sessions that start together, in the channel that their rooms or tracks share."""

    name: ClassVar[str] = "programme.announced"
    version: ClassVar[int] = 1
    fleeting: ClassVar[bool] = True
    event_id: str
    announcement_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        told = session.get_one(Announcement, (self.event_id, self.announcement_id))
        rows = session.scalars(
            select(AnnouncedSession).where(
                AnnouncedSession.event_id == self.event_id,
                AnnouncedSession.announcement_id == self.announcement_id,
            )
        ).all()
        found = entries_by_id(session, self.event_id, [row.session_id for row in rows])
        live = {row.session_id for row in rows if row.live}
        shown = sorted(found.values(), key=lambda entry: _first_what_takes_place(entry, live))
        started = any(not found[one].cancelled for one in live)
        title = (
            _under_way(shown, reader)
            if started
            else reader.gettext("At {time}").format(time=reader.time(told.starts_at))
        )
        return Card(
            summary=f"{title} · {in_short(shown, reader, event.language)}",
            title=title,
            sections=tuple(
                _announced(entry, told.starts_at, entry.session_id in live, started, event, reader)
                for entry in shown
            ),
        )


def _under_way(shown: Sequence[ProgrammeEntry], reader: Reader) -> str:
    """« En cours, fin prévue à 10 h 40 (+10 min) »; of several, each says so by itself."""
    title = reader.gettext("Under way")
    late = overrun(shown[0], reader) if len(shown) == 1 else ""
    return reader.gettext("{title}, {late}").format(title=title, late=late) if late else title


def _first_what_takes_place(entry: ProgrammeEntry, live: set[str]) -> tuple[bool, bool, str, str]:
    """Under a heading that says *under way*, what is under way; what is cancelled comes last."""
    return entry.cancelled, entry.session_id not in live, entry.room, entry.session_id


def _announced(
    entry: ProgrammeEntry,
    told_start: datetime,
    live: bool,
    others_live: bool,
    event: EventFile,
    reader: Reader,
) -> Section:
    note = ""
    if entry.cancelled:
        note = reader.gettext("Cancelled")
    elif entry.starts_at != told_start and not live:
        note = put_off(entry, told_start, reader)
    elif others_live and not live:
        note = reader.gettext("At {time}").format(time=reader.time(entry.starts_at))
    until = overrun(entry, reader) or reader.gettext("until {time}").format(
        time=reader.time(entry.ends_at)
    )
    facts = f"{place_line(entry, reader)} · {until}"
    who = (speaker_line(entry, reader), *passage_lines(entry, reader))
    return Section(
        entry.title,
        tuple(filter(None, (note, facts, accessibility_line(entry, reader), *who))),
        () if entry.cancelled else _next_steps(entry, event, reader),
        material_links(entry),
    )


def _next_steps(entry: ProgrammeEntry, event: EventFile, reader: Reader) -> tuple[Action, ...]:
    if entry.kind in _NEXT_STEPS:
        return (Action(reader.gettext("Next sessions"), _NEXT_STEPS[entry.kind], ("next",)),)
    if entry.kind in event.questions.kinds:
        return (star_action(entry, reader), ask_action(reader, entry.session_id))
    return (star_action(entry, reader),)


@dataclass(frozen=True)
class SessionsStartSoon:
    """The reminder to who chose them; sessions whose reminders lie close share one."""

    name: ClassVar[str] = "programme.reminder"
    version: ClassVar[int] = 1
    fleeting: ClassVar[bool] = True
    event_id: str
    reminder_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        rows = session.scalars(
            select(Reminder).where(
                Reminder.event_id == self.event_id, Reminder.reminder_id == self.reminder_id
            )
        ).all()
        told = {row.session_id: row.told_start for row in rows}
        shown = list(entries_by_id(session, self.event_id, told).values())
        return Card(
            summary=" · ".join(_soon(entry, told, reader) for entry in shown),
            sections=tuple(
                Section(
                    entry.title,
                    tuple(
                        filter(None, (_soon_line(entry, told, reader), place_line(entry, reader)))
                    ),
                )
                for entry in shown
            ),
            actions=(fewer_action(reader),),
        )


def _soon_line(entry: ProgrammeEntry, told: dict[str, datetime], reader: Reader) -> str:
    if entry.cancelled:
        return reader.gettext("Cancelled")
    if moved := put_off(entry, told[entry.session_id], reader):
        return moved
    return reader.gettext("At {time}").format(time=reader.time(entry.starts_at))


def _soon(entry: ProgrammeEntry, told: dict[str, datetime], reader: Reader) -> str:
    return ", ".join(filter(None, (_soon_line(entry, told, reader), entry.title, entry.room)))


def fewer_action(reader: Reader) -> Action:
    """Under every direct message that no gesture asked for."""
    return Action(reader.gettext("Fewer messages"), "people.fewer", ("yes",))


@dataclass(frozen=True)
class ProgrammeChanged:
    """The changes that were made together, told once to a channel or to one person."""

    name: ClassVar[str] = "programme.changed"
    version: ClassVar[int] = 1
    event_id: str
    telling_id: str
    personal: bool

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        rows = session.scalars(
            select(Notice)
            .where(Notice.event_id == self.event_id, Notice.telling_id == self.telling_id)
            .order_by(Notice.notice_id)
        ).all()
        found = entries_by_id(session, self.event_id, [row.session_id for row in rows])
        shown = sorted(rows, key=lambda row: (found[row.session_id].starts_at, row.session_id))
        sections = tuple(_changed(found[row.session_id], row, reader) for row in shown)
        title = _what_this_is(rows, reader)
        told = " · ".join(f"{part.title}, {part.lines[0]}" for part in sections)
        return Card(
            summary=f"{title} · {told}",
            title=title,
            sections=sections,
            actions=(fewer_action(reader),) if self.personal else (),
        )


def _what_this_is(rows: Sequence[Notice], reader: Reader) -> str:
    kinds = {kind for row in rows for kind in row.kinds}
    if kinds == {DELAYED}:
        return reader.gettext("Running late")
    if kinds == {ON_TIME}:
        return reader.gettext("As planned again")
    if kinds == {MATERIALS}:
        return reader.gettext("Documents of your sessions")
    return reader.ngettext("A change in the programme", "Changes in the programme", len(rows))


def _changed(entry: ProgrammeEntry, notice: Notice, reader: Reader) -> Section:
    links = material_links(entry) if MATERIALS in notice.kinds else ()
    lines = (*_what_changed(entry, notice, reader), place_line(entry, reader))
    return Section(entry.title, lines, links=links)


def _what_changed(entry: ProgrammeEntry, notice: Notice, reader: Reader) -> Sequence[str]:
    if entry.cancelled:
        return [reader.gettext("Cancelled")]
    lines = []
    before = notice.from_start or entry.starts_at
    if Change.RETURNED in notice.kinds:
        lines.append(takes_place(entry.starts_at, before, reader))
    elif ON_TIME in notice.kinds:
        lines.append(_again(entry, before, reader))
    elif DELAYED in notice.kinds and (late := entry.late_since(before)):
        delayed = reader.gettext("{late}: at {time} (instead of {before})")
        lines.append(
            delayed.format(
                late=late_by(late, reader),
                time=reader.time(entry.starts_at),
                before=reader.time(before),
            )
        )
    elif before != entry.starts_at:
        lines.append(moved_from(entry.starts_at, before, reader))
    if Change.ROOM_MOVED in notice.kinds and notice.from_room != entry.room:
        lines.append(other_room(entry.room, notice.from_room, reader))
    if Change.SPEAKERS_CHANGED in notice.kinds:
        lines.append(now_with(entry, reader))
    if MATERIALS in notice.kinds:
        count = len(entry.materials)
        lines.append(
            reader.ngettext("{count} document", "{count} documents", count).format(
                count=reader.number(count)
            )
        )
    return lines or [reader.gettext("At {time}").format(time=reader.time(entry.starts_at))]


def _again(entry: ProgrammeEntry, before: datetime, reader: Reader) -> str:
    """A delay was taken back, of a start or of an end alone; another may still stand."""
    if entry.starts_at == before:
        if late := overrun(entry, reader):
            return late[0].upper() + late[1:]
        ends = reader.gettext("Ends at {time}, as planned")
        return ends.format(time=reader.time(entry.ends_at))
    starts = (
        reader.gettext("At {time}, as planned")
        if entry.starts_at == entry.planned_starts_at
        else reader.gettext("At {time}")
    )
    return starts.format(time=reader.time(entry.starts_at))


@dataclass(frozen=True)
class SpeakersToConfirm:
    """To the organisers: who a speaker without an address may be; one tap each."""

    name: ClassVar[str] = "programme.speakers_to_confirm"
    version: ClassVar[int] = 1
    event_id: str
    asked: list[list[str]]
    """[session id, position, participant id] of each speaker."""

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        title = reader.gettext("Are these speakers participants?")
        return Card(
            summary=title,
            title=title,
            sections=tuple(self._section(session, one, reader) for one in self.asked),
        )

    def _section(self, session: Session, asked: list[str], reader: Reader) -> Section:
        session_id, position, participant_id = asked
        speaker = session.get(SpeakerRow, (self.event_id, session_id, int(position)))
        person = session.get_one(Participant, (self.event_id, participant_id))
        entry = entries_by_id(session, self.event_id, [session_id])[session_id]
        if speaker is None or person.erased:
            return Section(entry.title, (reader.gettext("No longer in the programme"),))
        identified = ", ".join(filter(None, (person.name, person.organisation)))
        if speaker.participant_id:
            return Section(speaker.name, (reader.gettext("Confirmed"), entry.title))
        ask = reader.gettext("On the list of participants: {person}").format(person=identified)
        action = Action(reader.gettext("This is the same person"), "programme.link", tuple(asked))
        return Section(speaker.name, (entry.title, ask), (action,))


@dataclass(frozen=True)
class ProgrammeAnswer:
    """What somebody asked for by writing to Maillon."""

    name: ClassVar[str] = "programme.answer"
    version: ClassVar[int] = 1
    fleeting: ClassVar[bool] = True
    event_id: str
    participant_id: str
    words: str
    at: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        now = datetime.fromisoformat(self.at)
        asker = Asker(self.event_id, event, self.participant_id, reader, now)
        return view_asked_for(session, asker, self.words)


MESSAGES = (
    SessionsAnnounced,
    SessionsStartSoon,
    ProgrammeChanged,
    SpeakersToConfirm,
    ProgrammeAnswer,
)

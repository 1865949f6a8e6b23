"""Running late in the chat: private answers to who says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import Reader
from bot.features.delays.actions import Undone, announce_delay, undo_delay
from bot.features.delays.model import OFFERED, Preview
from bot.features.delays.previewing import preview
from bot.features.delays.queries import meant
from bot.features.delays.rights import refusal
from bot.features.delays.wording import sentences, stands, taken_back
from bot.features.events.model import EventFile
from bot.features.people.tables import Participant
from bot.features.programme.queries import ProgrammeEntry, entries_by_id

MOST = 5
"""Sessions to choose from."""


def asked_view(
    session: Session,
    event: EventFile,
    person: Participant,
    channel: str,
    minutes: int,
    reader: Reader,
    now: datetime,
) -> Card:
    """`/maillon retard 10`, or without the minutes: 0."""
    mine, all_there = meant(session, event, person, channel, now)
    if not all_there:
        nothing = reader.gettext("No session runs here, and none is to come today.")
        return Card(nothing)
    if not mine:
        raise refusal(session, person.event_id, all_there[0].session_id)
    if len(mine) > 1:
        return _which(mine, minutes, reader)
    if not minutes:
        return minutes_view(mine[0], reader)
    found = preview(session, person, mine[0].session_id, minutes, now)
    return preview_view(found, reader)


def _which(found: Sequence[ProgrammeEntry], minutes: int, reader: Reader) -> Card:
    title = reader.gettext("Which session runs late?")
    label = reader.gettext("+{minutes} min").format(minutes=minutes) if minutes else ""
    sections = tuple(
        Section(
            one.title,
            (one.room,) if one.room else (),
            (_late_by(one.session_id, minutes, label),)
            if minutes
            else tuple(_late_by(one.session_id, each, f"+{each}") for each in OFFERED),
        )
        for one in found[:MOST]
    )
    return Card(summary=title, title=title, sections=sections)


def minutes_view(entry: ProgrammeEntry, reader: Reader) -> Card:
    title = reader.gettext("By how many minutes?")
    actions = tuple(_late_by(entry.session_id, each, f"+{each}") for each in OFFERED)
    return Card(
        summary=f"{title} {entry.title}",
        title=title,
        sections=(Section(entry.title, (entry.room,) if entry.room else ()),),
        actions=actions,
    )


def _late_by(session_id: str, minutes: int, label: str) -> Action:
    return Action(label, "delays.preview", (session_id, str(minutes), ""))


def preview_view(of: Preview, reader: Reader) -> Card:
    said = " ".join(sentences(of, reader))
    entry = of.late.entry
    about = (entry.session_id, str(of.minutes))
    whole = "whole" if of.whole else ""
    actions = [
        Action(reader.gettext("Confirm"), "delays.confirm", (*about, of.seen, whole), primary=True)
    ]
    if not of.whole:
        actions.append(
            Action(reader.gettext("Shift all that follows"), "delays.preview", (*about, "whole"))
        )
    return Card(
        summary=said, title=entry.title, sections=(Section("", (said,)),), actions=tuple(actions)
    )


def confirmed_view(
    session: Session,
    person: Participant,
    session_id: str,
    minutes: int,
    seen: str,
    whole: bool,
    reader: Reader,
    now: datetime,
) -> Card:
    delay_id = announce_delay(session, person, session_id, minutes, seen, now, whole=whole)
    entry = entries_by_id(session, person.event_id, [session_id])[session_id]
    said = stands(entry, minutes, reader)
    undo = Action(reader.gettext("Undo"), "delays.undo", (delay_id,))
    return Card(summary=said, title=entry.title, sections=(Section("", (said,)),), actions=(undo,))


def undone_view(
    session: Session, person: Participant, delay_id: str, reader: Reader, now: datetime
) -> Card:
    done: Undone = undo_delay(session, person, delay_id, now)
    entry = entries_by_id(session, person.event_id, [done.session_id])[done.session_id]
    said = taken_back(entry, done.people, reader)
    return Card(summary=said, title=entry.title, sections=(Section("", (said,)),))

"""What is said in the morning. Arguments are ids; the card is made at send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import NBSP, Reader
from bot.features.bulletins.views import infos_action
from bot.features.events.model import EventFile
from bot.features.home.changed import changed_since
from bot.features.home.tables import MorningMessage
from bot.features.introductions.round_messages import round_name
from bot.features.introductions.tables import CALLED, PLANNED, Round
from bot.features.people.profile_views import meet_action
from bot.features.programme.queries import ProgrammeEntry, of_day
from bot.features.programme.wording import in_short, place_line

STARTS = 16
"""Moments of the day that are told; of a longer day, those of plenaries and round tables."""
AT_ONCE = 3
CHANGES = 5


@dataclass(frozen=True)
class MorningOfTheDay:
    """In the general channel: what begins, the day at a glance, what changed, whom to meet."""

    name: ClassVar[str] = "home.morning"
    version: ClassVar[int] = 1
    fleeting: ClassVar[bool] = True
    event_id: str
    day: str
    """ISO 8601."""

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        day = date.fromisoformat(self.day)
        told = session.get_one(MorningMessage, (self.event_id, day))
        entries = [one for one in of_day(session, self.event_id, event, day) if not one.cancelled]
        changes = _changes(session, event, told, reader)
        first = _first(entries, reader)
        title = reader.gettext("The programme of the day")
        begins = f"{first[0].title} · {in_short(_starting_first(entries), reader)}" if first else ""
        return Card(
            summary=" · ".join(filter(None, (title, reader.day(day), begins))),
            title=f"{title} · {reader.day(day)}",
            sections=(
                *first,
                Section("", _at_a_glance(entries, reader)),
                *changes,
                *_introductions(session, self.event_id, event, day, reader),
            ),
            actions=(
                Action(reader.gettext("Programme"), "programme.view", ("today",)),
                Action(reader.gettext("My programme"), "programme.view", ("mine",)),
                *infos_action(session, self.event_id, reader),
            ),
        )


def _starting_first(entries: Sequence[ProgrammeEntry]) -> list[ProgrammeEntry]:
    """What the day begins with: entries come by their start."""
    return [one for one in entries if one.starts_at == entries[0].starts_at]


def _first(entries: Sequence[ProgrammeEntry], reader: Reader) -> list[Section]:
    """What begins the day."""
    shown = _starting_first(entries)
    if not shown:
        return []
    heading = reader.gettext("At {time}").format(time=reader.time(shown[0].starts_at))
    return [
        Section(
            heading, tuple(f"{one.title} · {place_line(one, reader)}" for one in shown[:AT_ONCE])
        )
    ]


def _at_a_glance(entries: Sequence[ProgrammeEntry], reader: Reader) -> tuple[str, ...]:
    """A line a moment, after the first."""
    shown = list(entries[len(_starting_first(entries)) :] if entries else [])
    if len({one.starts_at for one in shown}) > STARTS:
        shown = [one for one in shown if one.kind in ("plenary", "round_table")]
    moments = groupby(shown, key=lambda one: one.starts_at)
    lines = [
        f"{reader.time(start)} · {_titles(list(together), reader)}" for start, together in moments
    ]
    return tuple(lines[:STARTS])


def _titles(together: Sequence[ProgrammeEntry], reader: Reader) -> str:
    separator = f"{NBSP}; " if reader.language == "fr" else "; "
    titles = [one.title for one in together[:AT_ONCE]]
    if left := len(together) - len(titles):
        more = reader.ngettext("… and {count} more", "… and {count} more", left)
        titles.append(more.format(count=reader.number(left)))
    return separator.join(titles)


def _changes(
    session: Session, event: EventFile, told: MorningMessage, reader: Reader
) -> list[Section]:
    if told.since is None:
        return []
    found = changed_since(session, told.event_id, event, told.day, told.since, told.told_at)
    changed = [(one, lines) for one in found if (lines := one.lines(reader))]
    if not changed:
        return []
    title = reader.ngettext("A change in the programme", "Changes in the programme", len(changed))
    told_of = [f"{one.entry.title} · {' · '.join(what)}" for one, what in changed[:CHANGES]]
    if left := len(changed) - len(told_of):
        more = reader.ngettext("… and {count} more", "… and {count} more", left)
        told_of.append(more.format(count=reader.number(left)))
    return [Section(title, tuple(told_of))]


def _introductions(
    session: Session, event_id: str, event: EventFile, day: date, reader: Reader
) -> list[Section]:
    """The rounds to which one can still say yes; the form asks what they need."""
    rows = session.scalars(
        select(Round)
        .where(Round.event_id == event_id, Round.state.in_((PLANNED, CALLED)))
        .order_by(Round.window_at)
    )
    of_today = [row for row in rows if row.window_at.astimezone(event.tz).date() == day]
    if not of_today:
        return []
    names = " · ".join(round_name(row, reader) for row in of_today)
    about = reader.gettext("A quarter of an hour with somebody who seeks what you offer.")
    return [Section(names, (about,), (meet_action(reader),))]


MESSAGES = (MorningOfTheDay,)

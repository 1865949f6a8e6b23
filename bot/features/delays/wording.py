"""A delay in sentences, the same in the chat and on the host's page."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.i18n import NBSP, Reader
from bot.features.delays.model import Moved, Preview
from bot.features.programme.queries import ProgrammeEntry

NAMED = 3


def sentences(of: Preview, reader: Reader) -> list[str]:
    """« Fin à 10 h 40. La pause absorbe le retard : rien ne bouge à 11 h 00. … »"""
    consequences = _whole(of, reader) if of.whole else _others(of, reader)
    rounds = reader.gettext("Introductions put off to {time}.")
    return [
        _late(of, reader),
        *consequences,
        *(rounds.format(time=reader.time(one)) for one in of.rounds),
        people_told(of.people, reader),
    ]


def people_told(people: int, reader: Reader) -> str:
    if not people:
        return reader.gettext("Nobody has to be told.")
    told = reader.ngettext("{count} person is told.", "{count} people are told.", people)
    return told.format(count=reader.number(people))


def stands(entry: ProgrammeEntry, minutes: int, reader: Reader) -> str:
    """« Retard annoncé : +10 min, fin à 10 h 40. »"""
    said = reader.gettext("Delay announced: +{minutes} min, ends at {time}.")
    return said.format(minutes=reader.number(minutes), time=reader.time(entry.ends_at))


def taken_back(entry: ProgrammeEntry, people: int, reader: Reader) -> str:
    """« Retour à l'heure prévue : fin à 10 h 30. 12 personnes prévenues. »"""
    said = reader.gettext("The delay is taken back: ends at {time}.")
    return f"{said.format(time=reader.time(entry.ends_at))} {people_told(people, reader)}"


def _late(of: Preview, reader: Reader) -> str:
    end = reader.time(of.late.ends_at)
    if of.begun:
        return reader.gettext("Ends at {end}.").format(end=end)
    starts = reader.gettext("Starts at {start}, ends at {end}.")
    return starts.format(start=reader.time(of.late.starts_at), end=end)


def _whole(of: Preview, reader: Reader) -> list[str]:
    room = of.late.entry.room
    count = sum(of.everybody or one.entry.room == room for one in of.others)
    if not count:
        return [reader.gettext("Nothing follows."), *_break_on_time(of, reader)]
    if of.everybody:
        moved = reader.ngettext(
            "All that follows starts {minutes} min later: {count} session.",
            "All that follows starts {minutes} min later: {count} sessions.",
            count,
        )
    else:
        moved = reader.ngettext(
            "All that follows in this room starts {minutes} min later: {count} session.",
            "All that follows in this room starts {minutes} min later: {count} sessions.",
            count,
        )
    told = moved.format(minutes=reader.number(of.minutes), count=reader.number(count))
    return [told, *_break_on_time(of, reader)]


def _others(of: Preview, reader: Reader) -> list[str]:
    absorbed = bool(of.others)
    if not all(one.absorbs for one in of.others):
        return [_pushed(of.others, reader), *_break_on_time(of, reader)]
    at = reader.time(of.on_time_at) if of.on_time_at else ""
    if absorbed and at:
        told = reader.gettext("The break absorbs the delay: nothing moves at {time}.")
    elif absorbed:
        told = reader.gettext("The break absorbs the delay.")
    elif at:
        told = reader.gettext("Nothing else moves: {time} stays.")
    else:
        told = reader.gettext("Nothing else moves.")
    return [told.format(time=at), *_break_on_time(of, reader)]


def _pushed(moved: Sequence[Moved], reader: Reader) -> str:
    separator = f"{NBSP}; " if reader.language == "fr" else "; "
    at = reader.gettext("{session} at {time}")
    parts = [
        at.format(session=one.entry.title, time=reader.time(one.starts_at)) for one in moved[:NAMED]
    ]
    if (left := len(moved) - NAMED) > 0:
        more = reader.ngettext("{count} more", "{count} more", left)
        parts.append(more.format(count=reader.number(left)))
    return reader.gettext("Also later: {sessions}.").format(sessions=separator.join(parts))


def _break_on_time(of: Preview, reader: Reader) -> list[str]:
    if of.break_at is None:
        return []
    told = reader.gettext("The break begins on time for the others, at {time}.")
    return [told.format(time=reader.time(of.break_at))]

"""When a session starts and ends, from the many ways in which files say it.

Everything that leaves this module is aware and in UTC. An offset written in the file wins;
a local time is resolved in the zone of the programme.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.i18n import N_
from bot.features.programme.formats.fields import shown
from bot.features.programme.formats.parsed import Notes

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?", re.ASCII)
_DURATION = re.compile(
    r"(?:(?P<days>\d{1,2}):(?=\d{2}:))?(?P<hours>\d{1,3}):(?P<minutes>\d{2})"
    r"|(?P<just_minutes>\d{1,5})"
    r"|P(?:(?P<iso_days>\d{1,2})D)?(?:T(?:(?P<iso_hours>\d{1,3})H)?"
    r"(?:(?P<iso_minutes>\d{1,4})M)?(?:(?P<iso_seconds>\d{1,5})S)?)?",
    re.ASCII,
)
_YEARS = range(1970, 2200)
_LONGEST = timedelta(days=31)
_EVENING = timedelta(hours=12)


@dataclass(frozen=True)
class Day:
    """A day of the programme, which may last into the next of the calendar."""

    date: date | None = None
    opens: datetime | None = None
    """Its first moment, local time: what is listed earlier belongs to the next morning."""


def day_of(record: Mapping[str, object], zone: ZoneInfo) -> Day:
    opens = _moment(record.get("day_start"))
    if opens is not None and opens.tzinfo is not None:
        opens = opens.astimezone(zone).replace(tzinfo=None)
    day = _date(record.get("date")) or (opens.date() if opens else None)
    clock = _clock(record.get("day_start"))
    if day and clock:
        opens = datetime.combine(day, clock)
    return Day(day, opens)


def start_of(
    session: Mapping[str, object], day: Day, zone: ZoneInfo, notes: Notes
) -> datetime | None:
    """`date` tells it all, or `start` does, or `start` is a time of the day of `date` or `day`."""
    clock = _clock(session.get("start"))
    stated = _moment(session.get("date")) or _moment(session.get("start"))
    if stated is not None and stated.tzinfo is not None:
        _compare(stated, clock, zone, notes)
        return stated.astimezone(UTC)
    if clock is not None and (listed := _listed_date(session.get("date"), day, notes)):
        local = datetime.combine(listed, clock)
        if day.opens and listed == day.opens.date() and local < day.opens:
            local += timedelta(days=1)
        return _resolved(local, zone, notes)
    if stated is not None:
        return _resolved(stated, zone, notes)
    given = [shown(session[key]) for key in ("date", "start") if session.get(key)]
    if given and (session.get("start") or _date(session.get("date")) is None):
        notes.refuse(N_("The start cannot be read: {value}."), value=", ".join(given))
    else:
        notes.refuse(N_("The start is missing."))
    return None


def end_of(
    session: Mapping[str, object], start: datetime, zone: ZoneInfo, notes: Notes
) -> datetime | None:
    """The duration counts in absolute time: a change of the clocks does not stretch it."""
    if session.get("duration") not in (None, ""):
        length = duration(session["duration"])
        if length is None:
            value = shown(session["duration"])
            notes.refuse(N_("The duration cannot be read: {value}."), value=value)
            return None
        end = start + length
    elif session.get("end") not in (None, ""):
        stated = _stated_end(session["end"], start, zone, notes)
        if stated is None:
            notes.refuse(N_("The end cannot be read: {value}."), value=shown(session["end"]))
            return None
        end = stated
    else:
        notes.refuse(N_("The duration is missing, and so is the end."))
        return None
    if end < start:
        notes.refuse(N_("The session ends before it starts."))
        return None
    if end == start:
        notes.warn(N_("The session lasts no time: it ends when it starts."))
    return end


def duration(value: object) -> timedelta | None:
    """Minutes, "45", "00:45", "1:30", "1:02:30" (days, hours, minutes) or "PT45M"."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        if not math.isfinite(value) or not 0 <= value <= _LONGEST / timedelta(minutes=1):
            return None
        return timedelta(minutes=value)
    found = _DURATION.fullmatch(value.strip().upper()) if isinstance(value, str) else None
    if found is None or not any(found.groups()):
        return None
    parts = {name: int(digits) for name, digits in found.groupdict(default="0").items()}
    # "01:30:00" would be read as a day and thirty hours: its author means seconds.
    if parts["minutes"] > 59 or (found["days"] and parts["hours"] > 23):
        return None
    length = timedelta(
        days=parts["days"] + parts["iso_days"],
        hours=parts["hours"] + parts["iso_hours"],
        minutes=parts["minutes"] + parts["just_minutes"] + parts["iso_minutes"],
        seconds=parts["iso_seconds"],
    )
    return length if length <= _LONGEST else None


def _moment(value: object) -> datetime | None:
    """A date with a time, aware or not, in years that leave room for arithmetic."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value.strip()):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return moment if moment.year in _YEARS else None


def _date(value: object) -> date | None:
    moment = _moment(value)
    if moment is not None:
        return moment.date()
    if not isinstance(value, str) or not _DATE.fullmatch(value.strip()):
        return None
    try:
        found = date.fromisoformat(value.strip())
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def _clock(value: object) -> time | None:
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    return time(int(found[1]), int(found[2]))


def _compare(stated: datetime, clock: time | None, zone: ZoneInfo, notes: Notes) -> None:
    """Editing `start` by hand and forgetting `date` is easily done."""
    told = {stated.time().replace(second=0), stated.astimezone(zone).time().replace(second=0)}
    if clock is not None and clock not in told:
        notes.warn(
            N_("The date and the start disagree ({date}, {start}); the date is used."),
            date=stated.isoformat(),
            start=clock.isoformat("minutes"),
        )


def _listed_date(value: object, day: Day, notes: Notes) -> date | None:
    own = _date(value)
    if own is None and day.date is not None and value not in (None, ""):
        notes.warn(
            N_("The date cannot be read ({value}); the day it is listed under is used."),
            value=shown(value),
        )
    return own or day.date


def _stated_end(value: object, start: datetime, zone: ZoneInfo, notes: Notes) -> datetime | None:
    end = _moment(value)
    if end is not None:
        return end.astimezone(UTC) if end.tzinfo else _resolved(end, zone, notes)
    clock = _clock(value)
    if clock is None:
        return None
    local_start = start.astimezone(zone).replace(tzinfo=None)
    local = datetime.combine(local_start.date(), clock)
    if local + _EVENING < local_start:  # 23:00 to 01:00, but not 10:00 to 09:00
        local += timedelta(days=1)
    return _resolved(local, zone, notes)


def _resolved(local: datetime, zone: ZoneInfo, notes: Notes) -> datetime:
    aware = local.replace(tzinfo=zone, fold=0)
    first, second = aware.utcoffset(), aware.replace(fold=1).utcoffset()
    assert first is not None
    assert second is not None
    moment = aware.astimezone(UTC)
    time_given = local.isoformat(" ", "minutes")
    if first < second:
        notes.warn(
            N_("The clocks skip {local}; {used} is used."),
            local=time_given,
            used=moment.astimezone(zone).isoformat(" ", "minutes"),
        )
    elif first > second:
        notes.warn(
            N_("The clocks show {local} twice that day; the first time is used."),
            local=time_given,
        )
    return moment

"""iCalendar (RFC 5545): one session for each event, and for each time that an event repeats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.core.i18n import N_
from bot.features.programme.formats.fields import shown, text
from bot.features.programme.formats.listing import Context, Listed, Record, assembled, zone_named
from bot.features.programme.formats.moments import Day
from bot.features.programme.formats.parsed import Notes, ParsedProgramme, UnreadableProgrammeError
from bot.features.programme.formats.written import people_of

if TYPE_CHECKING:
    from icalendar import Calendar, Event

FORM = "icalendar"
MOST_TIMES = 500
_LONGEST_RUN = timedelta(days=400)
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")


def parse_calendar(source: str, *, zone: str, kinds: Mapping[str, str]) -> ParsedProgramme:
    calendars = _calendars(source)
    notes = Notes()
    named = next((text(str(one.get("X-WR-TIMEZONE") or "")) for one in calendars), "")
    local = zone_named(named, zone, notes)
    events = [event for one in calendars for event in one.events]
    records = list(_records(events, local, notes))
    if not records and not notes.problems:
        raise UnreadableProgrammeError(N_("This {form} contains no session."), form="iCalendar")
    listed = [Listed(record, "", Day(), number) for number, record in enumerate(records, start=1)]
    title = next((text(str(one.get("X-WR-CALNAME") or "")) for one in calendars), "")
    context = Context(local, kinds, {})
    return assembled(listed, context, notes, title=title, form=FORM)


def _calendars(source: str) -> list[Calendar]:
    from icalendar import Calendar

    try:
        return [one for one in Calendar.from_ical(source, multiple=True) if one.name == "VCALENDAR"]
    except Exception as error:  # whatever a library makes of a file that is damaged
        raise UnreadableProgrammeError(
            N_("This iCalendar file is damaged and cannot be read: {reason}."),
            reason=shown(str(error)),
        ) from error


def _records(events: list[Event], local: ZoneInfo, notes: Notes) -> Iterator[Record]:
    changed = {
        (text(str(event.get("UID") or "")), _key(_value(event, "RECURRENCE-ID"), local))
        for event in events
        if event.get("RECURRENCE-ID") is not None and not event.errors
    }
    for number, event in enumerate(events, start=1):
        label = text(str(event.get("SUMMARY") or ""))
        about = notes.about(f"{label} (#{number})" if label else f"#{number}")
        try:
            yield from list(_of_event(event, number, local, changed, about))
        except Exception as error:  # whatever a library makes of a value that is damaged
            about.refuse(
                N_("It is damaged and cannot be read: {reason}."), reason=shown(str(error))
            )


def _of_event(
    event: Event, number: int, local: ZoneInfo, changed: set[tuple[str, str]], notes: Notes
) -> Iterator[Record]:
    if not _is_whole(event, notes):
        return
    start = _value(event, "DTSTART")
    if not _takes_place(event, start, notes) or not isinstance(start, datetime):
        return
    length = _end(event, start) - start
    told, place = _facts(event), f"#{number}"
    uid = text(str(event.get("UID") or ""))
    if event.get("RECURRENCE-ID") is not None:
        key = _key(_value(event, "RECURRENCE-ID"), local)
        yield _record(told, place, f"{uid}#{key}", start, length)
    elif event.get("RRULE") is None and event.get("RDATE") is None:
        yield _record(told, place, uid, start, length)
    else:
        for one in _times(event, start, local, notes):
            if (uid, key := _key(one, local)) not in changed:
                yield _record(told, place, f"{uid}#{key}", one, length)


def _is_whole(event: Event, notes: Notes) -> bool:
    for name, reason in event.errors:
        notes.refuse(
            N_("{property} cannot be read: {value}."),
            property=shown(str(name or "")),
            value=shown(str(reason)),
        )
    return not event.errors


def _takes_place(event: Event, start: date | None, notes: Notes) -> bool:
    if text(str(event.get("STATUS") or "")).upper() == "CANCELLED":
        notes.warn(N_("It is marked as cancelled: it is left out."))
        return False
    if start is None:
        notes.refuse(N_("The start is missing."))
    elif not isinstance(start, datetime):
        notes.warn(N_("It lasts all day, without a time: it is left out."))
    else:
        return not any(_unknown_zone(event, name, notes) for name in ("DTSTART", "DTEND"))
    return False


def _record(
    told: Mapping[str, object], place: str, uid: str, start: datetime, length: timedelta
) -> Record:
    # Within one zone the clock on the wall adds up: a session does not last an hour less at night.
    moments = {"guid": uid, "start": start.isoformat(), "end": (start + length).isoformat()}
    return Record.at(place, {**told, **moments})


def _facts(event: Event) -> dict[str, object]:
    people = [
        attendee.params["CN"]
        for attendee in _all(event.get("ATTENDEE"))
        if getattr(attendee, "params", {}).get("CN")
    ]
    categories = [
        text(str(name))
        for one in _all(event.get("CATEGORIES"))
        for name in getattr(one, "cats", [one])
    ]
    told: dict[str, object] = {
        "title": str(event.get("SUMMARY") or ""),
        "room": text(str(event.get("LOCATION") or "")),
        "abstract": str(event.get("DESCRIPTION") or ""),
        "url": str(event.get("URL") or ""),
        "persons": [one for name in people for one in people_of(str(name))],
    }
    return told | _category(categories)


def _category(categories: list[str]) -> dict[str, object]:
    """A category is a type where it is a known one, else the track."""
    from bot.features.programme.formats.kinds import kind_of

    types = [name for name in categories if kind_of(name, {})]
    tracks = [name for name in categories if name and name not in types]
    return {"type": types[0] if types else "", "track": tracks[0] if tracks else ""}


def _all(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _value(event: Event, name: str) -> date | datetime | None:
    given = event.get(name)
    if isinstance(given, list):
        given = given[0]
    moment = getattr(given, "dt", None)
    return moment if isinstance(moment, date) else None


def _end(event: Event, start: datetime) -> datetime:
    end = _value(event, "DTEND")
    if isinstance(end, datetime):
        return end.replace(tzinfo=end.tzinfo or start.tzinfo) if start.tzinfo else end
    length = getattr(event.get("DURATION"), "dt", None)
    return start + length if isinstance(length, timedelta) else start


def _unknown_zone(event: Event, name: str, notes: Notes) -> bool:
    """A zone that is named, but neither described in the file nor known: no time at all."""
    given = event.get(name)
    named = getattr(given, "params", {}).get("TZID")
    moment = _value(event, name)
    if not named or not isinstance(moment, datetime) or moment.tzinfo is not None:
        return False
    notes.refuse(N_("The time zone of the file is not known: {zone}."), zone=shown(str(named)))
    return True


def _key(moment: date | None, local: tzinfo) -> str:
    """One name for a time, whatever zone it is told in."""
    if not isinstance(moment, datetime):
        return moment.isoformat() if moment else ""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=local)
    return aware.astimezone(UTC).strftime("%Y%m%dT%H%MZ")


def _times(event: Event, start: datetime, local: ZoneInfo, notes: Notes) -> list[datetime]:
    """The starts of an event that repeats, without those that were taken out."""
    out = {_key(one, local) for one in _listed_times(event, "EXDATE", start)}
    given = [start, *_listed_times(event, "RDATE", start)]
    rule = event.get("RRULE")
    if isinstance(rule, list):
        notes.refuse(N_("It repeats by several rules at once."))
        return []
    if rule is not None:
        given += _by_rule(rule, start, local, notes)
    times = {_key(one, local): one for one in given}
    return [one for key, one in sorted(times.items()) if key not in out]


def _listed_times(event: Event, name: str, start: datetime) -> list[datetime]:
    found = [moment.dt for one in _all(event.get(name)) for moment in getattr(one, "dts", [])]
    return [
        one if isinstance(one, datetime) else datetime.combine(one, start.timetz())
        for one in found
        if isinstance(one, date)
    ]


def _by_rule(rule: Any, start: datetime, local: ZoneInfo, notes: Notes) -> list[datetime]:
    from dateutil.rrule import rrulestr

    if (
        not (rule.get("COUNT") or rule.get("UNTIL"))
        or rule.get("FREQ", [""])[0] not in _FREQUENCIES
    ):
        notes.refuse(N_("It repeats without an end, or by the hour: {rule}."), rule=_told(rule))
        return []
    until = _until(rule, start, local)
    bounds = ("UNTIL=", "COUNT=")
    words = ";".join(part for part in _told(rule).split(";") if not part.startswith(bounds))
    count = (rule.get("COUNT") or [MOST_TIMES + 1])[0]
    try:
        # The clock on the wall repeats, whatever becomes of the offset.
        wall = start.replace(tzinfo=None)
        last = min(until.replace(tzinfo=None), wall + _LONGEST_RUN)
        found = []
        for one in rrulestr(f"{words};UNTIL={last:%Y%m%dT%H%M%S}", dtstart=wall, ignoretz=True):
            found.append(one.replace(tzinfo=start.tzinfo))
            if len(found) >= min(count, MOST_TIMES + 1):
                break
    except (ValueError, TypeError, OverflowError, IndexError) as error:
        notes.refuse(
            N_("{property} cannot be read: {value}."), property="RRULE", value=shown(str(error))
        )
        return []
    if len(found) > MOST_TIMES:
        notes.refuse(N_("It repeats more than {count} times."), count=str(MOST_TIMES))
        return []
    return found


def _told(rule: Any) -> str:
    return str(rule.to_ical().decode())


def _until(rule: Any, start: datetime, local: ZoneInfo) -> datetime:
    given = (rule.get("UNTIL") or [start + _LONGEST_RUN])[0]
    if not isinstance(given, datetime):
        return datetime.combine(given, datetime.max.time())
    return given.astimezone(start.tzinfo or local) if given.tzinfo else given

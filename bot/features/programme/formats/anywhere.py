"""Sessions wherever they stand in a tree: JSON or XML whose nesting only resembles a schedule.

Whatever has a title and a start is a session; what is around it says the day, the room and the
track that it does not say itself. Where one element of a list is a session, all are: one of them
that lacks its start is refused with its place, never left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.core.i18n import N_
from bot.features.programme.formats.dates import AMBIGUOUS, Order, has_numbers, iso, order_of
from bot.features.programme.formats.fields import first, text
from bot.features.programme.formats.keys import told_apart, with_keys
from bot.features.programme.formats.listing import Context, Listed, assembled, zone_named
from bot.features.programme.formats.moments import day_of
from bot.features.programme.formats.names import is_named, plain, session_words
from bot.features.programme.formats.parsed import Notes, ParsedProgramme, UnreadableProgrammeError
from bot.features.programme.formats.written import many, record_of

_DEEPEST = 50
_NEVER = frozenset(
    [
        "persons",
        "speakers",
        "speaker",
        "links",
        "attachments",
        "answers",
        "questions",
        "questionanswers",
        "related",
        "sponsors",
        "resources",
    ]
)
_WHOLE = frozenset(["conference", "congress", "congres", "metadata", "info", "about"])
"""What these keys hold is the event itself, unless sessions are in it."""
_ROOMS = frozenset(
    ["room", "rooms", "salle", "salles", "stage", "stages", "venue", "venues", "hall", "halls"]
)
_TRACKS = frozenset(["track", "tracks", "stream", "streams"])
_SLOTS = frozenset(["slot", "slots", "timeslot", "timeslots", "creneau", "creneaux"])


@dataclass(frozen=True)
class _Around:
    """What the places above a session say of it."""

    date: object = None
    opens: object = None
    room: str = ""
    track: str = ""
    start: object = None
    end: object = None


@dataclass(frozen=True)
class _Found:
    record: object
    around: _Around
    place: str


def parse_anywhere(
    root: object, *, zone: str, kinds: Mapping[str, str], form: str
) -> ParsedProgramme:
    found = list(_within(root, _Around(), "", 0))
    if not any(isinstance(one.record, dict) and _is_session(one) for one in found):
        raise UnreadableProgrammeError(
            N_(
                "No session was found in this file: nothing in it has both a title and a start. "
                "The documentation lists the forms that are read."
            )
        )
    notes = Notes()
    order = _order(found, notes)
    records = [_record(one, order) for one in found]
    told_apart(records, notes)
    named, title = _conference(root)
    context = Context(zone_named(named, zone, notes), kinds, {}, joins=True)
    listed = [
        Listed(
            record,
            "",
            day_of({"date": one.around.date, "day_start": one.around.opens}, context.zone),
            position,
        )
        for position, (one, record) in enumerate(
            zip(found, with_keys(records, notes), strict=True), 1
        )
    ]
    return assembled(listed, context, notes, title=title, form=form)


def _conference(root: object) -> tuple[str, str]:
    """The zone and the title of the whole, where they stand on top."""
    if not isinstance(root, dict):
        return "", ""
    inner = [value for value in root.values() if isinstance(value, dict)]
    for record in (
        root,
        *inner,
        *(v for one in inner for v in one.values() if isinstance(v, dict)),
    ):
        zone = first(record, "time_zone_name", "timezone", "timeZone", "time_zone")
        if zone:
            return zone, first(record, "title", "name", "acronym")
    return "", first(root, "title", "name")


def _order(found: list[_Found], notes: Notes) -> Order:
    values = [
        value
        for one in found
        for value in (
            one.around.date,
            *(session_words(one.record).values() if isinstance(one.record, dict) else ()),
        )
        if isinstance(value, str) and len(value) < 40
    ]
    order = order_of(values)
    if order is None and any(map(has_numbers, values)):
        notes.warn(AMBIGUOUS)
    return order or "dmy"


def _record(found: _Found, order: Order) -> object:
    if not isinstance(found.record, dict):
        return found.record
    line = getattr(found.record, "line", 0)
    record = record_of(found.record, f"l. {line}" if line else found.place, order)
    around = found.around
    for key, value in (("room", around.room), ("track", around.track)):
        if value:
            record.setdefault(key, value)
    for key, moment in (("start", around.start), ("end", around.end)):
        if moment is not None and "start" not in _words(found):
            record.setdefault(key, iso(moment, order))
    if around.date is not None:
        record.setdefault("date", str(iso(around.date, order))[:10])
    return record


def _words(found: _Found) -> dict[str, object]:
    return session_words(found.record) if isinstance(found.record, dict) else {}


def _is_session(found: _Found) -> bool:
    """A day alone is no start: conferences and days have one too."""
    if not isinstance(found.record, dict):
        return False
    words = session_words(found.record)
    if not text(words.get("title")):
        return False
    if words.get("start") is None and found.around.start is not None:
        return True
    moments = [iso(words.get(key)) for key in ("start", "date")]
    return any(
        isinstance(moment, str) and (moment[2:3] == ":" or "T" in moment[10:11])
        for moment in moments
    )


def _within(value: object, around: _Around, place: str, depth: int) -> Iterator[_Found]:
    if depth > _DEEPEST:
        raise UnreadableProgrammeError(
            N_("This file is nested too deeply, or has numbers too large, to be a programme.")
        )
    if isinstance(value, list):
        yield from _of_list(value, around, place, depth)
    elif isinstance(value, dict):
        inside = list(_of_record(value, around, place, depth))
        alone = _Found(value, around, place)
        yield from inside or ([alone] if _is_session(alone) else [])


def _of_list(items: list[object], around: _Around, place: str, depth: int) -> Iterator[_Found]:
    inside = [
        list(_within(item, around, f"{place} #{number}".strip(), depth + 1))
        for number, item in enumerate(items, start=1)
    ]
    are_sessions = any(
        len(found) == 1 and found[0].record is item
        for found, item in zip(inside, items, strict=True)
    )
    for number, (found, item) in enumerate(zip(inside, items, strict=True), start=1):
        if found or not are_sessions:
            yield from found
        else:
            yield _Found(item, around, f"{place} #{number}".strip())


def _of_record(
    record: dict[str, object], around: _Around, place: str, depth: int
) -> Iterator[_Found]:
    below = _below(record, around)
    for key, value in record.items():
        if plain(key) in _NEVER or not isinstance(value, list | dict):
            continue
        here = _under(key, below)
        if plain(key) in _WHOLE:
            inside = _within(value, here, f"{place} {key}".strip(), depth + 1)
            yield from (found for found in inside if found.record is not value)
        elif plain(key) in _ROOMS | _TRACKS | _SLOTS:
            for named, item in _named_items(value):
                inner = _named_around(key, named, item, here)
                yield from _within(item, inner, f"{place} {named}".strip(), depth + 1)
        else:
            yield from _within(value, here, f"{place} {key}".strip(), depth + 1)


def _below(record: dict[str, object], around: _Around) -> _Around:
    """What a record says of all that is in it: its day, the room it names."""
    words = session_words(record)
    given = iso(words.get("date"))
    if not isinstance(given, str) or given[:4].isdigit() is False:
        given = iso(words.get("start"))
    if isinstance(given, str) and given[:4].isdigit() and given[4:5] == "-":
        opens = words.get("start")
        around = replace(around, date=words.get("date") or given[:10], opens=opens)
    room = words.get("room")
    return replace(around, room=text(room)) if isinstance(room, str) and text(room) else around


def _under(key: str, around: _Around) -> _Around:
    """A key may itself be the day: `{"2027-05-20": […]}`."""
    told = iso(key)
    is_day = (isinstance(told, str) and len(told) == 10 and told != key) or _iso_day(key)
    return replace(around, date=key, opens=None) if is_day else around


def _iso_day(key: str) -> bool:
    return len(key) == 10 and key[4] == key[7] == "-" and key[:4].isdigit()


def _named_items(value: object) -> list[tuple[str, object]]:
    """The members of `rooms`: a list of objects with names, or an object by name."""
    if (
        isinstance(value, dict)
        and value
        and all(isinstance(v, list | dict) for v in value.values())
    ):
        named = any(is_named(key, "title") for key in value)
        if not named:
            return [(text(key), item) for key, item in value.items()]
    return [(text(item) if isinstance(item, dict) else "", item) for item in many(value)]


def _named_around(key: str, named: str, item: object, around: _Around) -> _Around:
    kind = plain(key)
    if kind in _SLOTS:
        words = session_words(item) if isinstance(item, dict) else {}
        return replace(around, start=words.get("start"), end=words.get("end"))
    if not named:
        return around
    return replace(around, room=named) if kind in _ROOMS else replace(around, track=named)

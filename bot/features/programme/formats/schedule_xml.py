"""`schedule.xml`, as frab, pentabarf and pretalx write it: days with rooms with events.

It is the elder brother of `schedule.json`: once its nesting is that one's, everything else is
shared.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.features.programme.formats.listing import Record
from bot.features.programme.formats.parsed import ParsedProgramme
from bot.features.programme.formats.schedule_json import schedule_of
from bot.features.programme.formats.written import many, people_of, rooms_of
from bot.features.programme.formats.xml_tree import Element

FORM = "schedule.xml"


def is_schedule_xml(root: Element) -> bool:
    """Days with rooms with events, and no more; other nestings are found by `anywhere`."""
    days = _days(root)
    rooms = [room for day in days for room in many(day.get("room"))]
    return (
        any(isinstance(room, dict) and "event" in room for room in rooms)
        and all(_holds_only("room", day) for day in days)
        and all(_holds_only("event", room) for room in rooms if isinstance(room, dict))
    )


def _holds_only(name: str, element: Mapping[str, object]) -> bool:
    return not any(
        isinstance(one, dict)
        for key, value in element.items()
        for one in many(value)
        if key != name
    )


def parse_schedule_xml(root: Element, *, zone: str, kinds: Mapping[str, str]) -> ParsedProgramme:
    schedule = root["schedule"]
    assert isinstance(schedule, dict)
    given = schedule.get("conference")
    conference = dict(given) if isinstance(given, dict) else {}
    conference["days"] = [_day(day) for day in _days(root)]
    conference.pop("tracks", None)
    tree: dict[str, object] = {"conference": conference}
    return schedule_of(tree, zone=zone, kinds=kinds, form=FORM, joins=True)


def _days(root: Element) -> list[dict[str, object]]:
    schedule = root.get("schedule")
    days = many(schedule.get("day")) if isinstance(schedule, dict) else []
    return [day for day in days if isinstance(day, dict)]


def _day(day: dict[str, object]) -> dict[str, object]:
    rooms = [
        {"name": room.get("name") or "", "events": [_event(one) for one in many(room.get("event"))]}
        if isinstance(room, dict)
        else {"name": room, "events": []}
        for room in many(day.get("room"))
    ]
    return {"date": day.get("date"), "day_start": day.get("start"), "rooms": rooms}


def _event(event: object) -> object:
    if not isinstance(event, Element):
        return event
    record = Record.at(f"l. {event.line}", event)
    record["room"] = rooms_of(event.get("room"))
    record["persons"] = people_of(event.get("persons") or event.get("person"))
    return record

"""A programme written in each form that is read: what a test then expects to read again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring
from zoneinfo import ZoneInfo

from bot.features.programme.model import ProgrammeSession

PARIS = ZoneInfo("Europe/Paris")
Sessions = Sequence[ProgrammeSession]


def local(moment: datetime) -> datetime:
    return moment.astimezone(PARIS)


def minutes(one: ProgrammeSession) -> int:
    return int((one.ends_at - one.starts_at).total_seconds() // 60)


def frab(sessions: Sessions) -> bytes:
    """schedule.xml: days with rooms with events."""
    root = Element("schedule")
    SubElement(SubElement(root, "conference"), "title").text = "Congrès"
    for day in sorted({local(one.starts_at).date() for one in sessions}):
        held = SubElement(root, "day", date=day.isoformat(), index="1")
        that_day = [one for one in sessions if local(one.starts_at).date() == day]
        for room in dict.fromkeys(one.room for one in that_day):
            inside = SubElement(held, "room", name=room)
            for one in that_day:
                if one.room == room:
                    _frab_event(inside, one)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _frab_event(room: Element, one: ProgrammeSession) -> None:
    event = SubElement(room, "event", guid=one.source_id, id="1")
    told = {
        "date": local(one.starts_at).isoformat(),
        "start": f"{local(one.starts_at):%H:%M}",
        "duration": f"{minutes(one) // 60:02}:{minutes(one) % 60:02}",
        "room": one.room,
        "title": one.title,
        "track": one.track or "",
        "type": one.kind,
        "language": one.language or "",
        "abstract": one.abstract,
    }
    for name, value in told.items():
        SubElement(event, name).text = value
    persons = SubElement(event, "persons")
    for number, speaker in enumerate(one.speakers):
        SubElement(persons, "person", id=str(number)).text = speaker.name


def ics(sessions: Sessions) -> bytes:
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//test//")
    for one in sessions:
        event = Event()
        event.add("uid", one.source_id)
        event.add("dtstart", one.starts_at)
        event.add("dtend", one.ends_at)
        event.add("summary", one.title)
        event.add("location", one.room)
        event.add("description", one.abstract)
        event.add("categories", [one.kind])
        for speaker in one.speakers:
            event.add("attendee", "invalid:nomail", parameters={"CN": speaker.name})
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def table(
    sessions: Sessions, delimiter: str = ";", encoding: str = "utf-8", order: str = "%d/%m/%Y"
) -> bytes:
    out = io.StringIO(newline="")
    heads = ["ID", "Titre", "Date", "Heure de début", "Heure de fin", "Date de fin", "Salle"]
    heads += ["Type", "Thématique", "Langue", "Intervenants", "Résumé"]
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(heads)
    for one in sessions:
        start, end = local(one.starts_at), local(one.ends_at)
        people = " ; ".join(speaker.name for speaker in one.speakers)
        writer.writerow(
            [
                one.source_id,
                one.title,
                f"{start:{order}}",
                f"{start.hour} h {start:%M}",
                f"{end.hour} h {end:%M}",
                f"{end:{order}}",
                one.room,
                one.kind,
                one.track or "",
                one.language or "",
                people,
                one.abstract,
            ]
        )
    return out.getvalue().encode(encoding)


def pretalx(sessions: Sessions) -> bytes:
    """The older API: one slot, names by language."""
    results = [
        {
            "code": one.source_id,
            "title": one.title,
            "speakers": [{"code": f"S{n}", "name": s.name} for n, s in enumerate(one.speakers)],
            "submission_type": {"en": one.kind},
            "track": {"en": one.track} if one.track else None,
            "state": "confirmed",
            "abstract": one.abstract,
            "content_locale": one.language,
            "slot": _slot(one),
        }
        for one in sessions
    ]
    return _json({"count": len(results), "next": None, "previous": None, "results": results})


def pretalx_slots(sessions: Sessions) -> bytes:
    """The newer one, asked for its slots with everything written out."""
    results = [
        {
            "id": number,
            "room": {"id": 1, "name": {"fr": one.room}},
            "start": local(one.starts_at).isoformat(),
            "end": local(one.ends_at).isoformat(),
            "submission": {
                "code": one.source_id,
                "title": one.title,
                "state": "confirmed",
                "submission_type": {"id": 3, "name": {"en": one.kind}},
                "track": {"id": 2, "name": {"en": one.track}} if one.track else None,
                "abstract": one.abstract,
                "content_locale": one.language,
                "speakers": [{"code": s.name, "name": s.name} for s in one.speakers],
            },
        }
        for number, one in enumerate(sessions)
    ]
    return _json({"count": len(results), "next": None, "results": results})


def _slot(one: ProgrammeSession) -> dict[str, Any]:
    return {
        "room": {"en": one.room},
        "room_id": 7,
        "start": one.starts_at.isoformat(),
        "end": one.ends_at.isoformat(),
    }


def sessionize(sessions: Sessions) -> bytes:
    rooms = {room: n for n, room in enumerate(dict.fromkeys(one.room for one in sessions), 10)}
    names = dict.fromkeys(s.name for one in sessions for s in one.speakers)
    kinds = {kind: n for n, kind in enumerate(dict.fromkeys(one.kind for one in sessions), 500)}
    tracks = dict.fromkeys(one.track for one in sessions if one.track)
    themes = {track: n for n, track in enumerate(tracks, 900)}
    return _json(
        {
            "sessions": [
                {
                    "id": one.source_id,
                    "title": one.title,
                    "description": one.abstract,
                    "startsAt": local(one.starts_at).isoformat(),
                    "endsAt": local(one.ends_at).isoformat(),
                    "isServiceSession": False,
                    "speakers": [f"id-{s.name}" for s in one.speakers],
                    "categoryItems": [
                        kinds[one.kind],
                        *([themes[one.track]] if one.track else []),
                    ],
                    "roomId": rooms[one.room],
                }
                for one in sessions
            ],
            "speakers": [{"id": f"id-{name}", "fullName": name} for name in names],
            "categories": [
                {
                    "title": "Session format",
                    "items": [{"id": n, "name": kind} for kind, n in kinds.items()],
                },
                {
                    "title": "Track",
                    "items": [{"id": n, "name": track} for track, n in themes.items()],
                },
            ],
            "rooms": [{"id": n, "name": room} for room, n in rooms.items()],
        }
    )


def other_json(sessions: Sessions) -> bytes:
    """Days by their date, rooms by their name, sessions in words of their own."""
    days: dict[str, dict[str, Any]] = {}
    for one in sessions:
        day = days.setdefault(local(one.starts_at).date().isoformat(), {"rooms": {}})
        day["rooms"].setdefault(one.room, []).append(
            {
                "uuid": one.source_id,
                "name": one.title,
                "starts_at": f"{local(one.starts_at):%H:%M}",
                "length": minutes(one),
                "format": one.kind,
                "stream": one.track,
                "lang": one.language,
                "presenters": [{"full_name": s.name} for s in one.speakers],
                "description": one.abstract,
            }
        )
    return _json({"programme": days})


def other_xml(sessions: Sessions) -> bytes:
    """Days with entries, in which the room and compact times stand."""
    root = Element("schedule")
    for day in sorted({local(one.starts_at).date() for one in sessions}):
        held = SubElement(root, "day", date=day.isoformat())
        for one in sessions:
            if local(one.starts_at).date() != day:
                continue
            entry = SubElement(held, "entry", id=one.source_id)
            told = {
                "category": one.kind,
                "start": f"{local(one.starts_at):%H%M}",
                "duration": str(minutes(one)),
                "title": one.title,
                "language": one.language or "",
                "description": one.abstract,
            }
            for name, value in told.items():
                SubElement(entry, name).text = value
            topics = SubElement(entry, "topics")
            if one.track:
                SubElement(topics, "topic").text = one.track
            SubElement(entry, "room", id="1").text = one.room
            speakers = SubElement(entry, "speakers")
            for number, speaker in enumerate(one.speakers):
                person = SubElement(speakers, "speaker", id=str(number))
                SubElement(person, "name").text = speaker.name
    return bytes(tostring(root, encoding="utf-8"))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


WRITERS: dict[str, Callable[[Sessions], bytes]] = {
    "schedule.xml": frab,
    "icalendar": ics,
    "csv": table,
    "pretalx": pretalx,
    "pretalx, slots": pretalx_slots,
    "sessionize": sessionize,
    "json": other_json,
    "xml": other_xml,
}

"""Exports of services: what pretalx's API and Sessionize answer, as records of `listing`.

Both keep rooms, speakers and types in places of their own and name them by numbers, unless they
were asked to write them out. A number is no name: such a file is refused, with what to ask for.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.i18n import N_
from bot.features.programme.formats.fields import first, text
from bot.features.programme.formats.listing import Context, Listed, Record, assembled, zone_named
from bot.features.programme.formats.moments import Day
from bot.features.programme.formats.parsed import Notes, ParsedProgramme, UnreadableProgrammeError
from bot.features.programme.formats.written import people_of

PRETALX, SESSIONIZE = "pretalx", "sessionize"
_PRETALX_KEYS = {"slot", "slots", "submission_type", "submission"}
_NOT_ON = {"submitted", "rejected", "canceled", "cancelled", "withdrawn", "deleted", "draft"}


def pretalx_entries(root: object) -> list[dict[str, object]] | None:
    """The talks of an answer, of several pages of it, or of a bare list; None for other files."""
    given = root if isinstance(root, list) else [root]
    pages = [page for page in given if isinstance(page, dict) and "results" in page]
    if pages and len(pages) == len(given):
        _whole(pages)
        held = [one for page in pages for one in _list(page["results"])]
    else:
        held = root if isinstance(root, list) else []
    entries = [one for one in held if isinstance(one, dict)]
    if not entries or len(entries) < len(held):
        return None
    return entries if all(_PRETALX_KEYS & one.keys() for one in entries) else None


def _whole(pages: list[dict[str, object]]) -> None:
    count = pages[0].get("count")
    held = sum(len(_list(page["results"])) for page in pages)
    if pages[-1].get("next") or (isinstance(count, int) and held < count):
        raise UnreadableProgrammeError(
            N_(
                "This file is one page of several: {held} entries of {count}. "
                "Ask for all of them, or put the pages into one list."
            ),
            held=held,
            count=count or "?",
        )


def parse_pretalx(
    talks: list[dict[str, object]], *, zone: str, kinds: Mapping[str, str]
) -> ParsedProgramme:
    notes = Notes()
    records: list[Record] = []
    left_out = 0
    for number, talk in enumerate(talks, start=1):
        found = _of_talk(talk, f"#{number}", notes)
        left_out += not found
        records += found
    if left_out:
        notes.warn(
            N_("Entries without a time, or that are not accepted, are left out: {count}."),
            count=str(left_out),
        )
    return _assembled(records, zone, kinds, notes, PRETALX)


def _of_talk(talk: Mapping[str, object], place: str, notes: Notes) -> list[Record]:
    about = talk.get("submission", talk)
    if about is None:  # a break of the schedule: only a description
        about = {"title": talk.get("description"), "submission_type": "break"}
    if not isinstance(about, dict):
        notes.about(place).refuse(
            N_("It names its session by its code only ({value}): ask the API for “{ask}”."),
            value=text(about),
            ask="expand=submission,submission.speakers,submission.submission_type,room",
        )
        return []
    if first(about, "state").lower() in _NOT_ON:
        return []
    slots = [talk] if "submission" in talk else _slots(about)
    named = notes.about(f"{first(about, 'title')} ({first(about, 'code') or place})")
    for slot in slots:
        _is_written_out(slot, named)
    timed = [slot for slot in slots if isinstance(slot, dict) and slot.get("start")]
    timed.sort(key=lambda slot: text(slot.get("start")))
    return [_talk_record(about, slot, number, place, named) for number, slot in enumerate(timed)]


def _slots(talk: Mapping[str, object]) -> list[object]:
    slots = talk.get("slots") or talk.get("slot")
    return slots if isinstance(slots, list) else [slots] if slots else []


def _is_written_out(slot: object, notes: Notes) -> None:
    if isinstance(slot, dict):
        return
    notes.refuse(
        N_("It names its times by number only ({value}): ask the API for “{ask}”."),
        value=text(slot),
        ask="expand=slots,slots.room,speakers,submission_type,track",
    )


def _talk_record(
    talk: Mapping[str, object], slot: Mapping[str, object], number: int, place: str, notes: Notes
) -> Record:
    code = first(talk, "code") or f"slot-{text(slot.get('id'))}"
    told: dict[str, object] = {
        **{key: talk.get(key) for key in ("title", "abstract", "description")},
        "language": talk.get("content_locale"),
        "code": talk.get("code"),
        "guid": code if number == 0 else f"{code}#{number + 1}",
        "type": _named(talk.get("submission_type"), "submission_type", notes),
        "track": _named(talk.get("track"), "track", notes),
        "room": _room(slot.get("room"), notes),
        "start": slot.get("start"),
        "end": slot.get("end"),
        "persons": _speakers(talk.get("speakers"), notes),
    }
    if not told["end"]:
        told["duration"] = slot.get("duration") or talk.get("duration")
    return Record.at(place, told)


def _room(room: object, notes: Notes) -> str:
    if isinstance(room, int):
        notes.refuse(
            N_("It names its room by number only ({value}): ask the API for “{ask}”."),
            value=str(room),
            ask="expand=slots.room",
        )
        return ""
    return _multilingual(room)


def _multilingual(value: object) -> str:
    """`{"id": 3, "name": {"en": "Hall"}}`, `{"en": "Hall"}` or "Hall"."""
    if isinstance(value, dict) and isinstance(value.get("name"), dict):
        return text(value["name"])
    return text(value)


def _named(value: object, field: str, notes: Notes) -> str:
    if isinstance(value, int):
        notes.warn(
            N_("Its {field} is told by number only ({value}) and left out."),
            field=field,
            value=str(value),
        )
        return ""
    return _multilingual(value)


def _speakers(given: object, notes: Notes) -> list[object]:
    speakers = given if isinstance(given, list) else []
    unnamed = [one for one in speakers if not isinstance(one, dict)]
    if unnamed:
        notes.warn(
            N_("Its speakers are told by their codes only, and left out: {value}."),
            value=", ".join(map(text, unnamed)),
        )
    return [one for one in speakers if isinstance(one, dict)]


def is_sessionize(root: object) -> bool:
    """Its *All data*: sessions that name their speakers, rooms and categories by id."""
    if not isinstance(root, dict) or not isinstance(root.get("sessions"), list):
        return False
    return isinstance(root.get("rooms"), list) and isinstance(root.get("speakers"), list)


def parse_sessionize(
    root: dict[str, object], *, zone: str, kinds: Mapping[str, str]
) -> ParsedProgramme:
    notes = Notes()
    rooms, people = _by_id(root.get("rooms")), _by_id(root.get("speakers"))
    items = {
        text(item.get("id")): (text(group.get("title")), text(item.get("name")))
        for group in _dicts(root.get("categories"))
        for item in _dicts(group.get("items"))
    }
    records: list[Record] = []
    left_out = 0
    given = root["sessions"]
    assert isinstance(given, list)
    for number, session in enumerate(given, start=1):
        if isinstance(session, dict) and session.get("startsAt") is None and "startsAt" in session:
            left_out += 1
        elif isinstance(session, dict):
            records.append(_sessionize(session, rooms, people, items, f"#{number}"))
        else:
            notes.about(f"#{number}").refuse(
                N_("This is not a session: {value}."), value=text(session)
            )
    if left_out:
        notes.warn(
            N_("Entries without a time, or that are not accepted, are left out: {count}."),
            count=str(left_out),
        )
    return _assembled(records, zone, kinds, notes, SESSIONIZE)


def _sessionize(
    session: Mapping[str, object],
    rooms: Mapping[str, Mapping[str, object]],
    people: Mapping[str, Mapping[str, object]],
    items: Mapping[str, tuple[str, str]],
    place: str,
) -> Record:
    categories = session.get("categoryItems")
    chosen = [items[key] for one in _list(categories) if (key := text(one)) in items]
    types = [name for group, name in chosen if "format" in group.lower() or "type" in group.lower()]
    tracks = [name for group, name in chosen if "track" in group.lower()]
    speakers = [people.get(text(one), one) for one in _list(session.get("speakers"))]
    room = rooms.get(text(session.get("roomId")), {})
    service = "break" if session.get("isServiceSession") is True else ""
    return Record.at(
        place,
        {
            "id": session.get("id"),
            "title": session.get("title"),
            "abstract": session.get("description"),
            "start": session.get("startsAt"),
            "end": session.get("endsAt"),
            "room": first(room, "name") or text(session.get("room")),
            "type": types[0] if types else service,
            "track": tracks[0] if tracks else "",
            "persons": people_of(speakers),
        },
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _dicts(value: object) -> list[dict[str, object]]:
    return [one for one in _list(value) if isinstance(one, dict)]


def _by_id(value: object) -> dict[str, dict[str, object]]:
    return {text(one.get("id")): one for one in _dicts(value)}


def _assembled(
    records: list[Record], zone: str, kinds: Mapping[str, str], notes: Notes, form: str
) -> ParsedProgramme:
    if not records and not any(problem.fatal for problem in notes.problems):
        raise UnreadableProgrammeError(N_("This {form} contains no session."), form=form)
    listed = [Listed(record, "", Day(), number) for number, record in enumerate(records, start=1)]
    context = Context(zone_named("", zone, notes), kinds, {})
    return assembled(listed, context, notes, title="", form=form)

"""A session that a file says in words of its own, as a record of `listing`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.features.programme.formats.dates import Order, iso, span
from bot.features.programme.formats.fields import paragraphs, text
from bot.features.programme.formats.listing import Record
from bot.features.programme.formats.names import plain, session_words, speaker_words

_BETWEEN_PEOPLE = re.compile(r"\s*(?:[;|\n]|\s&\s|\set\s|\sand\s)\s*")
_ADDRESS = re.compile(r"<([^<>@\s]+@[^<>\s]+)>|\(([^()@\s]+@[^()\s]+)\)")
_ORGANISATION = re.compile(r"\s*\(([^()]{2,})\)\s*$")
_ONE_OF_MANY = (
    "person",
    "speaker",
    "presenter",
    "author",
    "intervenant",
    "orateur",
    "topic",
    "room",
)
_TITLES = re.compile(r"\s*\((?:he|she|they|il|elle|iel)\b[^)]*\)", re.IGNORECASE)
_MINUTES = re.compile(r"(\d{1,4})\s*(?:min|mn|minutes|')\.?", re.IGNORECASE)
_HOURS = re.compile(r"(\d{1,2})\s*h\s*(\d{2})?", re.IGNORECASE)


def many(value: object) -> list[object]:
    """One or several, as XML and hasty JSON tell them."""
    if value in (None, "", {}):
        return []
    if isinstance(value, dict):
        inner = [value[key] for key in value if plain(key) in _ONE_OF_MANY]
        return many(inner[0]) if len(inner) == 1 and len(value) == 1 else [value]
    return value if isinstance(value, list) else [value]


def rooms_of(value: object) -> str:
    """One room or several, by their names."""
    return ", ".join(dict.fromkeys(filter(None, (text(one) for one in many(value)))))


def people_of(value: object) -> list[object]:
    """The speakers, however they are listed: objects, names, or all of them in one cell."""
    people: list[object] = []
    for one in many(value):
        if isinstance(one, str):
            people += _people_in(one)
        else:
            people.append(_person(one) if isinstance(one, dict) else one)
    return people


def _person(given: Mapping[str, object]) -> dict[str, object]:
    told = speaker_words(given)
    if isinstance(told.get("organization"), dict):
        told["organization"] = text(told["organization"])
    return told or dict(given)


def _people_in(cell: str) -> list[object]:
    """`Anne Roy (MerleCell) ; Luc Petit`: by semicolons, else by commas outside of brackets."""
    parts = _BETWEEN_PEOPLE.split(cell)
    if len(parts) == 1:
        parts = re.split(r",\s*(?![^()<>]*[)>])", cell)
    return [_named(part.strip()) for part in parts if part.strip()]


def _named(words: str) -> dict[str, object]:
    person: dict[str, object] = {}
    if found := _ADDRESS.search(words):
        person["email"] = found[1] or found[2]
        words = _ADDRESS.sub("", words).strip()
    words = _TITLES.sub("", words)
    if found := _ORGANISATION.search(words):
        person["organization"] = found[1]
        words = words[: found.start()]
    return {"name": words.strip() or person.get("email", ""), **person}


def record_of(given: Mapping[str, object], place: str, order: Order = "dmy") -> Record:
    """A session in the words of schedule.json, its moments in a form that is read."""
    record = Record.at(place, session_words(given))
    _moments(record, order)
    for key in ("title", "track", "type"):
        if isinstance(record.get(key), list | dict):
            record[key] = rooms_of(record[key])
    if "room" in record:
        record["room"] = rooms_of(record["room"])
    if "persons" in record:
        record["persons"] = people_of(record["persons"])
    if isinstance(record.get("abstract"), list):
        record["abstract"] = "\n".join(filter(None, map(paragraphs, many(record["abstract"]))))
    return record


def _moments(record: Record, order: Order) -> None:
    between = span(record.get("start")) or span(record.get("date"))
    if between:
        record["start"] = between[0]
        record.setdefault("end", between[1])
    for key in ("date", "start", "end", "end_date"):
        if key in record:
            record[key] = iso(record[key], order)
    date, start = record.get("date"), record.get("start")
    if isinstance(date, str) and date[10:16] == "T00:00" and len(str(start or "")) == 5:
        record["date"] = date[:10]  # a day, as programs write it
    end_date = record.pop("end_date", None)
    if isinstance(end_date, str):
        clock = record.get("end")
        told = f"{end_date[:10]}T{clock}" if clock and len(str(clock)) == 5 else end_date
        if len(str(clock or "")) <= 5:
            record["end"] = told
    if "duration" in record:
        record["duration"] = _duration(record["duration"])


def _duration(value: object) -> object:
    """`45 min`, `1 h 30`, `1h`."""
    if not isinstance(value, str):
        return value
    told = value.strip()
    if found := _MINUTES.fullmatch(told):
        return int(found[1])
    if found := _HOURS.fullmatch(told):
        return int(found[1]) * 60 + int(found[2] or 0)
    return value

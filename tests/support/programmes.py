"""Programme files in the smallest form that shows one thing, and what is understood of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.features.programme.formats.parsed import ParsedProgramme
from bot.features.programme.formats.schedule_json import parse_schedule_json
from bot.features.programme.model import ProgrammeSession

PLAIN: dict[str, Any] = {
    "guid": "g1",
    "title": "Ouverture",
    "date": "2019-12-12T09:00:00+01:00",
    "duration": "00:30",
    "room": "Balzac",
    "type": "plenary",
}


def parse(source: object, kinds: dict[str, str] | None = None) -> ParsedProgramme:
    data = source if isinstance(source, bytes) else json.dumps(source).encode()
    return parse_schedule_json(data, zone="Europe/Paris", kinds=kinds or {})


def programme(
    *sessions: object, day: object = None, room: str = "Balzac", **conference: object
) -> dict[str, Any]:
    held = {**(day if isinstance(day, dict) else {}), "rooms": {room: list(sessions)}}
    return {"schedule": {"conference": {"title": "Congrès", "days": [held], **conference}}}


def told(parsed: ParsedProgramme) -> list[str]:
    return [problem.msgid.format(**problem.arguments) for problem in parsed.problems]


def one(changes: Mapping[str, object], **around: Any) -> ProgrammeSession:
    """The session PLAIN with `changes`, which is understood without a word."""
    parsed = parse(programme({**PLAIN, **changes}, **around))
    assert told(parsed) == []
    (session,) = parsed.sessions
    return session


def warned(changes: Mapping[str, object], **around: Any) -> tuple[ProgrammeSession, str]:
    """The same, understood with one warning."""
    parsed = parse(programme({**PLAIN, **changes}, **around))
    assert not parsed.refused
    (session,), (warning,) = parsed.sessions, told(parsed)
    return session, warning


def refusal(source: object) -> list[tuple[str | None, str]]:
    parsed = parse(source)
    assert parsed.refused
    return [
        (problem.session, problem.msgid.format(**problem.arguments))
        for problem in parsed.problems
        if problem.fatal
    ]


def utc(*numbers: int) -> datetime:
    year, month, day, hour, minute = numbers
    return datetime(year, month, day, hour, minute, tzinfo=UTC)

"""How long a programme of a thousand sessions takes, in a file of some megabytes.

The file has the shape of a large free software conference's: two days, thirty rooms, schedule.xml
with long descriptions. It is made here, and not kept.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from time import perf_counter

from sqlalchemy.orm import Session

from bot.db.engine import create_database_engine
from bot.db.migrations import migrate
from bot.demo import sample_event
from bot.drill.databases import temporary_database
from bot.features.events.actions import apply_event
from bot.features.events.queries import find_event
from bot.features.programme.actions import import_programme
from bot.features.programme.formats.reading import read_programme
from bot.features.programme.model import ProgrammeSession

DAY = datetime(2027, 1, 30, 9, tzinfo=UTC)
ROOMS, SLOTS = 30, 17
WORDS = (
    *("pipeline", "kernel", "release", "community", "protocol"),
    *("packet", "cluster", "reproducible", "archive", "driver"),
)


def measure(database: str, sessions: int) -> dict[str, float | int | str]:
    """The figures for one kind of database: "sqlite" or "postgresql"."""
    data = conference(sessions)
    began = perf_counter()
    parsed = read_programme(data, zone="Europe/Brussels", kinds={})
    read_s = perf_counter() - began
    assert len(parsed.sessions) == sessions, "the file is read as it was written"
    assert not parsed.refused, "the file is read as it was written"
    with temporary_database(database) as url:
        migrate(url)
        took = _imports(url, parsed.sessions)
    return {
        "database": database,
        "sessions": sessions,
        "mb": round(len(data) / 1_000_000, 1),
        "read_s": round(read_s, 2),
        **{name: round(seconds, 2) for name, seconds in took.items()},
    }


def conference(sessions: int) -> bytes:
    """A schedule.xml of that many sessions, of some 4 kB each."""
    chance = random.Random(1)  # noqa: S311 (no secret: the same file every time)
    days: list[str] = []
    for day in range(-(-sessions // (ROOMS * SLOTS))):
        rooms: list[str] = []
        for room in range(ROOMS):
            first = (day * ROOMS + room) * SLOTS
            numbers = range(first, min(first + SLOTS, sessions))
            events = "".join(_event(number, day, room, chance) for number in numbers)
            rooms.append(f'<room name="Room {room}">{events}</room>')
        date = (DAY + timedelta(days=day)).date()
        days.append(f'<day index="{day + 1}" date="{date}">{"".join(rooms)}</day>')
    head = "<conference><title>Large conference</title></conference>"
    return f'<?xml version="1.0"?><schedule>{head}{"".join(days)}</schedule>'.encode()


def _event(number: int, day: int, room: int, chance: random.Random) -> str:
    start = DAY + timedelta(days=day, minutes=30 * (number % SLOTS))
    long = escape(" ".join(chance.choices(WORDS, k=420)))
    people = "".join(
        f'<person id="{one}">Speaker {one}</person>' for one in chance.sample(range(900), k=2)
    )
    return (
        f'<event guid="g{number}" id="{number}"><date>{start.isoformat()}</date>'
        f"<start>{start:%H:%M}</start><duration>00:25</duration><room>Room {room}</room>"
        f"<title>Talk {number}</title><track>Track {room}</track><type>lecture</type>"
        f"<language>en</language><abstract>{long}</abstract><persons>{people}</persons></event>"
    )


def _imports(url: str, sessions: tuple[ProgrammeSession, ...]) -> dict[str, float]:
    """The first time, again without a change, and with every session an hour later."""
    hour = timedelta(hours=1)
    moved = [
        replace(one, starts_at=one.starts_at + hour, ends_at=one.ends_at + hour) for one in sessions
    ]
    now = DAY - timedelta(days=30)
    engine = create_database_engine(url)
    took: dict[str, float] = {}
    with Session(engine) as session:
        apply_event(session, sample_event(), now)
        event_id = find_event(session)
        session.commit()
        for name, programme in (("import_s", sessions), ("again_s", sessions), ("moved_s", moved)):
            began = perf_counter()
            import_programme(session, event_id, programme, now)
            session.commit()
            took[name] = perf_counter() - began
    engine.dispose()
    return took

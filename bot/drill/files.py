"""The files of a congress as the oracle reads them: plainly, and by no code of the bot's.

Only what the rules of telling need is kept.
"""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Session:
    id: str
    title: str
    room: str
    track: str | None
    start: datetime
    end: datetime
    speakers: frozenset[str] = frozenset()
    """Their addresses, or the names of those without one."""
    cancelled: bool = False
    code: str = field(default="", compare=False)
    kind: str = field(default="", compare=False)


@dataclass(frozen=True)
class Rules:
    zone: ZoneInfo
    general: str = "general"
    days: tuple[date, ...] = ()
    """Those of the event: each begins with a message."""
    questions: str | None = None
    """The channel of the équipe Questions."""
    organisers: str | None = None
    rooms: Mapping[str, str] | None = None
    tracks: Mapping[str, str] | None = None
    announce: timedelta = timedelta(minutes=15)
    remind: timedelta = timedelta(minutes=5)
    urgent: timedelta = timedelta(minutes=60)
    notice: timedelta = timedelta(hours=24)
    questions_open: timedelta = timedelta(days=7)
    posts_a_day: int = 16
    messages_a_day: int = 8
    gap: timedelta = timedelta(minutes=10)
    quiet_from: time = time(20, 0)
    quiet_until: time = time(7, 30)

    def channel(self, session: Session) -> str:
        by_room, by_track = self.rooms or {}, self.tracks or {}
        return by_room.get(session.room) or by_track.get(session.track or "") or self.general


def read_rules(text: str) -> Rules:
    """The rules of `event.toml`; what is missing there has the product's default."""
    event = tomllib.loads(text)
    channels = event.get("channels", {})
    timing, budget = event.get("timing", {}), event.get("budget", {})
    clock = {name: budget[name] for name in ("quiet_from", "quiet_until") if name in budget}
    first, last = event["first_day"], event["last_day"]
    return Rules(
        days=tuple(first + timedelta(days=one) for one in range((last - first).days + 1)),
        zone=ZoneInfo(event["zone"]),
        general=channels.get("general", "general"),
        questions=channels.get("questions"),
        organisers=channels.get("organisers"),
        rooms=channels.get("rooms", {}),
        tracks=channels.get("tracks", {}),
        announce=timedelta(minutes=timing.get("announce_minutes", 15)),
        remind=timedelta(minutes=timing.get("remind_minutes", 5)),
        urgent=timedelta(minutes=timing.get("urgent_minutes", 60)),
        notice=timedelta(hours=timing.get("notice_hours", 24)),
        questions_open=timedelta(days=event.get("questions", {}).get("opens_days", 7)),
        posts_a_day=budget.get("posts_a_day", 16),
        messages_a_day=budget.get("messages_a_day", 8),
        gap=timedelta(minutes=budget.get("gap_minutes", 10)),
        **{name: _time_of_day(value) for name, value in clock.items()},
    )


def _time_of_day(value: time | str) -> time:
    return value if isinstance(value, time) else time.fromisoformat(value)


def read_sessions(text: str) -> list[Session]:
    """The sessions of a c3voc/pretalx `schedule.json`."""
    days = json.loads(text)["schedule"]["conference"]["days"]
    return [
        _session(room, entry)
        for day in days
        for room, entries in day["rooms"].items()
        for entry in entries
    ]


def _session(room: str, entry: Mapping[str, Any]) -> Session:
    start = datetime.fromisoformat(entry["date"])
    hours, minutes = entry["duration"].split(":")
    return Session(
        id=entry["guid"],
        title=entry["title"],
        room=room,
        track=entry["track"],
        start=start,
        end=start + timedelta(hours=int(hours), minutes=int(minutes)),
        speakers=frozenset(one.get("email") or one["name"] for one in entry["persons"]),
        code=entry.get("code") or "",
        kind=entry.get("type") or "",
    )


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    french: bool = True
    """Whether they read French."""


def read_people(text: str) -> list[Person]:
    return [
        Person(
            row["email"].lower(),
            f"{row['first_name']} {row['last_name']}",
            "fr" in row["languages"].split(";"),
        )
        for row in csv.DictReader(io.StringIO(text))
    ]


def read_roles(text: str) -> dict[tuple[str, str], list[str]]:
    """Who has which role, by the role and the code of its session, or `event` for all."""
    roles: dict[tuple[str, str], list[str]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        roles.setdefault((row["role"], row["scope"]), []).append(row["email"].lower())
    return roles


def read_questions(text: str) -> dict[str, list[str]]:
    """Questions that people might ask, by the code of the session."""
    asked: dict[str, list[str]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        asked.setdefault(row["session"], []).append(row["text"])
    return asked

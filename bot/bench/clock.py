"""How punctual the bot is beside a large programme, and what it costs while nothing happens.

The bot is a process of its own on a SQLite file, with the real time; the stand-in for Slack, with
Slack's limits, lives in this one. For a while two things a second are due, an announcement and a
reminder, in conversations that are free; then nothing.
"""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.bench.hall import people
from bot.bench.votes import settings_for, workspace
from bot.db.engine import create_database_engine
from bot.db.keys import KeyStore
from bot.db.migrations import migrate
from bot.db.runtime import Runtime
from bot.drill.databases import temporary_database
from bot.drill.process import BotProcess
from bot.features.events.actions import apply_event, join_workspace
from bot.features.events.model import parse_event
from bot.features.events.queries import find_event
from bot.features.programme.actions import add_star, import_programme
from bot.features.programme.model import ProgrammeSession
from bot.features.programme.tables import SessionRow
from bot.playground.receipts import Receipt
from bot.playground.server import Playground
from bot.registry import JOBS
from bot.schedule import dues

ROOMS = 20
"""Each with its channel: less than one post a second goes to any of them."""
ANNOUNCE, REMIND = timedelta(minutes=15), timedelta(minutes=5)
UP_WITHIN = timedelta(seconds=15)
"""From the writing of the programme to the first moment: the start of the bot, and the import."""
IMPORTED_A_SECOND = 150
QUIET_S = 3.0
DUE_QUERIES = 200
GIVE_UP_S = 30.0


@dataclass(frozen=True)
class _Due:
    """What is to be posted, by its title, and when."""

    title: str
    at: datetime


def measure(sessions: int, seconds: int) -> dict[str, int | float]:
    with ExitStack() as stack:
        url = stack.enter_context(temporary_database("sqlite"))
        slack, users = stack.enter_context(workspace(seconds))
        for room in range(ROOMS):
            slack.workspace.add_channel(f"room-{room}", members=users)
        due = _fill(url, slack.workspace.team.id, users, sessions, seconds)
        slack.limits.scale = 1.0
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="maillon-bench-")))
        bot = BotProcess(
            _environment(slack, url), folder, is_up=lambda: bool(slack.sockets.connections)
        )
        stack.callback(bot.stop)
        bot.compile()
        slack.limits.scale = 1_000.0  # the members are many pages
        bot.start()
        bot.wait_up()
        slack.limits.scale = 1.0
        late = sorted(_lateness(slack, due))
        time.sleep(QUIET_S)
        cpu, mib = _idle(bot.pid, seconds)
        return {
            "sessions": sessions,
            "posts": len(due),
            "received": len(late),
            "late_p50_s": round(median(late), 3),
            "late_p99_s": round(late[math.ceil(0.99 * len(late)) - 1], 3),
            "idle_cpu": round(cpu, 4),
            "idle_mib": round(mib, 1),
            "due_query_ms": round(_due_query_ms(url, f"sqlite:///{folder}/keys.db"), 2),
        }


def _fill(
    url: str, team_id: str, users: Sequence[str], sessions: int, seconds: int
) -> Sequence[_Due]:
    migrate(url)
    engine = create_database_engine(url)
    now = datetime.now(UTC).replace(microsecond=0)
    first = now + UP_WITHIN + timedelta(seconds=sessions // IMPORTED_A_SECOND)
    announced = [_talk(n, first + ANNOUNCE + timedelta(seconds=n)) for n in range(seconds)]
    reminded = [_talk(seconds + n, first + REMIND + timedelta(seconds=n)) for n in range(seconds)]
    # The others lie ahead, as they would on the morning of the first of many days.
    later = [
        _talk(n, now + timedelta(hours=2, minutes=n - 2 * seconds))
        for n in range(2 * seconds, sessions)
    ]
    with Session(engine) as session, session.begin():
        apply_event(session, parse_event(_event(now)), now)
        event_id = find_event(session)
        workspace_id = join_workspace(session, event_id, "slack", team_id)
        ids = people(session, event_id, workspace_id, users)
        # What begins in five minutes was announced ten minutes ago, before there was anybody.
        import_programme(session, event_id, [*announced, *reminded, *later], now)
        rows = {row.title: row for row in session.scalars(select(SessionRow))}
        for one in reminded:
            rows[one.title].next_announce_at = None
        for user, one in zip(users, reminded, strict=True):
            add_star(session, event_id, ids[user], rows[one.title].session_id, now)
    engine.dispose()
    return [
        *(_Due(one.title, one.starts_at - ANNOUNCE) for one in announced),
        *(_Due(one.title, one.starts_at - REMIND) for one in reminded),
    ]


def _event(now: datetime) -> str:
    first, last = now.date() - timedelta(days=1), now.date() + timedelta(days=30)
    rooms = "\n".join(f'"Room {room}" = "room-{room}"' for room in range(ROOMS))
    return f"""
slug = "bench"
title = "Congrès"
zone = "Europe/Paris"
first_day = {first}
last_day = {last}
[channels]
general = "programme"
[channels.rooms]
{rooms}
[questions]
kinds = []
[budget]
posts_a_day = 10000
quiet_from = 00:00:00
quiet_until = 00:00:00
"""


def _talk(number: int, start: datetime) -> ProgrammeSession:
    return ProgrammeSession(
        source_id=f"talk-{number}",
        title=f"Talk {number:05}",
        kind="plenary",
        room=f"Room {number % ROOMS}",
        track=None,
        language="fr",
        starts_at=start,
        ends_at=start + timedelta(minutes=30),
    )


def _environment(slack: Playground, url: str) -> dict[str, str]:
    settings = settings_for(slack, url) | {"slack_app_token": slack.installed.app_token}
    return {name.upper(): str(value) for name, value in settings.items()}


def _lateness(slack: Playground, due: Sequence[_Due]) -> Iterator[float]:
    """Seconds from each moment to the receipt of what was due then; what never came is missing."""
    last = max(one.at for one in due)
    gives_up = time.monotonic() + (last - datetime.now(UTC)).total_seconds() + GIVE_UP_S
    while len(slack.receipts.posts) < len(due) and time.monotonic() < gives_up:
        time.sleep(0.1)
    # Receipts have the time of the counter that the workspace was given.
    began = time.time() - time.perf_counter()
    for one in due:
        post = next((post for post in slack.receipts.posts if one.title in post.text), None)
        if post is not None:
            yield _received(post, began) - one.at.timestamp()


def _received(post: Receipt, began: float) -> float:
    return began + post.received


def _idle(pid: int, seconds: float) -> tuple[float, float]:
    """The share of a processor that a process uses, and its resident memory in MiB."""
    before = _cpu_s(pid)
    time.sleep(seconds)
    cpu = (_cpu_s(pid) - before) / seconds
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return cpu, pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _cpu_s(pid: int) -> float:
    # The name of the process, in brackets, may hold spaces.
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _due_query_ms(url: str, keys_url: str) -> float:
    """What a wake asks the database, by the middle of many."""
    runtime = Runtime(create_database_engine(url), KeyStore(keys_url))
    took = [asyncio.run(runtime.read(_timed)) for _ in range(DUE_QUERIES)]
    runtime.close()
    return median(took) * 1_000


def _timed(session: Session) -> float:
    began = time.perf_counter()
    dues(session, JOBS)
    return time.perf_counter() - began

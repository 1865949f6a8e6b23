"""How fast a message goes to thousands of people one by one, and who is answered meanwhile.

An announcement is published to everybody who chose a session. From that moment until the last of
them has it, people write to the bot now and then, each at a moment that chance makes, and are
answered by direct message. The stand-in for Slack, with Slack's limits, and the people live in this
process, the bot in its own, with the real time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import quantiles
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from bot.bench.hall import people
from bot.bench.served import Server, served
from bot.bench.votes import settings_for, workspace
from bot.core.ids import new_id
from bot.db.engine import create_database_engine
from bot.db.migrations import migrate
from bot.drill.databases import temporary_database
from bot.features.bulletins.model import ANNOUNCEMENT, SCHEDULED, SESSION
from bot.features.bulletins.tables import Bulletin
from bot.features.events.actions import apply_event, join_workspace
from bot.features.events.model import parse_event
from bot.features.events.queries import find_event
from bot.features.programme.actions import import_programme
from bot.features.programme.model import ProgrammeSession
from bot.features.programme.tables import SessionRow, Star
from bot.playground.limits import POSTS
from bot.playground.receipts import Receipt
from bot.playground.server import Playground

MOST_RATIO, MOST_REPLY_S, MOST_LIMITED = 1.1, 1.0, 0.001
"""The bars: of the time that the platform's limit allows, of one who asks, of all posts."""
PEOPLE_A_QUESTION = 50
"""Somebody writes to the bot once in so many messages of the fan-out."""
WORDS = "L’atelier commence dans une autre salle : suivez les flèches."
QUESTION = "programme"
LOOK_S = 0.05
GIVE_UP_S = 60.0

Figures = dict[str, str | int | float]


def measure(database: str, number: int, scale: float) -> Figures:
    """The figures for one kind of database, "sqlite" or "postgresql"; `scale` multiplies the
    limits of the platform and the bot's pace alike."""
    with ExitStack() as stack:
        url = stack.enter_context(temporary_database(database))
        slack, users = stack.enter_context(workspace(number))
        engine = create_database_engine(url)
        stack.callback(engine.dispose)
        migrate(url)
        _fill(engine, slack.workspace.team.id, users)
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="maillon-bench-")))
        settings = settings_for(slack, url) | {
            "slack_app_token": slack.installed.app_token,
            "maillon_pace_scale": scale,
        }
        bot = stack.enter_context(served("bot.bench.ours", settings, folder, None))
        limit_s = 60.0 * number / (POSTS * scale)
        fanout = _Fanout(slack, bot, users, limit_s)
        slack.limits.scale = scale  # it was higher for the list of members, which is many pages
        return {
            "database": database,
            "people": number,
            "scale": scale,
            **asyncio.run(fanout.run(lambda: _publish(engine))),
        }


def missed(figures: Mapping[str, str | int | float]) -> list[str]:
    """The bars that were not reached."""
    bars = {
        "sent": figures["sent"] == figures["people"],
        "twice": figures["twice"] == 0,
        "ratio": float(figures["ratio"]) <= MOST_RATIO,
        "reply_p99_s": figures["replied"] == figures["asked"]
        and float(figures["reply_p99_s"]) <= MOST_REPLY_S,
        "rate_limited": float(figures["rate_limited"]) <= MOST_LIMITED * float(figures["people"]),
    }
    return [name for name, reached in bars.items() if not reached]


@dataclass
class _Fanout:
    """One announcement, and those who ask meanwhile."""

    slack: Playground
    bot: Server
    users: Sequence[str]
    limit_s: float
    asked: dict[str, float] = field(default_factory=dict)
    """When who wrote to the bot, by the counter that receipts have."""

    async def run(self, publish: Callable[[], None]) -> Figures:
        homes = {(await self.slack.direct(user)).id: user for user in self.users}
        posts = self.slack.receipts.posts
        cpu = self.bot.cpu_s()
        began = time.perf_counter()
        await asyncio.to_thread(publish)
        asking = asyncio.ensure_future(self._ask())
        gives_up = began + 3 * self.limit_s + GIVE_UP_S
        letters = replies = seen = 0
        while letters < len(self.users) or not asking.done() or replies < len(self.asked):
            if time.perf_counter() > gives_up:
                break
            await asyncio.sleep(LOOK_S)
            for post in posts[seen:]:
                letters += _letter(post)
                replies += not _letter(post)
                seen += 1
        asking.cancel()
        return self._figures(homes, list(posts), began, self.bot.cpu_s() - cpu)

    async def _ask(self) -> None:
        chance = Random(1)  # noqa: S311
        askers = chance.sample(self.users, max(1, len(self.users) // PEOPLE_A_QUESTION))
        every = self.limit_s / len(askers)
        began = time.perf_counter()
        for number, user in enumerate(askers):
            due = began + every * (number + chance.random())
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            channel = await self.slack.direct(user)
            self.asked[user] = time.perf_counter()
            await self.slack.post_as(user, channel, QUESTION)

    def _figures(
        self, homes: Mapping[str, str], posts: Sequence[Receipt], began: float, cpu_s: float
    ) -> Figures:
        letters = [post for post in posts if _letter(post)]
        reached = {post.channel for post in letters}
        replied = {homes[post.channel]: post.received for post in posts if not _letter(post)}
        waits = [at - self.asked[user] for user, at in replied.items()] or [0.0]
        first = min((post.received for post in letters), default=began) - began
        seconds = max((post.received for post in letters), default=began) - began
        return {
            "sent": len(reached),
            "twice": len(letters) - len(reached),
            "limit_seconds": round(self.limit_s, 1),
            "first_s": round(first, 2),
            "seconds": round(seconds, 1),
            "ratio": round(seconds / self.limit_s, 3),
            "asked": len(self.asked),
            "replied": len(replied),
            "reply_p50_s": round(_percentile(waits, 50), 3),
            "reply_p99_s": round(_percentile(waits, 99), 3),
            "rate_limited": self.slack.limits.refused,
            "bot_cpu_s": round(cpu_s, 1),
            "cpu_ms_per_post": round(1_000 * cpu_s / max(1, len(posts)), 2),
        }


def _letter(post: Receipt) -> bool:
    return WORDS in post.text


def _percentile(values: Sequence[float], percent: int) -> float:
    return quantiles([*values, *values], n=100, method="inclusive")[percent - 1]


def _fill(engine: Engine, team_id: str, users: Sequence[str]) -> None:
    """A workshop that begins soon, and everybody chose it; its announcement is not written yet."""
    now = datetime.now(UTC)
    with Session(engine) as session, session.begin():
        apply_event(session, parse_event(_event(now)), now)
        event_id = find_event(session)
        workspace_id = join_workspace(session, event_id, "slack", team_id)
        import_programme(session, event_id, [_workshop(now)], now)
        workshop = session.scalars(select(SessionRow)).one()
        workshop.next_announce_at = workshop.next_remind_at = None  # nothing else is said
        ids = people(session, event_id, workspace_id, users)
        mine = {"event_id": event_id, "session_id": workshop.session_id, "starred_at": now}
        session.execute(insert(Star), [{**mine, "participant_id": one} for one in ids.values()])


def _publish(engine: Engine) -> None:
    now = datetime.now(UTC)
    with Session(engine) as session, session.begin():
        workshop = session.scalars(select(SessionRow)).one()
        session.add(
            Bulletin(
                event_id=workshop.event_id,
                bulletin_id=new_id(),
                kind=ANNOUNCEMENT,
                state=SCHEDULED,
                version=1,
                text_fr=WORDS,
                audience=SESSION,
                target=workshop.session_id,
                next_send_at=now,
                changed_at=now,
            )
        )


def _event(now: datetime) -> str:
    return f"""
slug = "bench"
title = "Congrès"
zone = "Europe/Paris"
first_day = {now.date() - timedelta(days=1)}
last_day = {now.date() + timedelta(days=1)}
[channels]
general = "programme"
[questions]
kinds = []
[budget]
quiet_from = 00:00:00
quiet_until = 00:00:00
"""


def _workshop(now: datetime) -> ProgrammeSession:
    return ProgrammeSession(
        source_id="workshop",
        title="Atelier",
        kind="workshop",
        room="Salle 1",
        track=None,
        language="fr",
        starts_at=now + timedelta(minutes=50),
        ends_at=now + timedelta(hours=2),
    )

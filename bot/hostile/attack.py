"""Thousands of payloads that nobody means well with, and what became of them."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.bench.letterbox import Letterbox
from bot.db.base import Base
from bot.hostile.asgi import call
from bot.hostile.day import CAST, STOPS, play
from bot.hostile.forge import Forger, Signer
from bot.hostile.mutate import Mutator, Pool
from bot.hostile.record import Record
from bot.hostile.stage import SECRET, Stage, at, set_stage
from bot.hostile.watch import Heard, digest, watching_logs
from bot.web.incoming import ADDRESS

OPENING = at("07:30")
AT_ONCE = 48
FORGED = 0.1
IDS_OF_A_COLUMN = 30
MEMBERS = 40
EXPECTED = frozenset({200, 400, 404})
"""Of what is signed: taken, not understood, listened to by nobody."""
LEAST_HEARD = 0.5
"""Of all payloads, so many have to reach a listener: what is turned away shows little."""


@dataclass
class Figures:
    """What a run came to; those of several runs can be added."""

    payloads: int = 0
    signed: int = 0
    forged: int = 0
    kinds_recorded: int = 0
    kinds_derived: int = 0
    """Of buttons that nobody pressed that day, and forms: made from those that were."""
    kinds_missing: list[str] = field(default_factory=list)
    reached_a_listener: int = 0
    reached_a_handler: int = 0
    handlers: int = 0
    handlers_unreached: list[str] = field(default_factory=list)
    forged_reached_a_listener: int = 0
    forged_written: int = 0
    """Runs in which a table was another after what was forged than before."""
    statuses_signed: Counter[str] = field(default_factory=Counter)
    statuses_forged: Counter[str] = field(default_factory=Counter)
    unexpected: Counter[str] = field(default_factory=Counter)
    server_errors: int = 0
    stack_traces: int = 0
    personal_lines: int = 0
    logged: Counter[str] = field(default_factory=Counter)
    replies: int = 0
    day_s: float = 0.0
    seconds: float = 0.0
    cpu_s: float = 0.0
    traces: list[str] = field(default_factory=list)

    def __add__(self, other: Figures) -> Figures:
        """Side by side: seconds are those of the longer."""
        mine, theirs = vars(self), vars(other)
        both = {name: mine[name] + theirs[name] for name in mine}
        for name in ("day_s", "seconds", "kinds_recorded", "kinds_derived", "handlers"):
            both[name] = max(mine[name], theirs[name])
        unreached = set(self.handlers_unreached) & set(other.handlers_unreached)
        both["handlers_unreached"] = sorted(unreached)
        return Figures(**both)

    @property
    def clean(self) -> bool:
        wrong = (
            self.kinds_missing, self.forged_reached_a_listener, self.forged_written,
            self.unexpected, self.server_errors, self.stack_traces, self.personal_lines,
        )  # fmt: skip
        return not any(wrong) and self.reached_a_listener >= LEAST_HEARD * self.payloads

    def json_line(self) -> str:
        shown = {name: value for name, value in vars(self).items() if name != "traces"}
        return json.dumps(shown | {"clean": self.clean})


async def attack(
    database_url: str, payloads: int, seed: int, stops: Sequence[datetime] = STOPS
) -> Figures:
    """A day until the last of `stops`, then `payloads`, of which a tenth is forged."""
    with watching_logs() as traces:
        async with set_stage(database_url, OPENING, seed) as stage:
            began = time.perf_counter()
            record = Record()
            await play(stage, record, stops)
            played = time.perf_counter() - began
            figures = await _attack(stage, record, payloads, seed)
    figures.stack_traces, figures.personal_lines = traces.count, traces.personal
    figures.logged, figures.traces = traces.events, traces.kept
    figures.day_s = round(played, 1)
    figures.seconds = round(time.perf_counter() - began, 1)
    figures.cpu_s = round(time.process_time(), 1)
    return figures


async def _attack(stage: Stage, record: Record, payloads: int, seed: int) -> Figures:
    handlers = stage.maillon.slack.gestures.handlers
    forged = round(payloads * FORGED)
    figures = Figures(payloads=payloads, signed=payloads - forged, forged=forged)
    figures.kinds_recorded = len(record.by_kind)
    figures.kinds_derived = record.derive(handlers)
    figures.kinds_missing = sorted(map(": ".join, record.missing(handlers)))
    letters = Letterbox()
    address = await letters.open()
    mutator = Mutator(record, await _pool(stage, seed), seed, address, stage.trigger)
    signer, heard = Signer(SECRET), Heard(stage.maillon)

    engine = stage.maillon.runtime.engine
    await stage.idle()
    before = await asyncio.to_thread(digest, engine)
    await _forge(stage, Forger(mutator, signer, seed), figures)
    await stage.idle()
    figures.forged_written = int(await asyncio.to_thread(digest, engine) != before)
    figures.forged_reached_a_listener = heard.listeners

    await _send(stage, mutator, signer, figures)
    await stage.rest()
    await letters.close()
    figures.reached_a_listener = heard.listeners - figures.forged_reached_a_listener
    figures.reached_a_handler = sum(heard.handlers.values())
    figures.handlers = len(heard.known)
    figures.handlers_unreached = sorted(heard.known - set(heard.handlers))
    figures.replies = letters.replied
    return figures


async def _forge(stage: Stage, forger: Forger, figures: Figures) -> None:
    for _ in range(figures.forged):
        forged = forger.next()
        reply = await call(stage.maillon.app, "POST", ADDRESS, forged.headers, forged.chunks)
        figures.statuses_forged[str(reply.status)] += 1
        figures.server_errors += reply.status >= 500
        if reply.status not in forged.expected:
            figures.unexpected[f"{forged.why}: {reply.status}"] += 1


async def _send(stage: Stage, mutator: Mutator, signer: Signer, figures: Figures) -> None:
    left = iter(range(figures.signed))

    async def one_after_another() -> None:
        for _ in left:
            sent = mutator.next()
            headers = signer.headers(sent)
            reply = await call(stage.maillon.app, "POST", ADDRESS, headers, [sent.body])
            figures.statuses_signed[str(reply.status)] += 1
            figures.server_errors += reply.status >= 500
            if reply.status not in EXPECTED:
                figures.unexpected[f"signed: {reply.status}"] += 1

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))


async def _pool(stage: Stage, seed: int) -> Pool:
    chance = Random(seed)  # noqa: S311 (repeatable on purpose)

    def ids(session: Session) -> list[str]:
        columns = [
            column
            for table in Base.metadata.sorted_tables
            for column in table.columns
            if column.name.endswith("_id")
        ]
        found: set[str] = set()
        for column in columns:
            values = session.scalars(select(column).distinct().limit(IDS_OF_A_COLUMN))
            found.update(str(value) for value in values if value)
        return sorted(found)

    workspace = stage.playground.workspace
    cast = [user.id for user in workspace.users.values() if user.email in CAST]
    others = [user.id for user in workspace.users.values() if not user.is_bot]
    handlers = stage.maillon.slack.gestures.handlers
    return Pool(
        event_id=stage.event_id,
        ids=await stage.maillon.runtime.read(ids),
        users=(*cast * 4, *chance.sample(others, MEMBERS)),
        pressed=sorted((*handlers.views, *handlers.actions, *handlers.forms)),
        sent=sorted(handlers.submissions),
    )

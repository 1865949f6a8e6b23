"""Thousands of payloads that nobody means well with, and what became of them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from sqlalchemy.orm import Session

from bot.bench.clicks import Letterbox
from bot.db.base import Base
from bot.hostile.asgi import call
from bot.hostile.day import CAST, STOPS, play
from bot.hostile.forge import Forger, Signer
from bot.hostile.mutate import Mutator, Pool
from bot.hostile.record import Record
from bot.hostile.stage import SECRET, Stage, set_stage
from bot.hostile.watch import Heard, Traces, digest, watching_logs
from bot.web.incoming import ADDRESS

AT_ONCE = 48
FORGED_IN_TEN = 1
IDS_OF_A_COLUMN = 30
MEMBERS = 40
EXPECTED = frozenset({200, 400, 404})
"""Of what is signed: taken, not understood, listened to by nobody."""


@dataclass
class Outcome:
    statuses: Counter[str] = field(default_factory=Counter)
    unexpected: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


async def attack(database_url: str, payloads: int, seed: int) -> tuple[dict[str, object], Traces]:
    """The figures, and what was logged that should not have been."""
    with watching_logs() as traces:
        async with set_stage(database_url, STOPS[0], seed) as stage:
            began = time.perf_counter()
            record = Record()
            await play(stage, record)
            played = time.perf_counter() - began
            figures = await _attack(stage, record, payloads, seed)
    figures |= {
        "stack_traces": traces.count,
        "personal_lines": traces.personal,
        "log_lines": sum(traces.events.values()),
        "logged": dict(traces.events.most_common()),
        "day_s": round(played, 1),
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_s": round(time.process_time(), 1),
    }
    clean = (
        figures["server_errors"] == 0
        and not figures["unexpected"]
        and figures["stack_traces"] == 0
        and figures["personal_lines"] == 0
        and figures["written_unsigned"] is False
    )
    return figures | {"clean": clean}, traces


async def _attack(
    stage: Stage, record: Record, payloads: int, seed: int
) -> dict[str, object]:
    handlers = stage.maillon.slack.gestures.handlers
    recorded = len(record.by_kind)
    derived = record.derive(handlers)
    missing = record.missing(handlers)
    letters = Letterbox()
    address = await letters.open()
    mutator = Mutator(record, await pool_of(stage, seed), seed, address, stage.trigger)
    signer = Signer(SECRET)
    heard = Heard(stage.maillon)
    forged = payloads * FORGED_IN_TEN // 10
    engine = stage.maillon.runtime.engine
    await stage.idle()
    before, heard_before = digest(engine), heard.listeners
    wrong = await _forge(stage, Forger(mutator, signer, seed), forged)
    await stage.idle()
    written = digest(engine) != before
    heard_unsigned = heard.listeners - heard_before
    right = await _send(stage, mutator, signer, payloads - forged)
    await stage.rest()
    await letters.close()
    statuses = wrong.statuses + right.statuses
    return {
        "payloads": payloads,
        "signed": payloads - forged,
        "forged": forged,
        "kinds_recorded": recorded,
        "kinds_derived": derived,
        "kinds_missing": sorted(map(":".join, missing)),
        "reached_a_listener": heard.listeners - heard_unsigned,
        "reached_a_handler": sum(heard.handlers.values()),
        "handlers_reached": len(heard.handlers),
        "handlers": len(handlers.views) + len(handlers.actions) + len(handlers.forms)
        + len(set(handlers.submissions) - set(handlers.forms)),
        "unsigned_reached_a_listener": heard_unsigned,
        "written_unsigned": written,
        "server_errors": sum(n for status, n in statuses.items() if status.endswith("5xx")),
        "statuses_signed": dict(sorted(right.statuses.items())),
        "statuses_forged": dict(sorted(wrong.statuses.items())),
        "unexpected": dict(wrong.unexpected + right.unexpected),
        "replies": letters.replied,
    }


async def _forge(stage: Stage, forger: Forger, count: int) -> Outcome:
    outcome = Outcome()
    for _ in range(count):
        forged = forger.next()
        reply = await call(stage.maillon.app, "POST", ADDRESS, forged.headers, forged.chunks)
        outcome.statuses[_class(reply.status)] += 1
        if reply.status not in forged.expected:
            outcome.unexpected[f"{forged.why}: {reply.status}"] += 1
    return outcome


async def _send(stage: Stage, mutator: Mutator, signer: Signer, count: int) -> Outcome:
    outcome, app = Outcome(), stage.maillon.app
    left = iter(range(count))

    async def one_after_another() -> None:
        for _ in left:
            sent = mutator.next()
            reply = await call(app, "POST", ADDRESS, signer.headers(sent), [sent.body])
            outcome.statuses[_class(reply.status)] += 1
            if reply.status not in EXPECTED:
                outcome.unexpected[f"signed: {reply.status}"] += 1

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))
    return outcome


def _class(status: int) -> str:
    return f"{status} 5xx" if status >= 500 else str(status)


async def pool_of(stage: Stage, seed: int) -> Pool:
    """Ids that are really there."""
    chance = Random(seed)  # noqa: S311 (repeatable on purpose)

    def ids(session: Session) -> list[str]:
        found: set[str] = set()
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if column.name.endswith("_id"):
                    rows = session.execute(column.table.select().with_only_columns(column).limit(IDS_OF_A_COLUMN))
                    found |= {str(value) for (value,) in rows if value}
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

"""How soon a vote stands in the message of its session, under Slack's own limits.

One question of each session is supported, steadily and in turns that chance makes. A vote is shown
with the first edit whose count reaches it; the clock starts with the press. The stand-in for Slack
and the presses live in this process, the bot in its own, on a SQLite file.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from bot.bench.clicks import Presses
from bot.bench.crowd import Outcome, press_at
from bot.bench.hall import QUESTIONS, fill_hall
from bot.bench.letterbox import Letterbox
from bot.bench.served import served
from bot.bench.votes import settings_for, workspace
from bot.bench.wire import Wire, signed
from bot.demo import INSTALLED
from bot.drill.databases import temporary_database
from bot.playground.receipts import Receipt
from bot.playground.server import Playground

PRESSES = 5.0
"""A second, on each session: faster than any board may be edited."""
LOOK_S = 0.2
PATIENCE_S = 60.0
_COUNT = re.compile(r"(\d+)\s+soutien")


def measure(sessions: int, seconds: float) -> dict[str, int | float]:
    with ExitStack() as stack:
        url = stack.enter_context(temporary_database("sqlite"))
        people = int(PRESSES * seconds) + 10
        slack, users = stack.enter_context(workspace(people))
        slack.limits.scale = 1.0
        team_id = slack.workspace.team.id
        hall = fill_hall(url, team_id, users, datetime.now(UTC), sessions)
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="maillon-bench-")))
        server = stack.enter_context(
            served("bot.bench.ours", settings_for(slack, url), folder, None)
        )
        questions = hall.questions[::QUESTIONS]
        bench = _Bench(slack, server.address, questions)
        outcome = asyncio.run(bench.run(team_id, hall.event_id, users, seconds))
    return _figures(outcome, slack.receipts.edits, questions)


class _Bench:
    def __init__(
        self, slack: Playground, address: tuple[str, int], questions: Sequence[str]
    ) -> None:
        self._slack, self._address, self._questions = slack, address, questions

    async def run(
        self, team_id: str, event_id: str, users: Sequence[str], seconds: float
    ) -> Outcome:
        letters = Letterbox()
        replies = await letters.open()
        await self._until(lambda: len(self._slack.receipts.posts) == len(self._questions))
        presses = Presses(Wire(INSTALLED, team_id, replies), event_id, users, self._questions)
        rate = PRESSES * len(self._questions)
        clicks = presses.take(int(rate * seconds))
        requests = signed(clicks, INSTALLED, "127.0.0.1")
        outcome = await press_at(rate, clicks, requests, self._address, seconds)
        counts = _counted(outcome)
        await self._until(
            lambda: all(
                any(count >= counts[one] for _, count in _shown(self._slack.receipts.edits, one))
                for one in counts
            )
        )
        await letters.close()
        return outcome

    async def _until(self, done: Callable[[], bool]) -> None:
        gives_up = time.perf_counter() + PATIENCE_S
        while not done():
            if time.perf_counter() > gives_up:
                raise TimeoutError("the boards do not show every vote")
            await asyncio.sleep(LOOK_S)


def _counted(outcome: Outcome) -> Mapping[str, int]:
    return Counter(question for _, question in outcome.due)


def _shown(edits: Iterable[Receipt], question: str) -> Iterator[tuple[float, int]]:
    """When the board of a question was edited, and how many supporters it showed then."""
    for edit in list(edits):
        said = json.dumps(edit.blocks, ensure_ascii=False)
        if question in said:
            yield edit.received, max(map(int, _COUNT.findall(said)))


def _figures(
    outcome: Outcome, edits: Sequence[Receipt], questions: Sequence[str]
) -> dict[str, int | float]:
    waits: list[float] = []
    for one in questions:
        shown = _shown(edits, one)
        at, count = next(shown)
        pressed = sorted(due for due, question in outcome.due if question == one)
        for number, due in enumerate(pressed, 1):
            while count < number:
                at, count = next(shown)
            waits.append(max(0.0, at - due))
    percentiles = quantiles(waits, n=100, method="inclusive")
    return {
        "sessions": len(questions),
        "votes": len(waits),
        "refused": outcome.refused,
        "edits": len(edits),
        "p50_s": round(percentiles[49], 2),
        "p99_s": round(percentiles[98], 2),
    }

"""SIGTERM while something is under way: the bot ends in order and in time, and the next goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from bot.db.engine import create_database_engine
from bot.delivery.tables import OPEN_STATES, QUEUED, SENT, UNKNOWN, Delivery
from bot.demo import fill_database, sample_playground
from bot.drill.process import BotProcess
from bot.playground.server import Playground
from tests.support.congress import at
from tests.support.machine import ROOT

PATIENCE_S = 60.0
LOOK_AGAIN_S = 0.02
START = at("08:46")
"""Two announcements are due."""
SOON = {"MAILLON_STOP_WITHIN": "4", "MAILLON_SETTLE_AFTER": "60"}
"""A request may last longer than the stop does."""


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(LOOK_AGAIN_S)


@contextmanager
def bot(playground: Playground, url: str, folder: Path, **more: str) -> Iterator[BotProcess]:
    settings = {
        "SLACK_BOT_TOKEN": playground.installed.bot_token,
        "SLACK_APP_TOKEN": playground.installed.app_token,
        "SLACK_API_URL": f"{playground.url}/api/",
        "DATABASE_URL": url,
        "MAILLON_CLOCK_URL": playground.url,
        "MAILLON_HTTP_PORT": "0",
        **more,
    }
    folder.mkdir()
    process = BotProcess(settings, folder, lambda: bool(playground.sockets.connections))
    process.start()
    try:
        yield process
    finally:
        process.kill()


def told_to_stop(process: BotProcess) -> None:
    """And it has heard it."""
    os.kill(process.pid, signal.SIGTERM)
    until(lambda: any(process.events("maillon.stopping")), "it does not hear the signal")


def ended(process: BotProcess) -> int:
    until(lambda: process.exit_code is not None, "it does not end")
    assert process.exit_code is not None
    return process.exit_code


def states(url: str) -> list[str]:
    engine = create_database_engine(url)
    with Session(engine) as session:
        found = list(session.scalars(select(Delivery.state)))
    engine.dispose()
    return found


def said(playground: Playground) -> list[tuple[str, str]]:
    return [(post.channel, post.text) for post in playground.receipts.posts]


def test_a_send_under_way_ends_and_another_process_goes_on(sqlite_url: str, tmp_path: Path) -> None:
    fill_database(sqlite_url, START)
    with sample_playground(START) as playground:
        hold = playground.faults.hold_next("chat.postMessage")
        with bot(playground, sqlite_url, tmp_path / "first") as first:
            hold.wait(PATIENCE_S)
            told_to_stop(first)
            hold.release()
            assert ended(first) == 0
            assert "Traceback" not in first.last_words(1_000)
        assert set(states(sqlite_url)) <= {SENT, QUEUED}
        with bot(playground, sqlite_url, tmp_path / "second"):
            until(lambda: not set(states(sqlite_url)) & set(OPEN_STATES), "something is left")
        assert len(said(playground)) == len(set(said(playground))) == states(sqlite_url).count(SENT)


def test_it_does_not_wait_for_a_platform_that_hangs(sqlite_url: str, tmp_path: Path) -> None:
    fill_database(sqlite_url, START)
    with sample_playground(START) as playground:
        hold = playground.faults.hold_next("chat.postMessage")
        with bot(playground, sqlite_url, tmp_path / "bot", **SOON) as process:
            hold.wait(PATIENCE_S)
            told_to_stop(process)
            assert ended(process) == 0
        assert set(states(sqlite_url)) <= {SENT, QUEUED, UNKNOWN}
        assert UNKNOWN in states(sqlite_url), "it may have been said: it is looked up"


def test_it_does_not_wait_for_a_database_that_hangs(sqlite_url: str, tmp_path: Path) -> None:
    fill_database(sqlite_url, START)
    engine = create_engine(sqlite_url)
    with sample_playground(START) as playground, engine.connect() as other:
        hold = playground.faults.hold_next("chat.postMessage")
        with bot(playground, sqlite_url, tmp_path / "bot", **SOON) as process:
            hold.wait(PATIENCE_S)
            other.execute(text("BEGIN IMMEDIATE"))  # nobody can write any more
            told_to_stop(process)
            hold.release()
            assert ended(process) == 1
            assert any(process.events("maillon.stop_forced"))
    engine.dispose()


def test_the_last_limit_holds_whatever_a_thread_waits_for() -> None:
    hangs = "import threading; from bot.stopping import leave_after; leave_after(0.1); "
    hung = [sys.executable, "-c", f"{hangs}threading.Event().wait()"]
    assert subprocess.run(hung, cwd=ROOT, timeout=PATIENCE_S, capture_output=True).returncode == 1

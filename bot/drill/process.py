"""The bot as a process of its own, to be killed without warning."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import bot

PATIENCE_S = 30.0
POLL_S = 0.02


class DrillError(Exception):
    """The drill cannot go on: the bot does not start, or never comes to rest."""


class BotProcess:
    """`is_up` says whether the bot that was started has arrived in the workspace."""

    def __init__(
        self, settings: Mapping[str, str], folder: Path, is_up: Callable[[], bool]
    ) -> None:
        self._log = folder / "bot.log"
        self._folder, self._is_up = folder, is_up
        # Without PYTHON…: it starts often, and each start finds what the first one compiled.
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.upper().startswith(("SLACK_", "MAILLON_", "PYTHON"))
            # The playground is next door, and slack_sdk ignores NO_PROXY.
            and not name.upper().endswith("_PROXY")
        }
        self._environment = {
            **inherited,
            # It runs in an empty folder, so that no `.env` reaches it, and finds itself by this.
            "PYTHONPATH": str(Path(bot.__file__).parent.parent),
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.away: list[tuple[float, float]] = []
        """From each end of the bot to its next arrival, in machine time."""
        self._away_since: float | None = time.monotonic()

    def compile(self) -> None:
        """A first start compiles, and holds the memory that this took for good: not this one."""
        subprocess.run([sys.executable, "-c", "import bot.cli"], env=self._environment, check=True)

    def start(self) -> None:
        while self._is_up():
            time.sleep(POLL_S)  # the workspace has not noticed yet that the last one is gone
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                env=self._environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def wait_up(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not self._is_up():
            if not self.alive:
                raise DrillError(f"The bot ended by itself:\n{self.last_words()}")
            if time.monotonic() > deadline:
                raise DrillError(f"The bot does not start:\n{self.last_words()}")
            time.sleep(POLL_S)
        if self._away_since is not None:
            self.away.append((self._away_since, time.monotonic()))
            self._away_since = None

    @property
    def pid(self) -> int:
        assert self._process is not None, "it was not started"
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, as whoever operates it does; kill it if it does not."""
        try:
            self._end(signal.SIGTERM)
        except subprocess.TimeoutExpired:
            self.kill()

    def _end(self, sign: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(sign)
            self._process.wait(PATIENCE_S)
            self._away_since = self._away_since or time.monotonic()

    def last_words(self, lines: int = 15) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])

    def events(self, name: str) -> Iterator[dict[str, Any]]:
        """What the bot, in all its lives, logged as `name`; a kill may cut a line short."""
        for line in self._log.read_text(errors="replace").splitlines():
            if f'"{name}"' in line:
                try:
                    yield json.loads(line)
                except json.JSONDecodeError:
                    continue

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli import main
from bot.demo import DEMO_START, sample_bytes, sample_playground
from bot.playground.server import Playground
from bot.settings import Settings


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Maillon = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No `.env` and no setting of this machine: a command sees what the test gives it."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def maillon(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sqlite_url: str
) -> Maillon:
    """Run a command in this process: `maillon("event", "apply", "event.toml", LC_ALL="fr")`."""

    def run(*arguments: object, **environment: str) -> Outcome:
        monkeypatch.setenv("DATABASE_URL", sqlite_url)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["maillon", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return Outcome(int(ended.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The sample congress as files, for those who import them."""
    for name in (
        "event.toml",
        "participants.csv",
        "schedule.json",
        "schedule-v2.json",
        "schedule-v3.json",
    ):
        (tmp_path / name).write_bytes(sample_bytes(name))
    return tmp_path


@pytest.fixture
def playground() -> Iterator[Playground]:
    with sample_playground(DEMO_START) as one:
        yield one

"""`maillon bench fanout`: everybody is written to once, and whoever asks is answered."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from bot.bench.fanout import missed
from bot.cli.main import app

REACHED = {
    "people": 5_000, "sent": 5_000, "twice": 0, "ratio": 1.1, "asked": 100, "replied": 100,
    "reply_p99_s": 1.0, "rate_limited": 5,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def test_everybody_is_written_to_once(database: str) -> None:
    command = ["bench", "fanout", "--people", "60", "--scale", "10", "--json"]
    result = CliRunner().invoke(app, [*command, "--database", database])
    figures = json.loads(result.stdout.splitlines()[0])
    assert (figures["database"], figures["people"], figures["sent"]) == (database, 60, 60)
    assert (figures["twice"], figures["asked"], figures["replied"]) == (0, 1, 1)
    assert figures["limit_seconds"] == 1.2
    assert (result.exit_code == 0) == (missed(figures) == [])


@pytest.mark.parametrize(
    ("figure", "value", "bar"),
    [
        ("sent", 4_999, "sent"),
        ("twice", 1, "twice"),
        ("ratio", 1.11, "ratio"),
        ("reply_p99_s", 1.1, "reply_p99_s"),
        ("replied", 99, "reply_p99_s"),
        ("rate_limited", 6, "rate_limited"),
    ],
)
def test_a_bar_that_is_missed_is_named(figure: str, value: float, bar: str) -> None:
    assert missed(REACHED) == []
    assert missed({**REACHED, figure: value}) == [bar]

"""`maillon bench sockets`: the whole chain, with an hour made a few seconds."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from bot.bench import sockets
from bot.bench.sockets import Pace, clean, measure
from bot.cli.main import app
from bot.platforms.slack.link import Times

# All in one proportion but for Retry-After, which knows whole seconds.
QUICK = Pace(
    between_events=0.05,
    between_strikes=0.3,
    retry_after=(0.0, 1.0, 3.0),
    ack_within=0.3,
    believed_for=0.5,
    throttled_for=1,
    times=Times(ping=0.1, silent=0.5, closing=0.1, first=0.02, longest=0.2, steady=1.0),
)


def test_nothing_is_lost_nor_counted_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sockets, "measure", lambda minutes, seed, database: measure(minutes, seed, database, QUICK)
    )
    result = CliRunner().invoke(app, ["bench", "sockets", "--minutes", "0.05", "--json"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert (figures["lost"], figures["counted_twice"]) == (0, 0)
    assert figures["events"] > 0
    assert figures["sendings"] >= figures["events"]
    assert figures["strikes"] > 0
    assert list(figures) == [
        *("events", "lost", "counted_twice", "sendings", "disconnects", "refused", "black_holes"),
        *("silent_noticed_max_s", "gap_max_s", "deaf_max_s", "reconnects", "strikes"),
        *("seconds", "cpu_s"),
    ]


@pytest.mark.parametrize("bad", [{"lost": 1}, {"counted_twice": 1}, {"silent_noticed_max_s": 15.1}])
def test_what_is_no_success(bad: dict[str, float]) -> None:
    good: dict[str, float] = {"lost": 0, "counted_twice": 0, "silent_noticed_max_s": 10.4}
    assert clean(good)
    assert not clean(good | bad)

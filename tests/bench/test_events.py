"""`maillon bench events` counts right, however fast the machine is."""

from __future__ import annotations

import json
from random import Random

import pytest
from typer.testing import CliRunner

from bot.bench.slope import slope
from bot.cli.main import app

FIGURES = {
    "people", "seconds", "peak", "rate", "offered", "carried", "bot_ms_one", "bot_ms_two",
    "postgresql_ms_one", "postgresql_ms_two", "scaling", "lock_wait_share", "p50_ms", "p99_ms",
}  # fmt: skip
SOAK = {
    "soak_s", "soak_offered", "soak_carried", "mib", "mib_slope_per_min", "mib_slope_low",
    "mib_slope_high",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.postgresql
def test_everything_that_is_offered_is_carried(monkeypatch: pytest.MonkeyPatch) -> None:
    # Warm or not, what is counted is the same.
    monkeypatch.setattr("bot.bench.fleet.CALM", float("inf"))
    monkeypatch.setattr("bot.bench.fleet.WARM_UP_S", 0.5)
    monkeypatch.setattr("bot.bench.events.SAMPLES", 1)
    monkeypatch.setattr("bot.bench.events.SAMPLE_S", 0.1)
    arguments = ["--seconds", "1", "--people", "40", "--soak", "0.01", "--json"]
    result = CliRunner().invoke(app, ["bench", "events", *arguments])
    figures = json.loads(result.stdout)
    assert set(figures) == FIGURES | SOAK
    assert figures["carried"] == figures["offered"] > 0
    assert figures["soak_carried"] == figures["soak_offered"] > 0
    assert figures["scaling"] > 0
    assert figures["mib_slope_low"] <= figures["mib_slope_per_min"] <= figures["mib_slope_high"]
    # Bars are for a quiet machine; whether one is missed is said.
    assert (result.exit_code, "Missed" in result.stderr) in ((0, False), (1, True))


def test_what_grows_is_told_from_what_only_jumps() -> None:
    chance = Random(1)
    moments = [number / 60 for number in range(300)]
    noise = [chance.gauss(0, 1) for _ in moments]
    jumps = slope(
        moments, [100 + one + (50 if 40 < n < 60 else 0) for n, one in enumerate(noise)], 10
    )
    assert jumps.low < 0 < jumps.high
    grows = slope(moments, [100 + 2 * m + one for m, one in zip(moments, noise, strict=True)], 10)
    assert grows.low < 2 < grows.high
    assert grows.low > 0

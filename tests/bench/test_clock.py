"""`maillon bench clock`: everything that was due has come, and not before its time."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from bot.cli.main import app


@pytest.mark.slow
def test_everything_that_is_due_comes() -> None:
    result = CliRunner().invoke(
        app, ["bench", "clock", "--sessions", "40", "--seconds", "3", "--json"]
    )
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert (figures["sessions"], figures["posts"], figures["received"]) == (40, 6, 6)
    assert 0 < figures["late_p50_s"] <= figures["late_p99_s"]
    assert figures["idle_mib"] > 50
    assert figures["due_query_ms"] > 0

"""`maillon bench wall`: everybody who watches sees every change, and it is read once."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from bot.cli.main import app


def test_everybody_sees_every_change() -> None:
    result = CliRunner().invoke(
        app, ["bench", "wall", "--viewers", "20", "--changes", "3", "--json"]
    )
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert list(figures) == [
        "viewers",
        "changes",
        "p50_s",
        "p99_s",
        "queries_per_change",
        "statements_per_change",
        "missed",
    ]
    assert (figures["viewers"], figures["changes"], figures["missed"]) == (20, 3, 0)
    assert figures["queries_per_change"] >= 1
    # A room, what is on in it, who takes turns, the question, what stands above: each in one.
    assert figures["statements_per_change"] == pytest.approx(
        5 * figures["queries_per_change"], abs=0.05
    )

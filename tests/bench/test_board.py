"""`maillon bench board`: every vote that was taken is waited for until its board shows it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from bot.cli.main import app


@pytest.mark.slow
def test_every_vote_is_shown() -> None:
    result = CliRunner().invoke(
        app, ["bench", "board", "--sessions", "2", "--seconds", "2", "--json"]
    )
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert list(figures) == ["sessions", "votes", "refused", "edits", "p50_s", "p99_s"]
    assert (figures["sessions"], figures["refused"]) == (2, 0)
    assert figures["votes"] == pytest.approx(20, abs=2)  # ten a session, but for the last moment
    # Those that come together are shown by one edit.
    assert 2 <= figures["edits"] < figures["votes"]
    assert 0 < figures["p50_s"] <= figures["p99_s"]

"""`maillon playground`: what it prints is an `.env`."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli import play
from bot.settings import Settings
from tests.cli.conftest import Maillon


def test_what_the_playground_prints_can_be_pasted_into_env(
    maillon: Maillon, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def at_once() -> None:
        pass

    monkeypatch.setattr(play, "_until_stopped", at_once)
    served = maillon("playground", "--port", "0", COLUMNS="20")
    assert served.code == 0
    address, *lines = served.out.splitlines()
    assert address.startswith("# http://127.0.0.1:")
    assert all("=" in line for line in lines)
    (tmp_path / ".env").write_text(served.out)
    settings = Settings()
    assert settings.slack_api_url == f"{address.removeprefix('# ')}api/"
    assert settings.slack_bot_token is not None
    assert settings.slack_app_token is not None
    assert f"{settings.maillon_clock_url}/" == address.removeprefix("# ")

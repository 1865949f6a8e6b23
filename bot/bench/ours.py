"""Maillon itself, as `maillon run` runs it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.app import running, spare_collector
from bot.bench.served import serve_until_told
from bot.log import configure_logging
from bot.settings import Settings


@asynccontextmanager
async def ours(**settings: Any) -> AsyncIterator[str]:
    configure_logging("info", "json")
    async with running(Settings.model_validate(settings)) as maillon:
        spare_collector()
        yield maillon.http_url


if __name__ == "__main__":
    serve_until_told(ours)

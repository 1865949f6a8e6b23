"""What the commands share: settings, the reader, the database, event time."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import aiohttp
from rich.console import Console
from sqlalchemy.orm import Session

from bot.app import database, event_clock
from bot.core.i18n import Reader, known_language
from bot.log import configure_logging
from bot.settings import Settings

T = TypeVar("T")

out = Console()
err = Console(stderr=True)


def reader() -> Reader:
    """The language of the terminal."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    locale = (locale or "en").split(".")[0]
    return Reader.of(known_language(locale, "en"), "UTC", locale)


def load_settings() -> Settings:
    settings = Settings()
    configure_logging(settings.maillon_log_level, settings.maillon_log_format)
    return settings


def transact(settings: Settings, use_case: Callable[[Session, datetime], T]) -> T:
    """Run one use case at the event's time."""

    async def run() -> T:
        async with aiohttp.ClientSession() as http, event_clock(settings, http) as clock:
            now = clock.now().astimezone(UTC)
            async with database(settings) as runtime:
                return await runtime.run(lambda session: use_case(session, now))

    return asyncio.run(run())

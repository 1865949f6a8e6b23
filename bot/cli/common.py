"""What the commands share: settings, the reader, the database, event time."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import aiohttp
from pydantic import ValidationError
from rich.console import Console
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.core.i18n import N_, Reader, known_language
from bot.ground import database, event_clock
from bot.log import configure_logging
from bot.settings import Settings

T = TypeVar("T")

# Lines are left to the terminal: a command or a file name in them can be copied whole.
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


class UnknownDatabaseError(MaillonError):
    msgid = N_("The setting DATABASE_URL is not right: only sqlite:// and postgresql:// are known.")


class BadPublicUrlError(MaillonError):
    msgid = N_(
        "The setting MAILLON_PUBLIC_URL is not right: it begins with https:// (or http://) and "
        "has no path."
    )


@event.listens_for(Engine, "handle_error")
def _name_the_file(context: ExceptionContext) -> None:
    """SQLite does not say which file it could not open."""
    error = context.original_exception
    if context.engine is not None and str(error) == "unable to open database file":
        error.args = (f"{error}: {context.engine.url.database}",)


def reader() -> Reader:
    """The language of the terminal."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    locale = (locale or "en").split(".")[0]
    return Reader.of(known_language(locale, "en"), "UTC", locale)


def load_settings() -> Settings:
    try:
        settings = Settings()
    except ValidationError as error:
        ours = {"database_url": UnknownDatabaseError, "public_url": BadPublicUrlError}
        told = ours.get(error.errors()[0]["type"])
        if told is not None:
            raise told from error
        raise
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

"""The bytes of a file or of an address."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.fetching import NotFetchedError, fetch


class UnreadableSourceError(MaillonError):
    msgid = N_("{source} cannot be read: {reason}")


def read_source(source: str) -> bytes:
    try:
        if source.startswith(("http://", "https://")):
            return asyncio.run(_fetched(source))
        return Path(source).read_bytes()
    except (OSError, NotFetchedError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise UnreadableSourceError(source=source, reason=reason) from error


async def _fetched(address: str) -> bytes:
    async with aiohttp.ClientSession() as http:
        found = await fetch(http, address)
        assert found.data is not None, "nothing is known beforehand that could be unchanged"
        return found.data

"""A file from an address: in bounded time and size, and not again while it has not changed."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp

MAX_BYTES = 64 * 1024 * 1024
WITHIN_S = 30
_UNCHANGED = 304


class NotFetchedError(Exception):
    """Why, in the words of the network."""


@dataclass(frozen=True)
class Fetched:
    data: bytes | None
    """None where the server says that nothing changed."""
    etag: str | None = None
    modified: str | None = None


async def fetch(
    http: aiohttp.ClientSession,
    address: str,
    *,
    etag: str | None = None,
    modified: str | None = None,
) -> Fetched:
    known = {"If-None-Match": etag, "If-Modified-Since": modified}
    headers = {name: value for name, value in known.items() if value}
    timeout = aiohttp.ClientTimeout(total=WITHIN_S)
    try:
        async with http.get(address, headers=headers, timeout=timeout) as answer:
            if answer.status == _UNCHANGED:
                return Fetched(None, etag, modified)
            if answer.status != 200:
                raise NotFetchedError(f"{answer.status} {answer.reason or ''}".strip())
            return Fetched(
                await _read(answer),
                answer.headers.get("ETag"),
                answer.headers.get("Last-Modified"),
            )
    except TimeoutError as error:
        raise NotFetchedError(f"no answer within {WITHIN_S} s") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise NotFetchedError(str(error) or type(error).__name__) from error


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """Until its end: a part of a file is no file."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in answer.content.iter_chunked(65_536):
        size += len(chunk)
        if size > MAX_BYTES:
            raise NotFetchedError(f"more than {MAX_BYTES // 1024 // 1024} MiB")
        chunks.append(chunk)
    return b"".join(chunks)

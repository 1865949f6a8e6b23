"""The programme's address, fetched when it is due: outside of any transaction, beside the schedule.

The schedule only claims that a fetch is due, which sets the next one; what may take half a minute
runs as a task of its own, and nothing that is announced meanwhile waits for it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from dataclasses import replace
from datetime import datetime

import aiohttp
import structlog
from sqlalchemy.orm import Session

from bot.core.clock import EventClock
from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.db.runtime import Runtime
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.programme.formats.parsed import ParsedProgramme
from bot.features.programme.formats.reading import read_programme
from bot.features.programme.source_tables import ProgrammeSource
from bot.features.programme.sources import (
    FetchedProgramme,
    claim_fetch,
    fetch_due,
    take_fetched,
)
from bot.fetching import NotFetchedError, fetch
from bot.schedule import Job

log = structlog.get_logger(__name__)


class NotAnsweredError(MaillonError):
    msgid = N_("The address did not answer with a file: {reason}.")


class NotUnderstoodError(MaillonError):
    msgid = N_("{count} entries cannot be understood. The first: {place}")


class Refreshing:
    """`job` is for the schedule, which calls `begin` after each of its rounds."""

    def __init__(self, runtime: Runtime, clock: EventClock, http: aiohttp.ClientSession) -> None:
        self._runtime, self._clock, self._http = runtime, clock, http
        self._claimed: deque[str] = deque()
        self._under_way: set[asyncio.Task[None]] = set()
        self.job = Job(self._claim, fetch_due, seen=False)

    def _claim(self, session: Session, event_id: str, now: datetime) -> None:
        """In a transaction: if it is taken back after this, one fetch too many does no harm."""
        if claim_fetch(session, event_id, now):
            self._claimed.append(event_id)

    def begin(self) -> None:
        while self._claimed:
            task = asyncio.ensure_future(self._refresh(self._claimed.popleft()))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def settled(self) -> None:
        """Until nothing is being fetched."""
        while self._under_way:
            await asyncio.wait({*self._under_way})

    async def close(self) -> None:
        for task in self._under_way:
            task.cancel()
        await self.settled()

    async def _refresh(self, event_id: str) -> None:
        try:
            known, event = await self._runtime.read(lambda s: _known(s, event_id))
            found = await self._fetched(known, event)
            now = self._clock.now()
            await self._runtime.run(lambda s: take_fetched(s, event_id, known.address, found, now))
        except Exception:
            log.exception("programme.refresh_failed", event_id=event_id)

    async def _fetched(self, known: ProgrammeSource, event: EventFile) -> FetchedProgramme:
        try:
            answer = await fetch(
                self._http, known.address, etag=known.etag, modified=known.modified
            )
        except NotFetchedError as error:
            return FetchedProgramme(failure=NotAnsweredError(reason=str(error)))
        found = FetchedProgramme(etag=answer.etag, modified=answer.modified)
        if answer.data is None:
            return found
        digest = hashlib.sha256(answer.data).hexdigest()
        if digest == known.digest:
            return replace(found, digest=digest)
        # In a thread: a large file takes a second to read.
        return await asyncio.to_thread(_read, answer.data, event, replace(found, digest=digest))


def _known(session: Session, event_id: str) -> tuple[ProgrammeSource, EventFile]:
    row = session.get_one(ProgrammeSource, event_id)
    session.expunge(row)
    return row, event_settings(session, event_id)


def _read(data: bytes, event: EventFile, found: FetchedProgramme) -> FetchedProgramme:
    """Half a programme is none: what was there stays."""
    try:
        parsed = read_programme(data, zone=event.zone, kinds=event.session_kinds)
    except MaillonError as error:
        return FetchedProgramme(failure=error)
    if parsed.refused:
        return FetchedProgramme(failure=_not_understood(parsed))
    return replace(found, sessions=parsed.sessions)


def _not_understood(parsed: ParsedProgramme) -> MaillonError:
    flaws = [problem for problem in parsed.problems if problem.fatal]
    first = flaws[0]
    said = first.msgid.format(**first.arguments)
    place = f"{first.session} · {said}" if first.session else said
    return NotUnderstoodError(count=len(flaws), place=place)

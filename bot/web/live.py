"""What is shown live: read once a change, whatever the number of those who watch.

A topic (the screen of a room, the questions of a session) that somebody watches is read after
every commit of this process, and a second after it was last read, for what other processes
committed and for the passing of event time. What nobody watches is not read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2s
from math import inf
from time import monotonic
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from bot.core.clock import EventClock
from bot.core.errors import UnavailableError
from bot.db.runtime import Runtime

log = structlog.get_logger(__name__)

TICK_S = 1.0
PACE_S = 0.1
"""Between two reads of a topic: what a crowd commits in a burst is shown together."""
BEAT_S = 15.0
"""Of silence, after which a stream says that it lives; proxies cut those that do not."""
FORGET_AFTER_S = 60.0


@dataclass(frozen=True)
class Snapshot:
    """What there is to see of a topic; two of the same version show the same.

    One without fragments tells pages only that they have to ask for their own.
    """

    version: str
    fragments: Mapping[str, str] = field(default_factory=dict, compare=False)
    """HTML by language."""
    banners: Mapping[str, Mapping[str, str]] = field(default_factory=dict, compare=False)
    """By language, the HTML of each banner that stands above the page, empty where none does."""

    @classmethod
    def of(cls, fragments: Mapping[str, str]) -> Snapshot:
        digest = blake2s(repr(sorted(fragments.items())).encode("utf-8", "replace"), digest_size=9)
        return cls(digest.hexdigest(), fragments)

    def under(self, banners: Mapping[str, Mapping[str, str]]) -> Snapshot:
        """The same page below `banners`."""
        said = repr([sorted(each.items()) for _, each in sorted(banners.items())])
        digest = blake2s(said.encode("utf-8", "replace"), digest_size=6).hexdigest()
        return Snapshot(f"{self.version}-{digest}", self.fragments, banners)


class Topic(Protocol):
    """A small frozen dataclass: equal ones are read together."""

    def load(self, session: Session, now: datetime) -> Snapshot | None:
        """What there is to see at `now`; None if there is no such thing, or no longer."""
        ...

    def __hash__(self) -> int: ...


class _Watched:
    """One topic: its newest state, and one read at a time however many wait for it."""

    def __init__(self) -> None:
        self.state: Snapshot | None = None
        self.gone = False
        self.error: Exception | None = None
        self.viewers = 0
        self.keeper: asyncio.Task[None] | None = None
        self.reading: asyncio.Task[None] | None = None
        self.read_at = -FORGET_AFTER_S
        self.told_at = 0.0
        self.woken = asyncio.Event()
        self.news = asyncio.Event()

    def tell(self) -> None:
        """There is a new state, or a beat: one for all, a timer each would cost more."""
        self.told_at = monotonic()
        news, self.news = self.news, asyncio.Event()
        news.set()

    def age(self) -> float:
        """Seconds since it was read; endless if something was committed since."""
        return inf if self.state is None or self.woken.is_set() else monotonic() - self.read_at

    def kept(self) -> bool:
        """Whether somebody follows, so that the state in memory is the newest."""
        return self.viewers > 0 and self.state is not None


class Live:
    def __init__(
        self,
        runtime: Runtime,
        clock: EventClock,
        *,
        tick_s: float = TICK_S,
        pace_s: float = PACE_S,
        beat_s: float = BEAT_S,
    ) -> None:
        self._runtime, self._clock = runtime, clock
        self._tick_s, self._pace_s, self._beat_s = tick_s, pace_s, beat_s
        self._topics: dict[Topic, _Watched] = {}
        self._closed = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Live]:
        """Leaving it ends every stream, so that no server has to wait for them."""
        self._runtime.after_commit.append(self.wake)
        try:
            yield self
        finally:
            self._runtime.after_commit.remove(self.wake)
            await self._close()

    def wake(self) -> None:
        """Something was committed."""
        for watched in self._topics.values():
            watched.woken.set()

    async def snapshot(self, topic: Topic) -> Snapshot | None:
        """The state of `topic`, from memory if it is fresh; None if there is no such thing."""
        watched = self._watched(topic)
        if not watched.kept() and watched.age() >= self._tick_s:
            await self._read(topic, watched)
        if watched.state is None and watched.error is not None:
            raise watched.error
        return None if watched.gone else watched.state

    async def follow(self, topic: Topic) -> AsyncGenerator[Snapshot | None, None]:
        """The state of `topic`, then each newer one; None after a silence.

        Who is slow to take one gets the newest next. It ends when the topic or the hub does.
        """
        watched = self._watched(topic)
        watched.viewers += 1
        if watched.keeper is None:
            watched.keeper = asyncio.ensure_future(self._keep(topic, watched))
        seen: Snapshot | None = None
        try:
            while not self._closed and not watched.gone:
                if watched.state is not None and watched.state != seen:
                    seen = watched.state
                    yield seen
                    continue
                await watched.news.wait()
                if watched.state == seen and not (watched.gone or self._closed):
                    yield None
        finally:
            watched.viewers -= 1
            if not watched.viewers and watched.keeper is not None:
                watched.keeper.cancel()
                watched.keeper = None

    def _watched(self, topic: Topic) -> _Watched:
        if topic not in self._topics:
            forgotten = monotonic() - FORGET_AFTER_S
            self._topics = {
                each: watched
                for each, watched in self._topics.items()
                if watched.viewers or watched.read_at > forgotten
            }
            self._topics[topic] = _Watched()
        return self._topics[topic]

    async def _keep(self, topic: Topic, watched: _Watched) -> None:
        """While somebody follows: read after each commit, at a pace, and at each tick."""
        while not watched.gone:
            if watched.age() >= self._tick_s:
                await self._read(topic, watched)
                if monotonic() - watched.told_at >= self._beat_s:
                    watched.tell()
                await asyncio.sleep(self._pace_s)
            with suppress(TimeoutError):
                await asyncio.wait_for(watched.woken.wait(), self._tick_s - watched.age())

    async def _read(self, topic: Topic, watched: _Watched) -> None:
        """Whoever comes during a read waits for that one."""
        if watched.reading is None or watched.reading.done():
            watched.reading = asyncio.ensure_future(self._load(topic, watched))
        await asyncio.shield(watched.reading)

    async def _load(self, topic: Topic, watched: _Watched) -> None:
        watched.woken.clear()  # before the read: what is committed during it is read next
        try:
            now = self._clock.now()
            state = await self._runtime.read(lambda session: topic.load(session, now))
        except UnavailableError as error:
            watched.error = error
            return
        except Exception as error:
            if watched.error is None:  # the first of a row: the next ones say the same
                log.exception("live.load_failed", topic=type(topic).__name__)
            watched.error = error
            return
        finally:
            watched.read_at = monotonic()
        watched.error = None
        watched.gone = state is None
        if watched.gone:
            self._topics.pop(topic, None)
        if watched.gone or state != watched.state:
            watched.state = state
            watched.tell()

    async def _close(self) -> None:
        self._closed = True
        for watched in self._topics.values():
            watched.tell()
            if watched.keeper is not None:
                watched.keeper.cancel()
        readings = [each.reading for each in self._topics.values() if each.reading]
        if readings:
            await asyncio.wait(readings)

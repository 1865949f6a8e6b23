"""The composition root: everything is built here once, from settings, and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

import aiohttp
import structlog
from starlette.applications import Starlette

from bot.connecting import check_settings, delivery_worker, let_in, slack_platform
from bot.core.address import PublicAddress
from bot.core.clock import EventClock
from bot.db.runtime import Runtime
from bot.delivery.worker import DeliveryWorker
from bot.features.events.queries import find_event
from bot.features.people.tags import TagFinder
from bot.features.questions.near import NearQuestions
from bot.ground import database, event_clock, only_one_on_sqlite
from bot.parts import ALL, Part
from bot.platforms.slack.app import SlackPlatform
from bot.platforms.slack.handlers import Handlers
from bot.playground.follow import FollowedClock
from bot.refreshing import Refreshing
from bot.registry import JOBS, PAGES, handlers
from bot.schedule import Schedule
from bot.settings import Settings
from bot.waking import Woken, other_processes
from bot.web.live import Live
from bot.web.pages import Site
from bot.web.server import Doors, serve, web_app

T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Maillon:
    """A running bot, for who started it; what its process leaves to others is not there."""

    runtime: Runtime
    clock: EventClock
    site: Site
    app: Starlette
    http_url: str
    _slack: SlackPlatform | None
    _worker: DeliveryWorker | None
    _schedule: Schedule | None
    _near: NearQuestions | None
    _refreshing: Refreshing | None

    @property
    def slack(self) -> SlackPlatform:
        return _here(self._slack)

    @property
    def worker(self) -> DeliveryWorker:
        return _here(self._worker)

    @property
    def schedule(self) -> Schedule:
        return _here(self._schedule)

    @property
    def near(self) -> NearQuestions:
        return _here(self._near)

    @property
    def refreshing(self) -> Refreshing:
        return _here(self._refreshing)


def _here(thing: T | None) -> T:
    if thing is None:
        raise LookupError("another process runs this part")
    return thing


@asynccontextmanager
async def running(settings: Settings, parts: Collection[Part] = ALL) -> AsyncIterator[Maillon]:
    """Maillon from connected to drained. Its pages are there from before: they need no platform."""
    check_settings(settings, parts)
    async with AsyncExitStack() as stack:
        runtime = await stack.enter_async_context(database(settings))
        stack.enter_context(only_one_on_sqlite(settings.database_url))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        clock = await stack.enter_async_context(event_clock(settings, http))
        address = PublicAddress(settings.maillon_public_url)
        await runtime.read(lambda session: find_event(session, settings.maillon_event))
        live = Live(runtime, clock)
        site = Site(runtime, clock, live, address, settings.maillon_event)
        doors = Doors()
        pages = await stack.enter_async_context(AsyncExitStack())
        # Before Slack is asked for anything: pages are read while it is down, too.
        app = _web(settings, site, doors, parts)
        http_url = await pages.enter_async_context(
            serve(settings.maillon_http_host, settings.maillon_http_port, app)
        )
        if address.url is None and settings.maillon_clock_url and Part.WEB in parts:
            address.url = http_url  # a rehearsal: who plays it sits at this machine
        # Left first: streams end before the server waits for them.
        await pages.enter_async_context(live.running())
        log.info("maillon.pages", http=http_url)
        near = await _followed(stack, runtime, clock) if Part.EVENTS in parts else None
        slack = worker = refreshing = schedule = None
        if {Part.EVENTS, Part.DELIVERIES} & {*parts}:
            known = _handlers(stack, near, address)
            slack = await slack_platform(settings, runtime, clock, http, known, address, parts)
        if slack is not None and Part.DELIVERIES in parts:
            worker = delivery_worker(settings, runtime, clock, slack)
        if Part.CLOCK in parts:
            refreshing = Refreshing(runtime, clock, http)
            stack.push_async_callback(refreshing.close)
        woken = Woken(live, worker, refreshing)
        others = other_processes(settings, runtime, parts, woken)
        if others is not None:
            runtime.after_commit.append(others.tell)
            await stack.enter_async_context(others.listened_to())
        if refreshing is not None:
            jobs = (*JOBS, refreshing.job)
            acted = others.tell if others else lambda: None
            schedule = woken.schedule = Schedule(
                runtime, clock, jobs, woken.ticked, _tell_due(clock), acted
            )
        if slack is not None:
            stack.push_async_callback(slack.close)
        await stack.enter_async_context(_working(worker, schedule))
        runtime.after_commit.append(woken.committed)
        if isinstance(clock, FollowedClock):
            clock.on_change = woken.committed
        stack.push_async_callback(pages.aclose)  # and nothing comes in while the rest ends
        if slack is not None and Part.EVENTS in parts:
            doors.open(slack)
            await let_in(settings, slack)
            stack.push_async_callback(slack.disconnect)  # first of all: nothing more is taken
        log.info("maillon.running", http=http_url, parts=sorted(parts))
        yield Maillon(
            runtime, clock, site, app, http_url, slack, worker, schedule, near, refreshing
        )


def _web(settings: Settings, site: Site, doors: Doors, parts: Collection[Part]) -> Starlette:
    pages = [route for routes in PAGES for route in routes(site)]
    events = Part.EVENTS in parts
    return web_app(
        site.runtime,
        doors,
        pages if Part.WEB in parts else None,
        events=events,
        signed=events and settings.slack_signing_secret is not None,
        framed_by=_framed_by(settings),
    )


def _framed_by(settings: Settings) -> list[str]:
    """In a rehearsal the playground shows the rooms' screens beside its people. To a browser the
    two names of this machine are two sites."""
    if settings.maillon_clock_url is None:
        return []
    clock = urlsplit(settings.maillon_clock_url)
    names = ("127.0.0.1", "localhost") if clock.hostname == "127.0.0.1" else (clock.hostname,)
    return [f"{clock.scheme}://{name}:{clock.port}" for name in names]


async def _followed(stack: AsyncExitStack, runtime: Runtime, clock: EventClock) -> NearQuestions:
    near = NearQuestions()
    await stack.enter_async_context(near.following(runtime, clock))
    return near


def _handlers(
    stack: AsyncExitStack, near: NearQuestions | None, address: PublicAddress
) -> Handlers:
    """None where nothing comes in."""
    if near is None:
        return Handlers()
    tags = TagFinder(near.encoder)
    stack.callback(tags.close)
    return handlers(near, tags, address)


def spare_collector() -> None:
    """What is there once everything runs stays: the garbage collector need not walk it again.

    For a process that runs one Maillon and nothing else; it saves a tenth of a press.
    """
    gc.collect()
    gc.freeze()


def _tell_due(clock: EventClock) -> Callable[[datetime | None], None]:
    return clock.tell_due if isinstance(clock, FollowedClock) else lambda moment: None


@asynccontextmanager
async def _working(worker: DeliveryWorker | None, schedule: Schedule | None) -> AsyncIterator[None]:
    loop = asyncio.ensure_future(worker.run()) if worker else None
    if schedule is not None:
        schedule.start()
    try:
        yield
    finally:
        if schedule is not None:
            await schedule.close()
        if worker is not None and loop is not None:
            loop.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await loop
            await worker.drain()

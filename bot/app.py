"""The composition root: everything is built here once, from settings, and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import structlog
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from bot.core.address import PublicAddress
from bot.core.clock import EventClock, SystemClock
from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.db.engine import create_database_engine
from bot.db.keys import KeysInDatabaseError, KeyStore, same_database
from bot.db.migrations import check_migrated
from bot.db.runtime import Runtime
from bot.delivery.claims import Patience
from bot.delivery.messages import MessageTypes
from bot.delivery.pace import Rates
from bot.delivery.worker import DeliveryWorker
from bot.features.bulletins import jobs as bulletin_jobs
from bot.features.bulletins.messages import MESSAGES as BULLETIN_MESSAGES
from bot.features.events.actions import join_workspace
from bot.features.events.queries import event_settings, find_event
from bot.features.home import morning
from bot.features.home.messages import MESSAGES as HOME_MESSAGES
from bot.features.introductions import jobs as round_jobs
from bot.features.introductions import outcome_jobs
from bot.features.introductions.crossing_messages import MESSAGES as CROSSING_MESSAGES
from bot.features.introductions.messages import MESSAGES as ROUND_MESSAGES
from bot.features.introductions.outcome_messages import MESSAGES as OUTCOME_MESSAGES
from bot.features.people.messages import MESSAGES as PEOPLE_MESSAGES
from bot.features.people.tags import TagFinder
from bot.features.privacy import forgetting, retention
from bot.features.programme import jobs
from bot.features.programme.messages import MESSAGES as PROGRAMME_MESSAGES
from bot.features.programme.messages import SessionsAnnounced
from bot.features.programme.source_messages import SOURCE_MESSAGES
from bot.features.questions import jobs as question_jobs
from bot.features.questions.doors import PAGE_MESSAGES
from bot.features.questions.letters import LETTERS
from bot.features.questions.messages import MESSAGES as QUESTION_MESSAGES
from bot.features.questions.near import NearQuestions
from bot.features.speaking import jobs as speaking_jobs
from bot.features.speaking.messages import MESSAGES as SPEAKING_MESSAGES
from bot.features.welcome.messages import MESSAGES as WELCOME_MESSAGES
from bot.platforms.slack import (
    afterwards,
    agenda,
    bulletins,
    delays,
    introductions,
    outcomes,
    pages,
    people,
    profiles,
    programme,
    questions,
    roles,
    votes,
)
from bot.platforms.slack.app import SlackPlatform, identify, web_client
from bot.platforms.slack.handlers import Handlers, merged
from bot.platforms.slack.reaching import reached
from bot.playground.follow import FollowedClock
from bot.recipients import recipient
from bot.refreshing import Refreshing
from bot.schedule import Job, Schedule
from bot.settings import Settings
from bot.web import agenda as agenda_page
from bot.web import entry, public, report, room, stage, team, wall
from bot.web.live import Live
from bot.web.pages import Pages, Site
from bot.web.server import Doors, serve, web_app

log = structlog.get_logger(__name__)

MESSAGE_TYPES = MessageTypes(
    (
        *PEOPLE_MESSAGES,
        *(one for one in PROGRAMME_MESSAGES if one is not SessionsAnnounced),
        *SOURCE_MESSAGES,
        *ROUND_MESSAGES,  # they announce sessions too, with the call to the next round
        *QUESTION_MESSAGES,
        *LETTERS,
        *PAGE_MESSAGES,
        *OUTCOME_MESSAGES,
        *CROSSING_MESSAGES,
        *SPEAKING_MESSAGES,
        *BULLETIN_MESSAGES,
        *WELCOME_MESSAGES,
        *HOME_MESSAGES,
    )
)
JOBS = (
    Job(jobs.tick, jobs.next_due),
    Job(question_jobs.tick, question_jobs.next_due),
    Job(speaking_jobs.tick, speaking_jobs.next_due),
    Job(round_jobs.tick, round_jobs.next_due, prepare=round_jobs.prepared),
    Job(outcome_jobs.tick, outcome_jobs.next_due),
    Job(bulletin_jobs.tick, bulletin_jobs.next_due),
    Job(morning.tick, morning.next_due),
    Job(retention.tick, retention.next_due, seen=False, tells=False),
    Job(forgetting.tick, forgetting.next_due, seen=False, tells=False),
)
PAGES: tuple[Pages, ...] = (
    public.routes,
    entry.routes,
    team.routes,
    stage.routes,
    room.routes,
    wall.routes,
    report.routes,
    agenda_page.routes,
)


class NoTokenError(MaillonError):
    msgid = N_("SLACK_BOT_TOKEN is missing. README.md says where to find it; `.env` is its place.")


class NoWayInError(MaillonError):
    msgid = N_(
        "Events cannot arrive: set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)."
    )


class AlreadyRunningError(MaillonError):
    msgid = N_(
        "Maillon already runs on the database file {path}. "
        "Several processes need PostgreSQL: see DATABASE_URL."
    )


@dataclass(frozen=True)
class Maillon:
    """A running bot, for who started it."""

    runtime: Runtime
    clock: EventClock
    slack: SlackPlatform
    worker: DeliveryWorker
    schedule: Schedule
    site: Site
    near: NearQuestions
    refreshing: Refreshing
    http_url: str


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[Runtime]:
    """A runtime on a database that is up to date, or the reason why not."""
    if same_database(settings.keys_url, settings.database_url):
        raise KeysInDatabaseError
    engine = create_database_engine(settings.database_url)
    runtime = Runtime(engine, KeyStore(settings.keys_url))
    try:
        await asyncio.to_thread(check_migrated, engine)
        yield runtime
    finally:
        runtime.close()


@contextmanager
def only_one_on_sqlite(url: str) -> Iterator[None]:
    """A SQLite file serves one running bot: two would wait for each other's every write.

    The lock is the operating system's, so it goes with its process, however that ends.
    """
    database_file = make_url(url).database
    if make_url(url).get_backend_name() != "sqlite" or not database_file:
        yield
        return
    with Path(f"{database_file}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunningError(path=database_file) from error
        yield


@asynccontextmanager
async def event_clock(
    settings: Settings, session: aiohttp.ClientSession
) -> AsyncIterator[EventClock]:
    if settings.maillon_clock_url is None:
        yield SystemClock()
        return
    clock = FollowedClock(settings.maillon_clock_url, session)
    await clock.start()
    try:
        yield clock
    finally:
        await clock.close()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Maillon]:
    """Maillon from connected to drained. Its pages are there from before: they need no platform."""
    if settings.slack_bot_token is None:
        raise NoTokenError
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        raise NoWayInError
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
        http_url = await pages.enter_async_context(_served(settings, site, doors))
        if address.url is None and settings.maillon_clock_url is not None:
            address.url = http_url  # a rehearsal: who plays it sits at this machine
        # Left first: streams end before the server waits for them.
        await pages.enter_async_context(live.running())
        log.info("maillon.pages", http=http_url)
        near = NearQuestions()
        await stack.enter_async_context(near.following(runtime, clock))
        tags = TagFinder(near.encoder)
        stack.callback(tags.close)
        slack = await _slack(
            settings, runtime, clock, http, _handlers(near, tags, address), address
        )
        worker = _worker(settings, runtime, clock, slack)
        refreshing = Refreshing(runtime, clock, http)
        stack.push_async_callback(refreshing.close)

        def ticked() -> None:
            worker.wake()
            refreshing.begin()

        every = (*JOBS, refreshing.job)
        schedule = Schedule(runtime, clock, every, ticked, _tell_due(clock))
        stack.push_async_callback(slack.close)
        await stack.enter_async_context(_working(worker, schedule))
        runtime.after_commit.append(schedule.wake)
        if isinstance(clock, FollowedClock):
            clock.on_change = schedule.wake
        stack.push_async_callback(pages.aclose)  # and nothing comes in while the rest ends
        doors.open(slack)
        if settings.slack_app_token is not None:
            token = settings.slack_app_token.get_secret_value()
            await reached(lambda: slack.connect(token))
            stack.push_async_callback(slack.disconnect)  # first of all: nothing more is taken
        log.info("maillon.running", http=http_url, socket_mode=settings.slack_app_token is not None)
        yield Maillon(runtime, clock, slack, worker, schedule, site, near, refreshing, http_url)


def _served(settings: Settings, site: Site, doors: Doors) -> AbstractAsyncContextManager[str]:
    pages = [route for routes in PAGES for route in routes(site)]
    signed = settings.slack_signing_secret is not None
    app = web_app(site.runtime, doors, pages, signed=signed, framed_by=_framed_by(settings))
    return serve(settings.maillon_http_host, settings.maillon_http_port, app)


def _framed_by(settings: Settings) -> list[str]:
    """In a rehearsal the playground shows the rooms' screens beside its people. To a browser the
    two names of this machine are two sites."""
    if settings.maillon_clock_url is None:
        return []
    clock = urlsplit(settings.maillon_clock_url)
    names = ("127.0.0.1", "localhost") if clock.hostname == "127.0.0.1" else (clock.hostname,)
    return [f"{clock.scheme}://{name}:{clock.port}" for name in names]


def _handlers(near: NearQuestions, tags: TagFinder, address: PublicAddress) -> Handlers:
    return merged(
        programme.HANDLERS,
        people.HANDLERS,
        profiles.handlers(tags),
        votes.HANDLERS,
        questions.handlers(near),
        afterwards.HANDLERS,
        roles.HANDLERS,
        outcomes.handlers(address),
        pages.handlers(address),
        agenda.handlers(address),
        introductions.HANDLERS,
        delays.HANDLERS,
        bulletins.HANDLERS,
    )


def spare_collector() -> None:
    """What is there once everything runs stays: the garbage collector need not walk it again.

    For a process that runs one Maillon and nothing else; it saves a tenth of a press.
    """
    gc.collect()
    gc.freeze()


async def _slack(
    settings: Settings,
    runtime: Runtime,
    clock: EventClock,
    http: aiohttp.ClientSession,
    handlers: Handlers,
    address: PublicAddress,
) -> SlackPlatform:
    assert settings.slack_bot_token is not None
    secret = settings.slack_signing_secret
    client = web_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, http)
    team = await reached(lambda: identify(client))

    def join(session: Session) -> tuple[str, tuple[str, ...]]:
        event_id = find_event(session, settings.maillon_event)
        channels = event_settings(session, event_id).channels.all()
        return join_workspace(session, event_id, "slack", team.team_id), channels

    workspace_id, channels = await runtime.run(join)
    slack = SlackPlatform(
        client,
        team,
        workspace_id,
        runtime,
        clock,
        secret.get_secret_value() if secret else None,
        handlers,
        address,
    )
    await reached(lambda: slack.prepare(channels))
    return slack


def _worker(
    settings: Settings, runtime: Runtime, clock: EventClock, slack: SlackPlatform
) -> DeliveryWorker:
    return DeliveryWorker(
        runtime,
        clock,
        {slack.workspace_id: slack.gateway},
        MESSAGE_TYPES,
        recipient,
        rates=Rates().times(settings.maillon_pace_scale),
        patience=Patience(settings.maillon_settle_after),
    )


def _tell_due(clock: EventClock) -> Callable[[datetime | None], None]:
    return clock.tell_due if isinstance(clock, FollowedClock) else lambda moment: None


@asynccontextmanager
async def _working(worker: DeliveryWorker, schedule: Schedule) -> AsyncIterator[None]:
    loop = asyncio.ensure_future(worker.run())
    schedule.start()
    try:
        yield
    finally:
        await schedule.close()
        loop.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await loop
        await worker.drain()

"""`maillon doctor`: what is right, what is not, and what to do about it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import typer
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from bot.cli.common import load_settings, out, reader
from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.db.keys import KeyStore
from bot.db.others import connected, heard_from, leads_through_pooler
from bot.delivery.gateway import DeliveryError
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings, find_event
from bot.ground import database
from bot.platforms.slack.app import web_client
from bot.platforms.slack.channels import Channels
from bot.platforms.slack.errors import attempt
from bot.platforms.slack.manifest import BOT_SCOPES
from bot.settings import Settings

KEYS, LISTEN = "MAILLON_KEYS_URL", "MAILLON_LISTEN_URL"
HEARD_WITHIN_S = 5.0


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `advice` says what to do where it is not right."""

    subject: str
    good: bool
    msgid: str
    arguments: dict[str, object]


def _good(subject: str, msgid: str, **arguments: object) -> Finding:
    return Finding(subject, True, msgid, arguments)


def _bad(subject: str, msgid: str, **arguments: object) -> Finding:
    return Finding(subject, False, msgid, arguments)


def doctor_command() -> None:
    """Check the database, the tokens, the scopes and the channels."""
    settings, who = load_settings(), reader()

    async def examine() -> list[Finding]:
        return [finding async for finding in findings(settings)]

    found = asyncio.run(examine())
    for finding in found:
        mark, style = ("✓", "green") if finding.good else ("✗", "red")
        text = who.gettext(finding.msgid).format(**finding.arguments)
        out.print(f"{mark} {finding.subject}: {text}", style=style, markup=False, highlight=False)
    if not all(finding.good for finding in found):
        raise typer.Exit(1)


async def findings(settings: Settings) -> AsyncIterator[Finding]:
    event: EventFile | None = None
    try:
        async with database(settings) as runtime:
            yield _good("database", N_("reached and up to date"))

            def load(session: Session) -> EventFile:
                return event_settings(session, find_event(session, settings.maillon_event))

            event = await runtime.read(load)
            yield _good("event", N_("{title} is set up"), title=event.title)
            if runtime.engine.dialect.name == "postgresql":
                yield await _wakes(settings, runtime.engine)
    except MaillonError as error:
        yield _bad("database", error.msgid, **error.arguments)
    except (DBAPIError, ArgumentError) as error:
        yield _bad("database", N_("cannot be used: {reason}"), reason=_reason(error))
    else:
        yield await asyncio.to_thread(_keys, settings)
    yield _pages(settings)
    async with aiohttp.ClientSession() as http:
        async for finding in _slack(settings, event, http):
            yield finding


async def _wakes(settings: Settings, engine: Engine) -> Finding:
    """Whether the processes of `maillon run` wake one another at once."""
    from psycopg import Error as PsycopgError

    own = settings.maillon_listen_url
    url = make_url(own or settings.database_url)
    try:
        async with await connected(url) as connection:
            if not await leads_through_pooler(connection):
                if await heard_from(engine, url, HEARD_WITHIN_S):
                    return _good(LISTEN, N_("processes wake one another at once"))
                return _bad(LISTEN, N_("nothing is heard there: it names another database"))
    except (PsycopgError, OSError) as error:
        return _bad(LISTEN, N_("cannot be used: {reason}"), reason=_reason(error))
    if own is not None:
        return _bad(LISTEN, N_("leads through a pooler: name the PostgreSQL behind it"))
    return _good(
        LISTEN,
        N_(
            "not set, and DATABASE_URL leads through a pooler: processes look each second for what "
            "others left them"
        ),
    )


def _pages(settings: Settings) -> Finding:
    subject, url = "MAILLON_PUBLIC_URL", settings.maillon_public_url
    if url is not None:
        return _good(subject, N_("pages open at {url}"), url=url)
    if settings.maillon_clock_url is not None:
        return _good(subject, N_("pages of a rehearsal open on this machine"))
    return _bad(
        subject,
        N_(
            "missing: set the https:// address that leads to MAILLON_HTTP_PORT. "
            "Until then no page opens from the chat, and no QR code can be printed"
        ),
    )


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]


def _keys(settings: Settings) -> Finding:
    """Where the keys of anonymous questions are, and what is easily forgotten of them."""
    keys = KeyStore(settings.keys_url)
    try:
        keys.earliest_due()
    except (DBAPIError, OSError) as error:
        return _bad(KEYS, N_("cannot be used: {reason}"), reason=_reason(error))
    finally:
        keys.close()
    local = make_url(settings.keys_url)
    if local.get_backend_name() == "sqlite" and not settings.database_url.startswith("sqlite"):
        return _good(
            KEYS,
            N_(
                "the file {file}, to be kept out of the backup of the database. Several processes "
                "of “maillon run” need one address for all of them"
            ),
            file=local.database,
        )
    return _good(KEYS, N_("reached; to be kept out of the backup of the database"))


async def _slack(
    settings: Settings, event: EventFile | None, http: aiohttp.ClientSession
) -> AsyncIterator[Finding]:
    if settings.slack_bot_token is None:
        yield _bad("SLACK_BOT_TOKEN", N_("missing: copy it from “OAuth & Permissions” of the app"))
        return
    client = web_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, http)
    try:
        answer = await attempt(client.auth_test())
    except DeliveryError as error:
        yield _bad(
            "SLACK_BOT_TOKEN",
            N_("Slack answers {code}: copy the token anew, or reinstall the app"),
            code=str(error),
        )
        return
    yield _good("SLACK_BOT_TOKEN", N_("workspace {team}"), team=answer["team"])
    granted = set(str(answer.headers.get("x-oauth-scopes", "")).replace(" ", "").split(","))
    missing = sorted(BOT_SCOPES - granted)
    if missing:
        yield _bad(
            "scopes",
            N_("missing: {scopes}. Paste manifest.yaml again and reinstall the app"),
            scopes=", ".join(missing),
        )
    else:
        yield _good("scopes", N_("complete"))
    yield await _way_in(settings, http)
    if event is not None and not missing:
        async for finding in _channels(client, event):
            yield finding


async def _way_in(settings: Settings, http: aiohttp.ClientSession) -> Finding:
    if settings.slack_app_token is None:
        if settings.slack_signing_secret is None:
            return _bad(
                "SLACK_APP_TOKEN",
                N_("missing: create it under “Basic Information”, with connections:write"),
            )
        return _good("SLACK_SIGNING_SECRET", N_("events come over HTTP at /slack/events"))
    client = web_client(settings.slack_app_token.get_secret_value(), settings.slack_api_url, http)
    try:
        await attempt(
            client.apps_connections_open(app_token=settings.slack_app_token.get_secret_value())
        )
    except DeliveryError as error:
        return _bad(
            "SLACK_APP_TOKEN",
            N_("Slack answers {code}: create it anew, with connections:write"),
            code=str(error),
        )
    return _good("SLACK_APP_TOKEN", N_("Socket Mode can connect"))


async def _channels(client: AsyncWebClient, event: EventFile) -> AsyncIterator[Finding]:
    try:
        known = await Channels(client).reload()
    except DeliveryError as error:
        yield _bad("channels", N_("cannot be listed: {code}"), code=str(error))
        return
    for name in event.channels.all():
        channel = known.get(name)
        if channel is None:
            yield _bad(
                f"#{name}",
                N_("not found: create it, or invite Maillon if it is private"),
            )
        else:
            yield _good(f"#{name}", N_("Maillon can post here"))

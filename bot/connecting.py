"""Slack's side of a process: what it needs to be let in, and what it carries there."""

from __future__ import annotations

from collections.abc import Collection

import aiohttp
from sqlalchemy.orm import Session

from bot.core.address import PublicAddress
from bot.core.clock import EventClock
from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.db.runtime import Runtime
from bot.delivery.claims import Patience
from bot.delivery.pace import Rates
from bot.delivery.worker import DeliveryWorker
from bot.features.events.actions import join_workspace
from bot.features.events.queries import event_settings, find_event
from bot.parts import ALL, Part
from bot.platforms.slack.app import SlackPlatform, identify, web_client
from bot.platforms.slack.handlers import Handlers
from bot.platforms.slack.reaching import reached
from bot.recipients import recipient
from bot.registry import MESSAGE_TYPES
from bot.settings import Settings


class NoTokenError(MaillonError):
    msgid = N_("SLACK_BOT_TOKEN is missing. README.md says where to find it; `.env` is its place.")


class NoWayInError(MaillonError):
    msgid = N_(
        "Events cannot arrive: set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)."
    )


class OneOnSqliteError(MaillonError):
    msgid = N_("--only splits the work among several processes, which need PostgreSQL.")


def check_settings(settings: Settings, parts: Collection[Part]) -> None:
    if frozenset(parts) != ALL and settings.database_url.startswith("sqlite"):
        raise OneOnSqliteError
    if {Part.EVENTS, Part.DELIVERIES} & {*parts} and settings.slack_bot_token is None:
        raise NoTokenError
    no_way = settings.slack_app_token is None and settings.slack_signing_secret is None
    if Part.EVENTS in parts and no_way:
        raise NoWayInError


async def slack_platform(
    settings: Settings,
    runtime: Runtime,
    clock: EventClock,
    http: aiohttp.ClientSession,
    handlers: Handlers,
    address: PublicAddress,
    parts: Collection[Part],
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
    if Part.DELIVERIES in parts:
        await reached(lambda: slack.join(channels))
    if Part.EVENTS in parts:
        await reached(slack.meet_members)
    return slack


async def let_in(settings: Settings, slack: SlackPlatform) -> None:
    if settings.slack_app_token is not None:
        token = settings.slack_app_token.get_secret_value()
        await reached(lambda: slack.connect(token))


def delivery_worker(
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

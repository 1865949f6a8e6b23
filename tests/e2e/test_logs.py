"""What the bot writes into its log at the lowest level, of a morning in which people do a lot."""

from __future__ import annotations

import asyncio
import io
import json
from contextlib import redirect_stderr
from dataclasses import replace

import aiohttp
from sqlalchemy import make_url, select
from sqlalchemy.orm import Session

from bot.demo import INSTALLED, sample_guests
from bot.features.home.tables import AgendaFeed
from bot.features.questions.rooms import room_pages
from bot.log import configure_logging
from tests.support.congress import Congress, at, prepared

ORGANISER, TEAM, GUEST = (
    "susan.aubert@example.org",
    "martin.becker@example.org",
    "ines.millet@example.org",
)
APP = replace(INSTALLED, bot_token="xoxb-1-logged", app_token="xapp-1-logged")
WRITTEN = "Mon médecin s'appelle Lefort : que faire ?"


def test_no_token_no_address_and_no_name_is_logged(sqlite_url: str) -> None:
    log = io.StringIO()
    try:
        with redirect_stderr(log):
            configure_logging("debug", "json")
            secrets = asyncio.run(_morning(sqlite_url))
    finally:
        configure_logging("warning", "json")
    # As it stands there, and with what JSON escapes: names have accents.
    lines = [
        line + json.dumps(json.loads(line), ensure_ascii=False)
        for line in log.getvalue().splitlines()
    ]
    assert any('"maillon.running"' in line for line in lines)
    assert any('"level": "debug"' in line for line in lines)
    names = {guest.name for guest in sample_guests()}
    found = {
        (secret, line[:300])
        for line in lines
        for secret in (*secrets, *names, WRITTEN, "Lefort", "@example.org")
        if secret in line
    }
    assert not found


async def _morning(database_url: str) -> set[str]:
    """What must not be in the log."""
    with prepared(database_url, at("07:50"), app=APP, ack_within=60.0) as one:
        async with one.bot(slack_signing_secret="signed-1-logged") as maillon:
            await _people(one)
            await one.until(at("08:50"))
            addresses = await maillon.runtime.run(
                lambda session: _addresses(session, one.event_id(session))
            )
            async with aiohttp.ClientSession(maillon.http_url) as http:
                for path in (*addresses, "/", "/wall/none", "/go/none", "/team"):
                    await (await http.get(path)).read()
                for headers in ({}, {"X-Slack-Signature": "v0=00"}):
                    await http.post("/slack/events", data=WRITTEN, headers=headers)
    secrets = {address.rpartition("/")[2].removesuffix(".ics") for address in addresses}
    password = make_url(database_url).password
    return {APP.bot_token, APP.app_token, "signed-1-logged", *secrets} | (
        {str(password)} if password else set()
    )


async def _people(one: Congress) -> None:
    await one.playground.open_messages(one.user(GUEST))
    await one.home(GUEST)
    for words in ("", "agenda", "moi", WRITTEN):
        await one.command(GUEST, words)
    for words in ("annonces", "rôles", "pupitre"):
        await one.command(ORGANISER, words)
    where = one.channel("programme")
    await one.playground.command(one.user(GUEST), where, "/question", WRITTEN)
    await one.submit(GUEST, text=WRITTEN, choices=["named"])
    await one.playground.post_as(one.user(GUEST), await one.direct(GUEST), WRITTEN)
    newcomer = await one.playground.join("Nadia Roche", "nadia.roche@example.org")
    await one.playground.change_user(newcomer, real_name="Nadia Roche-Martin")
    await one.playground.settled()
    await one.idle()
    question = one.posts("equipe-questions")[-1]
    await one.press(TEAM, question, "Publier")
    await one.playground.command(one.user(GUEST), where, "/autre", WRITTEN)
    await one.idle()


def _addresses(session: Session, event_id: str) -> list[str]:
    walls = [f"/wall/{page.wall_id}" for page in room_pages(session, event_id)]
    feeds = [f"/agenda/{secret}.ics" for secret in session.scalars(select(AgendaFeed.secret))]
    assert feeds
    return walls + feeds

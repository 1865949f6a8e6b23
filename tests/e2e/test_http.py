"""Events over signed HTTP, health and metrics: the other way in."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from dataclasses import replace
from typing import Any

import aiohttp

from bot.demo import INSTALLED
from tests.support.congress import at, prepared, said

GUEST = "ines.millet@example.org"


def test_the_same_bot_over_signed_http(sqlite_url: str) -> None:
    asyncio.run(_scene(sqlite_url))


async def _scene(database_url: str) -> None:
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    app = replace(INSTALLED, request_url=f"{url}/slack/events")
    with prepared(database_url, at("08:46"), app=app) as one:
        async with one.bot(
            slack_app_token=None,
            slack_signing_secret=app.signing_secret,
            maillon_http_port=port,
        ):
            await one.idle()
            [post] = one.posts("programme")
            await one.press(GUEST, post, "Ajouter à mon programme")
            [reply] = await one.private(GUEST, one.channel("programme"))
            assert said(reply).startswith("C'est dans votre programme.")
            mine = await one.command(GUEST, "mon programme")
            assert mine is not None
            assert "Ouverture" in said(mine)
            async with aiohttp.ClientSession() as http:
                await _health_and_metrics(http, url)
                await _strangers_are_refused(http, url)


async def _health_and_metrics(http: aiohttp.ClientSession, url: str) -> None:
    async with http.get(f"{url}/health") as answer:
        state = {"database": True, "socket": None, "healthy": True}
        assert (answer.status, await answer.json()) == (200, state)
    async with http.get(f"{url}/metrics") as answer:
        text = await answer.text()
        assert 'maillon_sends_total{operation="post",outcome="sent"}' in text
        assert 'maillon_oldest_due_delivery_seconds{class="urgent"} 0.0' in text
        assert "maillon_unknown_deliveries 0.0" in text
        assert "maillon_database_readable 1.0" in text
        acked = re.search(r"^maillon_ack_seconds_count (.*)$", text, re.MULTILINE)
        assert acked is not None
        assert float(acked[1]) >= 2
        assert "@" not in text


async def _strangers_are_refused(http: aiohttp.ClientSession, url: str) -> None:
    body = json.dumps({"type": "event_callback"})
    forged: dict[str, Any] = {
        "X-Slack-Request-Timestamp": "1",
        "X-Slack-Signature": "v0=00",
        "Content-Type": "application/json",
    }
    for headers in ({}, forged):
        async with http.post(f"{url}/slack/events", data=body, headers=headers) as answer:
            assert answer.status == 401


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])

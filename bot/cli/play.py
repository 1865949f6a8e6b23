"""`maillon playground` and `maillon demo`: a chat workspace that anybody can try."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from bot.app import running
from bot.cli.common import out, reader
from bot.demo import (
    DEMO_SPEED,
    DEMO_START,
    Guest,
    ask_sample_questions,
    fill_database,
    playground_settings,
    sample_event,
    sample_playground,
)
from bot.log import configure_logging
from bot.playground.page import Surroundings, page
from bot.playground.server import Playground
from bot.show.around import CAST, kept_up
from bot.show.crowd import SimulatedCrowd, there

Port = Annotated[int, typer.Option(help="0 takes a free one.")]
Seed = Annotated[int, typer.Option(help="Of the simulated participants: who decides what.")]
Host = Annotated[str, typer.Option(help="The address to listen at.")]


def playground_command(host: Host = "127.0.0.1", port: Port = 8765) -> None:
    """Serve the sample congress' workspace to any bot: SLACK_API_URL points here."""
    with _workspace(host, port) as playground:
        app = playground.installed
        for line in (
            f"# {playground.url}/",  # a comment where the rest is pasted: in `.env`
            f"SLACK_API_URL={playground.url}/api/",
            f"SLACK_BOT_TOKEN={app.bot_token}",
            f"SLACK_APP_TOKEN={app.app_token}",
            f"MAILLON_CLOCK_URL={playground.url}",
        ):
            out.print(line, markup=False, highlight=False)
        asyncio.run(_until_stopped())


def demo_command(host: Host = "127.0.0.1", port: Port = 8765, seed: Seed = 1) -> None:
    """The sample congress, sixty times faster, in a workspace in the browser."""
    configure_logging(os.environ.get("MAILLON_LOG_LEVEL", "error"), "console")
    with (
        tempfile.TemporaryDirectory(prefix="maillon-demo-") as folder,
        _workspace(host, port, around := Surroundings(cast=CAST), there(seed)) as playground,
    ):
        url = f"sqlite:///{Path(folder) / 'demo.db'}"
        fill_database(url, DEMO_START)
        asyncio.run(_demo(playground, url, around, seed))


def _workspace(
    host: str,
    port: int,
    around: Surroundings | None = None,
    guests: list[Guest] | None = None,
) -> AbstractContextManager[Playground]:
    event = sample_event()
    rooms = [name for name in event.channels.all() if name not in event.channels.private()]
    pages = page(zone=event.zone, language=event.language, rooms=rooms, around=around)
    return sample_playground(DEMO_START, DEMO_SPEED, host, port, guests, pages=pages)


async def _demo(playground: Playground, database_url: str, around: Surroundings, seed: int) -> None:
    # A real workspace's minutes pass sixty times faster here, so its limits do too.
    playground.limits.scale = DEMO_SPEED
    settings = playground_settings(playground, database_url, maillon_pace_scale=DEMO_SPEED)
    who = reader()
    async with running(settings) as maillon:
        await maillon.runtime.run(lambda session: ask_sample_questions(session, DEMO_START))
        around.crowd = crowd = SimulatedCrowd(playground, maillon, around, seed)
        async with kept_up(maillon, around, playground.workspace.changes.advance), crowd.there():
            out.print(who.gettext("The congress is running at {url}").format(url=playground.url))
            out.print(who.gettext("Ctrl+C stops it; nothing is kept."))
            await _until_stopped()


async def _until_stopped() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()

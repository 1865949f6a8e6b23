"""`maillon playground` and `maillon demo`: a chat workspace that anybody can try."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from bot.app import running
from bot.cli.common import out, reader
from bot.demo import DEMO_SPEED, DEMO_START, fill_database, playground_settings, sample_playground
from bot.log import configure_logging
from bot.playground.server import Playground

Port = Annotated[int, typer.Option(help="0 takes a free one.")]
Host = Annotated[str, typer.Option(help="The address to listen at.")]


def playground_command(host: Host = "127.0.0.1", port: Port = 8765) -> None:
    """Serve an empty-handed workspace to any bot: SLACK_API_URL points here."""
    with sample_playground(DEMO_START, DEMO_SPEED, host, port, pages=pages) as playground:
        app = playground.installed
        out.print(f"{playground.url}/", markup=False)
        out.print(f"SLACK_API_URL={playground.url}/api/", markup=False)
        out.print(f"SLACK_BOT_TOKEN={app.bot_token}", markup=False)
        out.print(f"SLACK_APP_TOKEN={app.app_token}", markup=False)
        out.print(f"MAILLON_CLOCK_URL={playground.url}", markup=False)
        asyncio.run(_until_stopped())


def demo_command(host: Host = "127.0.0.1", port: Port = 8765) -> None:
    """The sample congress, sixty times faster, in a workspace in the browser."""
    configure_logging(os.environ.get("MAILLON_LOG_LEVEL", "warning"), "console")
    with (
        tempfile.TemporaryDirectory(prefix="maillon-demo-") as folder,
        sample_playground(DEMO_START, DEMO_SPEED, host, port, pages=pages) as playground,
    ):
        url = f"sqlite:///{Path(folder) / 'demo.db'}"
        fill_database(url, DEMO_START)
        asyncio.run(_demo(playground, url))


async def _demo(playground: Playground, database_url: str) -> None:
    # Ten times the pace of a real workspace: there a fan-out takes real minutes, here the
    # minutes are sixty times shorter.
    playground.limits.scale = 60.0
    settings = playground_settings(playground, database_url, maillon_pace_scale=60.0)
    async with running(settings):
        out.print(reader().gettext("The congress is running at {url}").format(url=playground.url))
        out.print(reader().gettext("Ctrl+C stops it; nothing is kept."))
        await _until_stopped()


async def _until_stopped() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()



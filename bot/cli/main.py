from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress
from typing import Annotated

import structlog
import typer
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.app import running, spare_collector
from bot.cli import (
    bench,
    data,
    deliveries,
    doctor,
    drill,
    facts,
    infos,
    introductions,
    outcomes,
    places,
    play,
    questions,
    rehearse,
    roles,
    rooms,
)
from bot.cli.common import err, load_settings, reader
from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.db.migrations import migrate
from bot.delivery.gateway import DeliveryError
from bot.parts import EACH, parts_named
from bot.settings import Settings

log = structlog.get_logger(__name__)

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Maillon, the bot of a congress."
)
app.add_typer(data.event_app, name="event")
app.add_typer(data.people_app, name="people")
app.add_typer(data.programme_app, name="programme")
app.add_typer(introductions.introductions_app, name="introductions")
app.add_typer(questions.questions_app, name="questions")
app.add_typer(roles.roles_app, name="roles")
app.add_typer(places.tables_app, name="tables")
app.add_typer(places.stands_app, name="stands")
app.add_typer(infos.infos_app, name="infos")
app.add_typer(rooms.print_app, name="print")
app.add_typer(rooms.wall_app, name="wall")
app.add_typer(deliveries.deliveries_app, name="deliveries")
app.add_typer(bench.bench_app, name="bench")
data.programme_app.command("extras")(facts.extras_command)
data.programme_app.command("slots")(facts.slots_command)
data.programme_app.command("documents")(facts.documents_command)
introductions.introductions_app.command("report")(outcomes.report_command)
app.command("doctor")(doctor.doctor_command)
app.command("playground")(play.playground_command)
app.command("demo")(play.demo_command)
app.command("drill")(drill.drill_command)
app.command("rehearse")(rehearse.rehearse_command)

_NO_DATABASE = N_("The database cannot be used: {reason}")
_NO_PLATFORM = N_("Slack refused or could not be reached: {reason}. `maillon doctor` says more.")
_BAD_SETTING = N_("The setting {name} is not right: {reason}")
_PORT_TAKEN = N_("The address cannot be used: {reason}")


Only = Annotated[str, typer.Option(help="The parts that this process runs.")]


@app.command("run")
def run_command(only: Only = EACH) -> None:
    """Run the bot until it is told to stop (SIGTERM, SIGINT)."""
    parts, settings = parts_named(only), load_settings()

    async def run() -> None:
        stop, connected = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)

        async def work() -> None:
            async with running(settings, parts):
                connected.set()
                spare_collector()
                await stop.wait()
                log.info("maillon.stopping")

        working, told = asyncio.ensure_future(work()), asyncio.ensure_future(stop.wait())
        await asyncio.wait({working, told}, return_when=asyncio.FIRST_COMPLETED)
        if not connected.is_set() and stop.is_set():
            working.cancel()  # it waits for Slack, perhaps for long
        with suppress(asyncio.CancelledError):
            await working

    asyncio.run(run())


@app.command("migrate")
def migrate_command() -> None:
    """Bring the database up to date; a backup first is a good habit."""
    migrate(load_settings().database_url)


def main() -> None:
    """The entry point: what people can mend is one sentence, and the exit code is not zero."""
    try:
        app()
    except MaillonError as error:
        _fail(error.told_to(reader()))
    except ValidationError as error:
        if error.title != Settings.__name__:
            raise  # a defect of ours, not a setting of theirs
        flaw = error.errors()[0]
        _say(_BAD_SETTING, name=".".join(map(str, flaw["loc"])).upper(), reason=flaw["msg"])
    except (DBAPIError, ArgumentError) as error:
        _say(_NO_DATABASE, reason=str(getattr(error, "orig", None) or error).splitlines()[0])
    except DeliveryError as error:
        _say(_NO_PLATFORM, reason=str(error))
    except OSError as error:
        _say(_PORT_TAKEN, reason=error.strerror or str(error))


def _say(msgid: str, **arguments: object) -> None:
    _fail(reader().gettext(msgid).format(**arguments))


def _fail(sentence: str) -> None:
    err.print(sentence, style="red", markup=False, highlight=False)
    sys.exit(1)

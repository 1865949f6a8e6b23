"""`maillon drill`: nothing lost and nothing twice, shown by killing the bot."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from bot.drill.databases import temporary_database
from bot.drill.driver import run_drill
from bot.drill.process import DrillError


class Database(StrEnum):
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    BOTH = "both"


def drill_command(
    kills: Annotated[int, typer.Option(min=0, help="SIGKILLs over the two days.")] = 40,
    seed: Annotated[int, typer.Option(help="The same seed, the same bad day.")] = 1,
    database: Annotated[
        Database, typer.Option(help="Where the bot keeps its data.")
    ] = Database.BOTH,
) -> None:
    """Run the sample congress on a bad day and print what was lost, one JSON line a database."""
    kinds = ["sqlite", "postgresql"] if database is Database.BOTH else [database.value]
    clean = True
    for kind in kinds:
        with temporary_database(kind) as url:
            try:
                result = run_drill(kills, seed, url)
            except DrillError as error:  # the bot could not go on at all: its log says why
                typer.echo(str(error), err=True)
                raise typer.Exit(1) from error
        typer.echo(result.json_line())
        clean = clean and result.clean
    if not clean:
        raise typer.Exit(1)

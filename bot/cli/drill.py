"""`maillon drill`: nothing lost and nothing twice, shown by killing the bot."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.drill.clusters import two_clusters
from bot.drill.process import DrillError
from bot.drill.running import run_drill
from bot.drill.small_disk import small_disk


class Database(StrEnum):
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    BOTH = "both"


class OneOnSqliteError(MaillonError):
    msgid = N_("Several processes need PostgreSQL: --replicas goes with --database postgresql.")


def drill_command(
    kills: Annotated[int, typer.Option(min=0, help="SIGKILLs over the two days.")] = 40,
    seed: Annotated[int, typer.Option(help="The same seed, the same bad day.")] = 1,
    database: Annotated[
        Database, typer.Option(help="Where the bot keeps its data.")
    ] = Database.BOTH,
    replicas: Annotated[
        int, typer.Option(min=1, max=5, help="Bots on one PostgreSQL; each kill hits any of them.")
    ] = 1,
) -> None:
    """Run the sample congress on a bad day and print what was lost, one JSON line a database."""
    if replicas > 1 and database is not Database.POSTGRESQL:
        raise OneOnSqliteError
    kinds = ["sqlite", "postgresql"] if database is Database.BOTH else [database.value]
    clean = True
    for kind in kinds:
        with small_disk() if kind == "sqlite" else two_clusters() as struck:
            try:
                result = run_drill(kills, seed, struck, replicas=replicas, blows=struck.suffers)
            except DrillError as error:  # the bot could not go on at all: its log says why
                typer.echo(str(error), err=True)
                raise typer.Exit(1) from error
        typer.echo(result.json_line())
        clean = clean and result.clean
    if not clean:
        raise typer.Exit(1)

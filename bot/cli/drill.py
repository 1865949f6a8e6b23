"""`maillon drill`: nothing lost and nothing twice, shown by killing the bot."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.databases import Databases
from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.drill.clusters import two_clusters
from bot.drill.process import DrillError
from bot.drill.running import run_drill
from bot.drill.small_disk import small_disk


class OneOnSqliteError(MaillonError):
    msgid = N_("Several processes need PostgreSQL: --replicas goes with --database postgresql.")


def drill_command(
    kills: Annotated[int, typer.Option(min=0, help="SIGKILLs over the two days.")] = 40,
    seed: Annotated[int, typer.Option(help="The same seed, the same bad day.")] = 1,
    database: Annotated[
        Databases, typer.Option(help="Where the bot keeps its data.")
    ] = Databases.BOTH,
    replicas: Annotated[
        int, typer.Option(min=1, max=5, help="Bots on one PostgreSQL; each kill hits any of them.")
    ] = 1,
) -> None:
    """Run the sample congress on a bad day and print what was lost, one JSON line a database."""
    if replicas > 1 and database is not Databases.POSTGRESQL:
        raise OneOnSqliteError
    clean = True
    for one in database.each():
        with small_disk() if one is Databases.SQLITE else two_clusters() as struck:
            try:
                result = run_drill(kills, seed, struck, replicas=replicas, blows=struck.suffers)
            except DrillError as error:  # the bot could not go on at all: its log says why
                typer.echo(str(error), err=True)
                raise typer.Exit(1) from error
        typer.echo(result.json_line())
        clean = clean and result.clean
    if not clean:
        raise typer.Exit(1)

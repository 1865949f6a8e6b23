"""`maillon rehearse`: what the days are like for those who come."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common import err
from bot.drill.databases import temporary_database
from bot.log import configure_logging
from bot.rehearse.rates import parse_rates, usual_rates
from bot.rehearse.rehearsal import rehearse


def rehearse_command(
    seed: Annotated[int, typer.Option(help="The same seed, the same days.")] = 1,
    people: Annotated[int, typer.Option(min=2, help="How many of the sample take part.")] = 240,
    rates: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="How people behave, instead of as usual."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line.")] = False,
) -> None:
    """Play the sample congress and the months after it with simulated people."""
    behave = parse_rates(rates.read_bytes()) if rates else usual_rates()
    configure_logging("warning", "console")
    with temporary_database("sqlite") as url:
        result = rehearse(behave, seed, url, people)
    for breach in result.breaches:
        err.print(f"{breach.moment.isoformat()} {breach.rule}: {breach.what}", markup=False)
    if as_json:
        typer.echo(json.dumps(result.figures()))
    else:
        for name, value in result.figures().items():
            typer.echo(f"{name:24} {value}")
    if not result.clean:
        raise typer.Exit(1)

"""`maillon bench`: figures that the project promises, measured where one stands."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from bot.bench.order import measure as measure_order
from bot.cli.databases import Databases
from bot.demo import sample_bytes
from bot.log import configure_logging

bench_app = typer.Typer(no_args_is_help=True, help="Measure what the bot reaches.")


@bench_app.callback()
def benches() -> None:
    """Measure what the bot reaches."""


@bench_app.command("duplicates")
def duplicates_command(
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="A list of questions (CSV)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line.")] = False,
    encoder: Annotated[
        bool, typer.Option("--encoder/--words-only", help="Compare by meaning, or by words.")
    ] = True,
) -> None:
    """Do questions that mean the same find each other?"""
    # Here, because every other command would wait for the numeric libraries too.
    from bot.bench.duplicates import measure, milliseconds_among_many, parse_questions
    from bot.features.questions.near import shared_encoder

    rows = parse_questions(file.read_bytes() if file else sample_bytes("questions.csv"))
    model = shared_encoder()
    # A text of the list is encoded once, though it is asked for twice.
    encode = cache(model.encode) if encoder else lambda _: None
    began = perf_counter()
    loaded = encoder and model.load()
    load_s = round(perf_counter() - began, 2)
    figures: dict[str, float | int | bool] = dict(measure(rows, encode))
    figures |= milliseconds_among_many([row.text for row in rows], encode)
    figures |= {"encoder": loaded, "load_s": load_s}
    _print(figures, as_json)


@bench_app.command("order")
def order_command(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line.")] = False,
) -> None:
    """How long does the balanced order of many questions take?"""
    figures = measure_order()
    _print(figures, as_json)


@bench_app.command("votes")
def votes_command(
    pairs: Annotated[int, typer.Option(min=1, help="Runs of each, in turns.")] = 7,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long a run is.")] = 10.0,
    database: Annotated[Databases, typer.Option(help="Which database.")] = Databases.BOTH,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a database, each on a line.")
    ] = False,
) -> None:
    """How many presses of Soutenir does the bot take, beside Bolt alone?"""
    from bot.bench.votes import measure as measure_votes

    for one in database.each():
        _print(measure_votes(one.value, pairs, seconds), as_json)


@bench_app.command("import")
def import_command(
    sessions: Annotated[int, typer.Option(min=1, help="In the programme.")] = 1_000,
    database: Annotated[Databases, typer.Option(help="Which database.")] = Databases.BOTH,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a database, each on a line.")
    ] = False,
) -> None:
    """How long does a large programme take to read and to import?"""
    from bot.bench.programme import measure as measure_import

    for one in database.each():
        _print(measure_import(one.value, sessions), as_json)


@bench_app.command("fanout")
def fanout_command(
    people: Annotated[int, typer.Option(min=1, help="How many are written to.")] = 5_000,
    scale: Annotated[
        float, typer.Option(min=0.01, help="Multiplies the platform's limits, and our pace.")
    ] = 1.0,
    database: Annotated[Databases, typer.Option(help="Which database.")] = Databases.BOTH,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a database, each on a line.")
    ] = False,
) -> None:
    """How fast does a message go to everybody by direct message, and who is answered meanwhile?"""
    from bot.bench.fanout import measure as measure_fanout
    from bot.bench.fanout import missed

    bars: list[str] = []
    for one in database.each():
        figures = measure_fanout(one.value, people, scale)
        _print(figures, as_json)
        bars += missed(figures)
    _reached(bars)


@bench_app.command("growth")
def growth_command(
    rows: Annotated[
        list[int] | None, typer.Option(min=50, help="Sizes of the past; 100 to 100,000 without.")
    ] = None,
    database: Annotated[Databases, typer.Option(help="Which database.")] = Databases.BOTH,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a database and size, each on a line.")
    ] = False,
) -> None:
    """Does it cost more to look for what is due, or to draw a page, the longer an event runs?"""
    from bot.bench.growth import SIZES, missed
    from bot.bench.growth import measure as measure_growth

    bars: list[str] = []
    for one in database.each():
        every = []
        for figures in measure_growth(one.value, rows or SIZES):
            _print(figures, as_json)
            every.append(figures)
        bars += missed(every)
    _reached(bars)


@bench_app.command("events")
def events_command(
    seconds: Annotated[float, typer.Option(min=1, help="How long a run is.")] = 20.0,
    people: Annotated[int, typer.Option(min=1, help="Who do something.")] = 2_000,
    soak: Annotated[float, typer.Option(min=0, help="Minutes of the same load, and memory.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line.")] = False,
) -> None:
    """What does an event cost, and does it cost more where two processes share a database?"""
    from bot.bench.events import measure as measure_events
    from bot.bench.events import missed

    figures = measure_events(seconds, people, soak)
    _print(figures, as_json)
    _reached(missed(figures))


@bench_app.command("board")
def board_command(
    sessions: Annotated[int, typer.Option(min=1, help="In how many people vote at once.")] = 1,
    seconds: Annotated[float, typer.Option(min=1, help="For how long they vote.")] = 30.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line.")] = False,
) -> None:
    """How soon does a vote stand in the message of its session?"""
    from bot.bench.board import measure as measure_board

    _print(measure_board(sessions, seconds), as_json)


@bench_app.command("clock")
def clock_command(
    sessions: Annotated[int, typer.Option(min=1, help="In the programme.")] = 5_000,
    seconds: Annotated[int, typer.Option(min=1, help="Of posts, and then of nothing.")] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line.")] = False,
) -> None:
    """How punctual is the bot, and what does it cost while nothing happens?"""
    from bot.bench.clock import measure as measure_clock

    _print(measure_clock(sessions, seconds), as_json)


@bench_app.command("wall")
def wall_command(
    viewers: Annotated[int, typer.Option(min=1, help="How many watch.")] = 1_000,
    changes: Annotated[int, typer.Option(min=1, help="How often what they watch changes.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line.")] = False,
) -> None:
    """How soon is a change on every screen that shows the room?"""
    from bot.bench.wall import measure as measure_wall

    _print(measure_wall(viewers, changes), as_json)


@bench_app.command("matching")
def matching_command(
    people: Annotated[int, typer.Option(min=0, help="How many are willing to meet.")] = 1_000,
    rounds: Annotated[int, typer.Option(min=1, help="How many rounds follow each other.")] = 6,
    seed: Annotated[int, typer.Option(help="Another one makes other people.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line.")] = False,
) -> None:
    """How good are the introductions, beside the best that is possible?"""
    from bot.bench.matching import measure as measure_matching

    _print(measure_matching(people, rounds, seed), as_json)


@bench_app.command("hostile")
def hostile_command(
    payloads: Annotated[int, typer.Option(min=10, help="A tenth of them is forged.")] = 200_000,
    seed: Annotated[int, typer.Option(help="The same seed, the same payloads.")] = 1,
    processes: Annotated[int, typer.Option(min=1, help="That share them.")] = 1,
    database: Annotated[Databases, typer.Option(help="Which database.")] = Databases.SQLITE,
) -> None:
    """Does any payload, signed or forged, break the bot? One JSON line a database."""
    from bot.hostile.run import run_hostile

    clean = True
    for one in database.each():
        figures = run_hostile(one.value, payloads, seed, processes)
        typer.echo(figures.json_line())
        for trace in figures.traces:
            typer.echo(trace, err=True)
        clean = clean and figures.clean
    if not clean:
        raise typer.Exit(1)


@bench_app.command("sockets")
def sockets_command(
    minutes: Annotated[float, typer.Option(min=0.01, help="How long nothing works.")] = 60.0,
    seed: Annotated[int, typer.Option(help="The same seed, the same bad moments.")] = 1,
    database: Annotated[Databases, typer.Option(help="Which database.")] = Databases.SQLITE,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a database, each on a line.")
    ] = False,
) -> None:
    """Is an event lost, or counted twice, while the connections to Slack break all the time?"""
    from bot.bench.sockets import clean
    from bot.bench.sockets import measure as measure_sockets

    configure_logging("error", "console")  # connections break on purpose
    figures = [measure_sockets(minutes, seed, one.value) for one in database.each()]
    for each in figures:
        _print(each, as_json)
    if not all(map(clean, figures)):
        raise typer.Exit(1)


def _reached(missed: Sequence[str]) -> None:
    """Says which bars were not, and fails."""
    if missed:
        typer.echo(f"Missed: {', '.join(missed)}.", err=True)
        raise typer.Exit(1)


def _print(figures: Mapping[str, object], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        typer.echo(f"{name:24} {value}")

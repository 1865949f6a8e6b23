"""Trying to tell who is behind something anonymous from all that the bot keeps.

`dump` reads every table and the log; `ties` joins whatever speaks of a thing (a delivery, a
question) with whatever speaks of a person: in one row, by a value that both hold, by a moment.
It reads what is there, so a column or a table that comes later is tried as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, MetaData, select

ROUNDED_S = 600
EARLIEST = 1_000_000_000.0
"""Numbers from here on are moments, in seconds since 1970."""
SHORTEST = 8
"""Shorter texts are words of a few (states, languages), and no ids."""


@dataclass(frozen=True)
class Row:
    table: str
    values: frozenset[str]
    moments: frozenset[float]

    def mentions(self, traces: Iterable[str]) -> bool:
        return any(trace in value for trace in traces for value in self.values)


Dump = list[Row]


def dump(engine: Engine, log: str = "") -> Dump:
    """Every row of every table there is, and every line of a log of JSON lines."""
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        rows = [
            _row(table.name, dict(values))
            for table in metadata.sorted_tables
            for values in connection.execute(select(table)).mappings()
        ]
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return [*rows, *(_row("log", line) for line in lines)]


def ties(
    everything: Dump, things: Mapping[str, str], people: Mapping[str, Iterable[str]]
) -> list[str]:
    """How each of `things` (by its id: the person behind it) leads to that person.

    `people` are their traces by id: what only they are called anywhere, that id among it.
    """
    about = {who: [row for row in everything if row.mentions(people[who])] for who in people}
    found = []
    for thing, who in things.items():
        rows = _reached(everything, thing)
        found += [f"{row.table}: names {who}" for row in rows if row.mentions(people[who])]
        found += [f"{how} of {who}" for how in _shared(rows, about, who)]
        found += [f"{how} of {who}" for how in _together(rows, about[who])]
    return sorted(set(found))


def _reached(everything: Dump, thing: str) -> list[Row]:
    """What speaks of a thing, and what a value that stands nowhere else leads on to."""
    first = [row for row in everything if row.mentions([thing])]
    holders: dict[str, list[Row]] = {}
    for row in everything:
        for value in row.values:
            if len(value) >= SHORTEST:
                holders.setdefault(value, []).append(row)
    rare = {value for row in first for value in row.values if len(holders.get(value, ())) == 2}
    return list(dict.fromkeys([*first, *(r for value in rare for r in holders[value])]))


def _shared(rows: list[Row], about: Mapping[str, list[Row]], who: str) -> Iterator[str]:
    """Values that lead to this person and to nobody else."""
    values = {value for row in rows for value in row.values if len(value) >= SHORTEST}
    for row in about[who]:
        for value in values & row.values:
            if not any(
                value in other.values for one in about if one != who for other in about[one]
            ):
                yield f"{row.table}: shares {value!r} with a row"


def _together(rows: list[Row], mine: list[Row]) -> Iterator[str]:
    """Moments in the same second, but for those that are rounded."""
    seconds = {int(moment) for row in rows for moment in row.moments if moment % ROUNDED_S}
    for row in mine:
        if any(int(moment) in seconds for moment in row.moments):
            yield f"{row.table}: as exact as a row"


def _row(table: str, values: Mapping[str, Any]) -> Row:
    leaves = list(_leaves(dict(values)))
    moments = [moment for moment in map(_moment, leaves) if moment is not None]
    return Row(table, frozenset(map(str, leaves)), frozenset(moments))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one)
    elif value is not None and not isinstance(value, bool):
        yield value


def _moment(value: Any) -> float | None:
    if isinstance(value, datetime):
        return _seconds(value)
    if isinstance(value, int | float):
        return float(value) if value >= EARLIEST else None
    try:
        return _seconds(datetime.fromisoformat(str(value)))
    except ValueError:
        return None


def _seconds(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()

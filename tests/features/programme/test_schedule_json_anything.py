"""Reading schedule.json: anything at all is understood or named."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.programme.formats.parsed import UnreadableProgrammeError
from tests.support.programmes import PLAIN, parse, programme


def test_a_large_programme_is_read() -> None:
    many = [
        PLAIN | {"guid": f"g{n}", "abstract": "é" * 2500, "persons": [f"P{p}" for p in range(20)]}
        for n in range(1500)
    ]
    data = json.dumps(programme(*many), ensure_ascii=False).encode()
    assert len(data) > 4_000_000
    assert len(parse(data).sessions) == 1500


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["2019-12-12", "2019-12-12T09:00:00", "25:00", "00:30", "9999-12-31T23:59Z"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*PLAIN, "rooms", "events", "name", "days"]), inner)
    ),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items if isinstance(value, dict | list) else ():
        yield from places(inner, (*path, key))


FULL = programme(
    PLAIN | {"persons": [{"name": "Ada", "biography": "gérance, Acme"}], "start": "09:00"},
    PLAIN | {"guid": "g2", "date": "2019-12-13", "start": "00:30", "end": "01:30"},
    day={"date": "2019-12-12", "day_start": "2019-12-12T08:00:00+01:00"},
    time_zone_name="Europe/Paris",
    tracks=[{"slug": "a", "name": "A"}],
)
PLACES = list(places(FULL))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), junk), min_size=1, max_size=3))
def test_a_damaged_programme_is_understood_or_named(damage: list[tuple[Any, object]]) -> None:
    source: Any = {"root": copy.deepcopy(FULL)}
    for path, value in damage:
        holder, keys = source, ("root", *path)
        try:
            for key in keys[:-1]:
                holder = holder[key]
            holder[keys[-1]] = copy.deepcopy(value)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier blow took this place away
    try:
        parsed = parse(source["root"])
    except UnreadableProgrammeError:
        return
    assert parsed.sessions or parsed.refused
    assert all(session.ends_at >= session.starts_at for session in parsed.sessions)
    assert all(session.starts_at.tzinfo is UTC for session in parsed.sessions)
    unread = {problem.session for problem in parsed.problems if problem.fatal and problem.session}
    assert len(parsed.sessions) + len(unread) >= listed_sessions(source["root"])


def listed_sessions(root: Any) -> int:
    """How many sessions it lists if it still has its shape; otherwise 0, which asserts nothing."""
    try:
        days = root["schedule"]["conference"]["days"]
        return sum(
            len(held) for day in days for held in day["rooms"].values() if isinstance(held, list)
        )
    except (KeyError, TypeError, AttributeError):
        return 0


@settings(deadline=None)
@given(st.binary(max_size=60) | junk.map(lambda value: json.dumps(value).encode()))
def test_any_file_at_all_is_read_or_refused(data: bytes) -> None:
    try:
        parsed = parse(data)
    except UnreadableProgrammeError:
        return
    assert parsed.sessions or parsed.refused

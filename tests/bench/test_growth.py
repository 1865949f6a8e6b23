"""Cost grows with the work, not with the past; plans and steps are counted, no time is taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from bot.bench.growth import DUE_WORK, PAGES, Scene, Statement, furnished, leave_a_past, statements
from bot.bench.past import Past
from bot.cli.main import app
from bot.db.base import Base

PROGRAMME = {
    "events", "workspaces", "profile_kinds", "sessions", "question_sessions", "rounds",
    "announced_sessions", "announcements", "roles", "speakers", "bulletins", "morning_messages",
}  # fmt: skip
"""What the organisers write; everything else grows as the event goes on."""
GROWING = set(Base.metadata.tables) - PROGRAMME


@pytest.fixture
def congress(database_url: str, tmp_path: Path) -> Iterator[Scene]:
    found = furnished(database_url, tmp_path)
    yield found
    found.runtime.close()


def scans(session: Session, one: Statement) -> list[str]:
    """The steps of the plan that read a table from end to end."""
    cursor = session.connection().connection.cursor()
    if session.get_bind().dialect.name == "sqlite":
        cursor.execute(f"EXPLAIN QUERY PLAN {one.text}", one.parameters)
        return [str(row[3]) for row in cursor.fetchall() if str(row[3]).startswith("SCAN ")]
    # So few rows are read at once, if they may be; the question is whether they have to be.
    session.execute(text("SET LOCAL enable_seqscan = off"))
    cursor.execute(f"EXPLAIN {one.text}", one.parameters)
    return [str(row[0]).strip() for row in cursor.fetchall() if "Seq Scan on" in str(row[0])]


def explained(one: Statement) -> bool:
    return not one.many and one.text.startswith(("SELECT", "UPDATE", "DELETE"))


EVERYTHING = Statement("SELECT count(*) FROM deliveries WHERE error = 'x'", (), many=False)


def test_what_is_asked_for_due_work_uses_indexes(congress: Scene) -> None:
    """Of all jobs there are, and of the worker that sends."""
    (seen,) = congress.run(lambda session: scans(session, EVERYTHING))
    assert "deliveries" in seen.split()  # it would be noticed
    congress.run(lambda session: leave_a_past(session, congress, 1_000))

    def look(session: Session) -> tuple[int, dict[str, list[str]]]:
        asked = [
            one
            for name in DUE_WORK
            for one in statements(session, congress.asks()[name])
            if explained(one)
        ]
        found = {one.text: scans(session, one) for one in asked}
        return len(asked), {statement: plan for statement, plan in found.items() if plan}

    number, plans = congress.run(look)
    assert number > 20
    bad = {
        statement: step
        for statement, plan in plans.items()
        for step in plan
        if GROWING & set(step.replace("(", " ").split())
    }
    assert bad == {}


@pytest.fixture
def small(sqlite_url: str, tmp_path: Path) -> Iterator[Scene]:
    found = furnished(sqlite_url, tmp_path)
    yield found
    found.runtime.close()


def steps(session: Session, asked: list[Statement]) -> int:
    """How many instructions SQLite carries out."""
    counted = 0

    def count() -> None:
        nonlocal counted
        counted += 1

    with session.begin_nested() as again:
        driver = session.connection().connection.driver_connection
        assert driver is not None
        driver.set_progress_handler(count, 1)
        for one in asked:
            one.run(session)
        driver.set_progress_handler(None, 1)
        again.rollback()
    return counted


def test_a_longer_past_takes_no_more_steps(small: Scene) -> None:
    def taken(session: Session) -> dict[str, int]:
        asked = {name: statements(session, ask) for name, ask in small.asks().items()}
        return {
            name: steps(session, [each for each in one if "SAVEPOINT" not in each.text])
            for name, one in asked.items()
        }

    small.run(lambda session: leave_a_past(session, small, 100))
    before = small.run(taken)
    assert before.keys() == {*DUE_WORK, *PAGES}
    assert min(before.values()) > 100
    second = Past(small.event_id, small.workspace_id, small.now, 3_000, name="more")
    small.run(second.fill)
    after = small.run(taken)
    # The people who come with it, and the sessions, are looked at in a few places.
    assert {name: after[name] for name in before if after[name] > 1.5 * before[name]} == {}
    assert small.run(small.due) == 0


@pytest.mark.slow
def test_the_bench_prints_a_line_a_size() -> None:
    result = CliRunner().invoke(
        app, ["bench", "growth", "--rows", "50", "--rows", "100", "--database", "sqlite", "--json"]
    )
    first, second = map(json.loads, result.stdout.splitlines()[:2])
    assert (first["rows"], second["rows"]) == (50, 100)
    assert {(one["due"], one["claimed"]) for one in (first, second)} == {(0, 20)}
    assert {f"{name}_{unit}" for name in (*DUE_WORK, *PAGES) for unit in ("ms", "ratio")} <= set(
        second
    )

"""Databases for tests: real ones, migrated once and copied for each test."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, create_engine, delete, text
from sqlalchemy.orm import Session

from bot.db.engine import create_database_engine
from bot.db.keys import KeyStore
from bot.db.migrations import migrate
from bot.db.runtime import Runtime
from bot.drill import databases
from bot.features.events.tables import Event
from bot.log import configure_logging
from tests.support.databases import create_database, postgresql_copy, sqlite_copy
from tests.support.machine import NOT_RUN

# slack_sdk honours proxies and ignores NO_PROXY; tests talk to this machine only.
for _proxy in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
    os.environ.pop(_proxy, None)

configure_logging("warning", "json")

# No deadlines: a busy machine is no defect. Where a green run must mean the same twice, the
# examples are the same twice; elsewhere every run looks at new ones.
settings.register_profile(
    "maillon",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("maillon")

SLOW = {"drill", "e2e"}


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    with databases.postgresql_server() as url:
        _hurry(url)
        yield url


def _hurry(server: str) -> None:
    """No test cuts the power: what reaches the disk when is the drill's and the benches' affair,
    which start servers of their own."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str) -> str:
    """The server, on which there is now a database to copy."""
    migrate(create_database(postgresql_server, "migrated"))
    return postgresql_server


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    return sqlite_copy(migrated_sqlite, tmp_path / "maillon.db")


@pytest.fixture
def postgresql_url(migrated_postgresql: str) -> str:
    return postgresql_copy(migrated_postgresql, "test")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty, migrated database of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_database_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    """Of anonymous questions; no file until it is used."""
    return KeyStore(f"sqlite:///{tmp_path / 'keys.db'}")


@pytest.fixture
def runtime(database_url: str, keys: KeyStore) -> Iterator[Runtime]:
    runtime = Runtime(create_database_engine(database_url), keys)
    yield runtime
    runtime.close()


@pytest.fixture(scope="session")
def kept_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return sqlite_copy(migrated_sqlite, tmp_path_factory.mktemp("kept") / "maillon.db")


@pytest.fixture(scope="session")
def kept_postgresql(migrated_postgresql: str) -> str:
    return postgresql_copy(migrated_postgresql, "kept")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def kept_runtime(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    """On one database of each kind for all that commit little, emptied after each test."""
    runtime = Runtime(create_database_engine(request.getfixturevalue(f"kept_{request.param}")))
    yield runtime
    with Session(runtime.engine) as session, session.begin():
        session.execute(delete(Event))
    runtime.close()


FIRST = {"drill", "rehearse"}
"""They play whole days and wait more than they compute: whatever else there is runs beside them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not FIRST & set(item.path.parts))
    for item in items:
        if SLOW & set(item.path.parts):
            item.add_marker(pytest.mark.slow)
        for marker, reason in NOT_RUN.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_collection_finish() -> None:
    """What thousands of tests and all that they import hold is not garbage: it need not be walked
    again and again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What this machine could not run is the last thing one reads."""
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    reasons = sorted({line.rsplit("Skipped: ", 1)[-1].rstrip("')") for line in skipped})
    for reason in reasons:
        terminalreporter.write_line(f"NOT RUN: {reason}", yellow=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where everything must run, a skipped half is no success."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("CI") == "true" and skipped and exitstatus == 0:
        session.exitstatus = 1

"""One database of each kind for the tests of the hub, emptied after each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.db.engine import create_database_engine
from bot.db.runtime import Runtime
from bot.demo import fill_database
from bot.features.events.tables import Event
from tests.support.databases import postgresql_copy, sqlite_copy
from tests.support.rooms import DURING


@pytest.fixture(scope="package")
def kept_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return sqlite_copy(migrated_sqlite, tmp_path_factory.mktemp("web") / "maillon.db")


@pytest.fixture(scope="package")
def kept_postgresql(migrated_postgresql: str) -> str:
    return postgresql_copy(migrated_postgresql, "web")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def runtime(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    runtime = Runtime(create_database_engine(request.getfixturevalue(f"kept_{request.param}")))
    yield runtime
    with Session(runtime.engine) as session, session.begin():
        session.execute(delete(Event))
    runtime.close()


@pytest.fixture(scope="package")
def filled_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample congress, imported once."""
    path = tmp_path_factory.mktemp("congress") / "maillon.db"
    fill_database(sqlite_copy(migrated_sqlite, path), DURING)
    return path


@pytest.fixture
def congress_url(filled_sqlite: Path, tmp_path: Path) -> str:
    """A copy of it, for tests that change it."""
    return sqlite_copy(filled_sqlite, tmp_path / "congress.db")

"""One database of each kind for all of these tests, emptied after each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.db.engine import create_database_engine
from bot.db.runtime import Runtime
from bot.features.events.tables import Event
from tests.support.databases import postgresql_copy, sqlite_copy


@pytest.fixture(scope="package")
def kept_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return sqlite_copy(migrated_sqlite, tmp_path_factory.mktemp("db") / "maillon.db")


@pytest.fixture(scope="package")
def kept_postgresql(migrated_postgresql: str) -> str:
    return postgresql_copy(migrated_postgresql, "db")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def runtime(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    runtime = Runtime(create_database_engine(request.getfixturevalue(f"kept_{request.param}")))
    yield runtime
    with Session(runtime.engine) as session, session.begin():
        session.execute(delete(Event))
    runtime.close()

"""One database of each kind for all of these tests, emptied after each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, delete, make_url, text
from sqlalchemy.orm import Session

from bot.db.engine import create_database_engine
from bot.db.runtime import Runtime
from bot.features.events.tables import Event


@pytest.fixture(scope="package")
def kept_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("db") / "maillon.db"
    shutil.copy(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="package")
def kept_postgresql(migrated_postgresql: str) -> str:
    admin = create_engine(migrated_postgresql, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE db TEMPLATE migrated"))
    admin.dispose()
    return make_url(migrated_postgresql).set(database="db").render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def runtime(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    runtime = Runtime(create_database_engine(request.getfixturevalue(f"kept_{request.param}")))
    yield runtime
    with Session(runtime.engine) as session, session.begin():
        session.execute(delete(Event))
    runtime.close()

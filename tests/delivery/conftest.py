"""One database of each kind for all of these tests: each has an event of its own in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text, update

from bot.db.engine import create_database_engine
from bot.db.runtime import Runtime
from bot.features.events.tables import Workspace
from tests.delivery.support import House
from tests.delivery.support import house as furnished


@pytest.fixture(scope="session")
def shared_sqlite(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runtime]:
    path = tmp_path_factory.mktemp("delivery") / "maillon.db"
    shutil.copy(migrated_sqlite, path)
    yield from _runtime(f"sqlite:///{path}")


@pytest.fixture(scope="session")
def shared_postgresql(migrated_postgresql: str) -> Iterator[Runtime]:
    admin = create_engine(migrated_postgresql, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE delivery TEMPLATE migrated"))
    admin.dispose()
    url = make_url(migrated_postgresql).set(database="delivery")
    yield from _runtime(url.render_as_string(hide_password=False))


def _runtime(url: str) -> Iterator[Runtime]:
    runtime = Runtime(create_database_engine(url))
    yield runtime
    runtime.close()


def _house(runtime: Runtime) -> Iterator[House]:
    house = furnished(runtime)
    yield house
    with house.session() as session, session.begin():  # workers of later tests pass it by
        session.execute(
            update(Workspace).where(Workspace.event_id == house.event_id).values(active=False)
        )


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    runtime: Runtime = request.getfixturevalue(f"shared_{request.param}")
    yield from _house(runtime)


@pytest.fixture
def sqlite_house(shared_sqlite: Runtime) -> Iterator[House]:
    yield from _house(shared_sqlite)


@pytest.fixture
def postgresql_house(shared_postgresql: Runtime) -> Iterator[House]:
    yield from _house(shared_postgresql)

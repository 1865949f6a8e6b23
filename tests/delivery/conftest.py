"""One database of each kind for all of these tests: each has an event of its own in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.db.engine import create_database_engine
from bot.db.runtime import Runtime
from tests.delivery.support import House
from tests.delivery.support import house as furnished
from tests.support.databases import postgresql_copy, sqlite_copy


@pytest.fixture(scope="session")
def shared_sqlite(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runtime]:
    path = tmp_path_factory.mktemp("delivery") / "maillon.db"
    yield from _runtime(sqlite_copy(migrated_sqlite, path))


@pytest.fixture(scope="session")
def shared_postgresql(migrated_postgresql: str) -> Iterator[Runtime]:
    yield from _runtime(postgresql_copy(migrated_postgresql, "delivery"))


def _runtime(url: str) -> Iterator[Runtime]:
    runtime = Runtime(create_database_engine(url))
    yield runtime
    runtime.close()


def _house(runtime: Runtime) -> Iterator[House]:
    house = furnished(runtime)
    yield house
    house.leave()


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

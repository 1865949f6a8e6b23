from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.db.engine import create_database_engine
from tests.support.databases import postgresql_copy, sqlite_copy
from tests.support.factories import World


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def shared_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """One migrated database of each kind for all tests that roll back what they did."""
    with migrated_engine(request, tmp_path_factory, "features") as engine:
        yield engine


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def own_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """The same for one module, whose tests share what takes long to build."""
    with migrated_engine(request, tmp_path_factory, "module") as engine:
        yield engine


@contextmanager
def migrated_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, name: str
) -> Iterator[Engine]:
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp(name) / f"{name}.db"
        url = sqlite_copy(request.getfixturevalue("migrated_sqlite"), path)
    else:
        url = postgresql_copy(request.getfixturevalue("migrated_postgresql"), name)
    engine = create_database_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(shared_engine: Engine) -> Iterator[Session]:
    """A transaction that is never committed."""
    with Session(shared_engine) as session:
        session.connection()
        yield session


@pytest.fixture
def world(session: Session) -> World:
    return World(session)

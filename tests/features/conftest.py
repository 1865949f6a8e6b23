from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from bot.db.engine import create_database_engine
from tests.support.factories import World


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def shared_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """One migrated database of each kind for all tests that roll back what they did."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("features") / "features.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        engine = create_database_engine(f"sqlite:///{path}")
    else:
        engine = create_database_engine(_features(request.getfixturevalue("migrated_postgresql")))
    yield engine
    engine.dispose()


def _features(server: str) -> str:
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text('CREATE DATABASE "features" TEMPLATE "migrated"'))
    admin.dispose()
    return make_url(server).set(database="features").render_as_string(hide_password=False)


@pytest.fixture
def session(shared_engine: Engine) -> Iterator[Session]:
    """A transaction that is never committed."""
    with Session(shared_engine) as session:
        session.connection()
        yield session


@pytest.fixture
def world(session: Session) -> World:
    return World(session)

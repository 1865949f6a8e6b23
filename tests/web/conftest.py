"""The hub on a database that is emptied after each test, and the sample congress."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.db.runtime import Runtime
from bot.demo import fill_database
from tests.support.databases import sqlite_copy
from tests.support.rooms import DURING


@pytest.fixture
def runtime(kept_runtime: Runtime) -> Runtime:
    return kept_runtime


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

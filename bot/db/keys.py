"""The keys of anonymous questions: a database of their own, which forgets on a fixed date.

Whoever has the main database alone cannot tell who asked; whoever has the keys alone knows nothing.
So they are never one database, never in one backup, and a deleted key is gone from the file
(docs/decisions/0014-anonymity.md). Calls are short and may be made inside a transaction of the
main database: nothing here waits for that one.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    create_engine,
    event,
    func,
    select,
    text,
    update,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.schema import CreateTable

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.db.address import database_address, servers
from bot.db.base import Id, UtcDateTime
from bot.db.engine import BUSY_TIMEOUT_MS, create_database_engine, insert_of

KEY_BYTES = 32

QUESTION_KEYS = Table(
    "question_keys",
    MetaData(),
    Column("event_id", Id, primary_key=True),
    Column("session_id", Id, primary_key=True),
    Column("key", LargeBinary, nullable=True),  # None once deleted: it is never made again
    Column("delete_at", UtcDateTime, nullable=False),
)
_ROW = QUESTION_KEYS.c
_EARLIEST = select(func.min(_ROW.delete_at)).where(_ROW.key.is_not(None))


class KeysInDatabaseError(MaillonError):
    msgid = N_(
        "MAILLON_KEYS_URL names the database itself. The keys of anonymous questions need another "
        "one, which is not in the same backup."
    )


class KeyStore:
    """Opened at its first use, so that commands which need no key make no file."""

    def __init__(self, url: str) -> None:
        self._url = database_address(url)
        self._engine = (
            _sqlite(self._url)
            if _is_sqlite(self._url)
            # As durable as the main one: a key that is lost in a crash takes with it whom its
            # questions are answered to.
            else create_database_engine(self._url, pool_size=4, max_overflow=0)
        )
        self._opening, self._opened = Lock(), False

    def key_of(
        self, event_id: str, session_id: str, create_until: datetime | None = None
    ) -> bytes | None:
        """The key of a session, made if `create_until` says when it is to be deleted.

        None where there is none or it was deleted. Replicas that ask at once get the same one,
        and the first date stays.
        """
        key = select(_ROW.key).where(_ROW.event_id == event_id, _ROW.session_id == session_id)
        with self._connection() as connection:
            row = connection.execute(key).one_or_none()
            if row is None and create_until is not None:
                insert = insert_of(self._url.get_backend_name(), QUESTION_KEYS)
                values = {
                    "event_id": event_id,
                    "session_id": session_id,
                    "key": secrets.token_bytes(KEY_BYTES),
                    "delete_at": create_until,
                }
                connection.execute(insert.values(values).on_conflict_do_nothing())
                row = connection.execute(key).one()
        return None if row is None or row.key is None else bytes(row.key)

    def delete_due(self, now: datetime) -> int:
        """Delete the keys whose date has come, and what the database keeps of them."""
        due = update(QUESTION_KEYS).where(_ROW.key.is_not(None), _ROW.delete_at <= now)
        with self._connection() as connection:
            deleted = connection.execute(due.values(key=None)).rowcount
        if deleted:
            full = "" if _is_sqlite(self._url) else f" FULL {QUESTION_KEYS.name}"
            alone = self._engine.execution_options(isolation_level="AUTOCOMMIT")
            with alone.connect() as connection:
                connection.execute(text(f"VACUUM{full}"))
        return deleted

    def earliest_due(self) -> datetime | None:
        with self._connection() as connection:
            moment: datetime | None = connection.scalar(_EARLIEST)
        return moment

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with self._opening:
            if not self._opened:
                self._open()
                self._opened = True
        with self._engine.begin() as connection:
            yield connection

    def _open(self) -> None:
        if _is_sqlite(self._url) and self._url.database:
            # Before SQLite makes it for everybody to read; its journals take after it.
            Path(self._url.database).touch(mode=0o600)
        try:
            self._make_table()
        except (IntegrityError, ProgrammingError):  # PostgreSQL, to the second who makes it
            self._make_table()

    def _make_table(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(CreateTable(QUESTION_KEYS, if_not_exists=True))


def keys_of(session: Session) -> KeyStore:
    """The key store that belongs to the database of `session`: `Runtime` hands it along."""
    keys: KeyStore = session.info[KeyStore]
    return keys


def same_database(one: str, other: str) -> bool:
    first, second = database_address(one), database_address(other)
    if first.get_backend_name() != second.get_backend_name():
        return False
    if _is_sqlite(first):
        return Path(first.database or "").resolve() == Path(second.database or "").resolve()
    return first.database == second.database and bool(servers(first) & servers(second))


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", hide_parameters=True)

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            # No write-ahead log, in which a deleted key would outlive its deletion; and no
            # journal that a power cut brings back.
            "journal_mode=DELETE",
            "synchronous=EXTRA",
            "secure_delete=ON",
            "temp_store=MEMORY",  # where VACUUM puts its copy of the keys that stay
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine

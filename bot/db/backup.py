"""A copy of a SQLite database while it is written to; PostgreSQL has its own tools for that."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from bot.core.errors import MaillonError
from bot.core.i18n import N_


class NotSqliteError(MaillonError):
    msgid = N_(
        "The database is PostgreSQL, which has its own tools: pg_dump --format=custom "
        "(docs/operating.md says how to restore)."
    )


class NothingToBackUpError(MaillonError):
    msgid = N_("There is no database file {path}: nothing was backed up.")


class BackupExistsError(MaillonError):
    msgid = N_(
        "The file {path} exists already, and a backup never replaces another. Name a new one."
    )


class BackupDamagedError(MaillonError):
    msgid = N_("The copy is damaged, and so is perhaps the database: {reason}")


def back_up(url: str, target: Path) -> None:
    """The database at `url` as of one moment, whole and on disk at `target`, or nothing there.

    SQLite's online backup in one step: it reads one state and, with the write-ahead log, holds
    up nobody who writes. Only its owner can read the copy.
    """
    source = make_url(url)
    if source.get_backend_name() != "sqlite":
        raise NotSqliteError
    if not source.database or not Path(source.database).is_file():
        raise NothingToBackUpError(path=source.database)
    if target.exists():
        raise BackupExistsError(path=target)
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        _copy(Path(source.database), part)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    _sync(target.parent)


def _copy(source: Path, part: Path) -> None:
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(part)) as written:
        read.backup(written)
        # One file to carry away, until a bot opens it and has its log beside it again.
        written.execute("PRAGMA journal_mode=DELETE")
        [found] = written.execute("PRAGMA integrity_check(1)").fetchone()
        if found != "ok":
            raise BackupDamagedError(reason=found)
    _sync(part)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

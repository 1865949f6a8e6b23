"""A SQLite file on a disk that can be filled, and that another process can lock."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.drill.blows import Blow

SIZE_MIB = 64
LASTS_S = 3.0
"""After it was reported: longer than a person waits for an answer."""
CHUNK = bytes(1 << 20)


class SmallDisk:
    settle_after = 1.0

    def __init__(self, folder: Path, fills: bool) -> None:
        self.suffers: Sequence[Blow] = (Blow.FULL, Blow.LOCKED) if fills else (Blow.LOCKED,)
        self._folder, self._file = folder, folder / "maillon.db"
        self.url = f"sqlite:///{self._file}"
        self.keys_url = f"sqlite:///{folder / 'keys.db'}"

    def strike(self, blow: Blow, reported: Callable[[], None]) -> None:
        """Until it was `reported`, and a while longer."""
        with self._full() if blow is Blow.FULL else self._locked():
            reported()
            time.sleep(LASTS_S)

    @contextmanager
    def _full(self) -> Iterator[None]:
        with closing(sqlite3.connect(self._file)) as connection:
            # Else what is written next may find room in the journal as it is.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ballast = self._folder / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(CHUNK):
                pass
        yield
        ballast.unlink()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with closing(sqlite3.connect(self._file, timeout=LASTS_S)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            yield
            connection.rollback()


@contextmanager
def small_disk() -> Iterator[SmallDisk]:
    """It can be filled where we have the right to mount a file system in memory."""
    with TemporaryDirectory(prefix="maillon-disk-") as folder:
        mounted = os.geteuid() == 0 and _run(
            "mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "tmpfs", folder
        )
        if not mounted:
            print("NOT RUN: a disk that fills, since nothing may be mounted here", file=sys.stderr)
        try:
            yield SmallDisk(Path(folder), mounted)
        finally:
            if mounted:
                _run("umount", folder)


def _run(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603

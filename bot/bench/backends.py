"""What a PostgreSQL server spends, and how long its transactions wait for one another."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]
from sqlalchemy import create_engine, text

LOOK_S = 0.02
_IN_TRANSACTION = text("""
    SELECT count(*), count(*) FILTER (WHERE wait_event_type = 'Lock') FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
""")


@dataclass
class Waits:
    """Of all moments that transactions were seen in, how many they waited for a lock in."""

    seen: int = 0
    for_lock: int = 0

    @property
    def share(self) -> float:
        return self.for_lock / max(1, self.seen)


class Backends:
    """Of a server on this machine; what we ask it ourselves does not count."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT")
        self._connection = self._engine.connect()
        self._ours = self._connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        self._postmaster = psutil.Process(psutil.Process(self._ours).ppid())

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()

    def cpu_s(self) -> float:
        """Processor seconds of all its processes, also of those that have ended."""
        own = self._postmaster.cpu_times()
        spent = own.user + own.system + own.children_user + own.children_system
        for process in self._postmaster.children():
            if process.pid == self._ours:
                continue
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue  # it is among the children by now, or at the next look
            spent += times.user + times.system
        return float(spent)

    @contextmanager
    def watched(self) -> Iterator[Waits]:
        """Fifty looks a second at who is in a transaction, and who of them waits for a lock."""
        waits, over = Waits(), threading.Event()

        def look() -> None:
            while not over.wait(LOOK_S):
                seen, for_lock = self._connection.execute(_IN_TRANSACTION).one()
                waits.seen += seen
                waits.for_lock += for_lock

        looking = threading.Thread(target=look, daemon=True)
        looking.start()
        try:
            yield waits
        finally:
            over.set()
            looking.join()

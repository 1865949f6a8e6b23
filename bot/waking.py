"""Who looks for work in a process, and on whose word."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import make_url

from bot.db.others import Others
from bot.db.runtime import Runtime
from bot.delivery.worker import DeliveryWorker
from bot.parts import ALL, Part
from bot.refreshing import Refreshing
from bot.schedule import Schedule
from bot.settings import Settings
from bot.web.live import Live


@dataclass
class Woken:
    """Who looks for work in this process."""

    live: Live
    worker: DeliveryWorker | None
    refreshing: Refreshing | None
    schedule: Schedule | None = None

    def committed(self) -> None:
        """By this process, or event time moved. The schedule wakes the worker after its round."""
        if self.schedule is not None:
            self.schedule.wake()
        elif self.worker is not None:
            self.worker.wake()

    def ticked(self) -> None:
        if self.worker is not None:
            self.worker.wake()
        if self.refreshing is not None:
            self.refreshing.begin()

    def heard(self, left: Collection[str] | None) -> None:
        """Another process committed, and leaves work of the parts `left`; None: of all of them."""
        self.live.wake()
        if self.schedule is not None and (left is None or Part.CLOCK in left):
            self.schedule.wake()
        elif self.worker is not None and (left is None or Part.DELIVERIES in left):
            self.worker.wake()


def other_processes(
    settings: Settings, runtime: Runtime, parts: Collection[Part], woken: Woken
) -> Others | None:
    """A SQLite file serves one process."""
    if runtime.engine.dialect.name == "sqlite":
        return None
    url = make_url(settings.maillon_listen_url or settings.database_url)
    return Others(runtime.engine, url, ALL - frozenset(parts), woken.heard)

"""Event time: what decides whether something is due, late, open or over.

Machine time (leases, pace, back-off, signatures) is another thing and never simulated;
see `bot.db.engine.machine_now`. No rule reads either clock: it is handed a moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class EventClock(Protocol):
    def now(self) -> datetime:
        """The moment of the event, aware, in UTC."""
        ...

    @property
    def speed(self) -> float:
        """Event seconds in a machine second; 0 while paused."""
        ...


class SystemClock:
    """On the days of the event, event time is the time."""

    speed = 1.0

    def now(self) -> datetime:
        return datetime.now(UTC)


class SimulatedClock:
    """Event time that can be paused, sped up and moved forward.

    `monotonic` gives machine seconds; tests hand in their own.
    """

    def __init__(
        self,
        start: datetime,
        speed: float = 0.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._moment = start.astimezone(UTC)
        self._anchored_at = monotonic()
        self._speed = speed

    @property
    def speed(self) -> float:
        return self._speed

    def now(self) -> datetime:
        elapsed = self._monotonic() - self._anchored_at
        return self._moment + timedelta(seconds=elapsed * self._speed)

    def set(self, moment: datetime | None = None, speed: float | None = None) -> None:
        """Go on from `moment` (default: where it stands) at `speed` (default: as before)."""
        self._moment = moment.astimezone(UTC) if moment else self.now()
        self._anchored_at = self._monotonic()
        if speed is not None:
            self._speed = speed

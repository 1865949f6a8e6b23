"""Hours of the day in which nobody is disturbed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta


@dataclass(frozen=True)
class QuietHours:
    """From one time to the other, through midnight if the first is the later."""

    begins: time
    ends: time

    def holds(self, local: datetime) -> bool:
        after, before = local.time() >= self.begins, local.time() < self.ends
        return after or before if self.begins > self.ends else after and before

    def next_end(self, local: datetime) -> datetime:
        """The first of their ends after `local`."""
        end = datetime.combine(local.date(), self.ends, local.tzinfo)
        if end > local:
            return end
        return datetime.combine(local.date() + timedelta(days=1), self.ends, local.tzinfo)

    def end_of_tomorrow(self, local: datetime) -> datetime:
        return datetime.combine(local.date() + timedelta(days=1), self.ends, local.tzinfo)

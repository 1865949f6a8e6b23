"""What became of the connections, as the workspace saw it: a bad day's independent witness."""

from __future__ import annotations

import time
from collections.abc import Callable


class Gap:
    """The longest time without, in machine seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._since: float | None = None
        self.longest_s = 0.0

    def there(self, any_is: bool) -> None:
        if not any_is:
            self._since = self._monotonic() if self._since is None else self._since
        elif self._since is not None:
            self.longest_s = max(self.longest_s, self._monotonic() - self._since)
            self._since = None

    def excused(self, for_s: float) -> None:
        if self._since is not None:
            self._since = max(self._since, self._monotonic() + for_s)


class Witness:
    """Durations in machine seconds; there is no gap while no address that works is given."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self.refusals: list[str] = []
        """The tickets with which the handshake was refused."""
        self.noticed: list[float | None] = []
        """Of each black hole, how long after it began its client left; None as long as it stays."""
        self._began: list[float] = []
        self.without = Gap(monotonic)
        """Without any connection; in a black hole there is one until its client leaves."""
        self.deaf = Gap(monotonic)
        """Without any connection that carries anything."""

    @property
    def unnoticed(self) -> int:
        return self.noticed.count(None)

    @property
    def noticed_max_s(self) -> float:
        """Those that nobody has noticed yet included."""
        now = self._monotonic()
        pairs = zip(self._began, self.noticed, strict=True)
        return max((now - began if took is None else took for began, took in pairs), default=0.0)

    def swallowed(self) -> Callable[[], None]:
        """A black hole begins; the answer is to be called when its client has left."""
        number, began = len(self._began), self._monotonic()
        self._began.append(began)
        self.noticed.append(None)

        def left() -> None:
            self.noticed[number] = self._monotonic() - began

        return left

    def counts(self, there: int, carrying: int) -> None:
        self.without.there(there > 0)
        self.deaf.there(carrying > 0)

    def refused(self, ticket: str) -> None:
        self.refusals.append(ticket)
        self.not_to_be_had()

    def not_to_be_had(self, for_s: float = 0.0) -> None:
        """No address is given, or none that works."""
        self.without.excused(for_s)
        self.deaf.excused(for_s)

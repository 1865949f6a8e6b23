"""Bad days at Slack's, in storms: at some moments nearly every third call goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.playground.faults import Fault, Faults

POST = "chat.postMessage"
STORM = {
    Fault.DROP_AFTER_RECEIPT: 0.06,
    Fault.LATE: 0.06,
    Fault.ERROR_BEFORE: 0.04,
    Fault.ERROR_AFTER: 0.04,
    Fault.RATELIMITED: 0.03,
    Fault.SLOW: 0.04,
    Fault.DISCONNECT: 0.03,
}
UNHEARD = 1 / 8
"""Of what people press and send: it is taken, and they never hear so."""


class Weather:
    def __init__(self, faults: Faults, settle_after: float, storms: Mapping[datetime, int]) -> None:
        """`storms` says when they come and how many posts are sure to be dropped after receipt.

        What is accepted later than the bot waits may double; half of that may not.
        """
        self._faults, self._storms = faults, storms
        faults.late_by = faults.slow_by = settle_after / 2
        faults.unheard = UNHEARD

    def turn(self, moment: datetime) -> None:
        """The weather of `moment`, before it comes."""
        if moment not in self._storms:
            self._faults.rates = {}
            return
        self._faults.rates = dict(STORM)
        self._faults.plan(POST, Fault.DROP_AFTER_RECEIPT, self._storms[moment])

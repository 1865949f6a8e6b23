"""Somebody of the sample who decides: the same for the same seed, whatever the others do."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from bot.demo import PARIS, Guest
from bot.rehearse.rates import Joining, Rates

STEP = timedelta(minutes=5)
"""People come to things when the clock shows a multiple of this: fewer moments to stop at."""


class Person:
    def __init__(self, guest: Guest, rates: Rates, seed: int) -> None:
        self.guest, self.rates, self._seed = guest, rates, seed

    @property
    def email(self) -> str:
        return self.guest.email

    def decides(self, share: float, about: str) -> bool:
        """Whether this person is one of the `share` who do it; `about` tells decisions apart."""
        return self.place(about) < share

    def place(self, about: str) -> float:
        """Where among all this person stands, from 0 to 1, where one of several things is done."""
        return self._dice(about).random()

    def one_of(self, weights: Mapping[str, float], about: str) -> str:
        return self._dice(about).choices(list(weights), list(weights.values()))[0]

    def comes_to_it(self, moment: datetime, about: str) -> datetime:
        """When something of `moment` is read: soon by most, much later by some."""
        half_life = self.rates.reading.minutes
        waits = self._dice(f"minutes {about}").expovariate(math.log(2) / half_life)
        return _next_step(moment + timedelta(minutes=waits))

    @property
    def is_there_already(self) -> bool:
        """In the workspace before Maillon is."""
        return self._place < self.rates.joining.before

    def joins(self, first_day: date) -> datetime | None:
        """When this person comes into the workspace; None for never, or for there already."""
        share = self.rates.joining.before
        if self.is_there_already:
            return None
        for more, day, earliest, latest in _windows(self.rates.joining, first_day):
            share += more
            if self._place < share:
                return self._between(day, earliest, latest)
        return None

    @property
    def _place(self) -> float:
        """Where this person stands among all, from the earliest to those who never come."""
        return self.place("joins")

    def _between(self, day: date, earliest: time, latest: time) -> datetime:
        first = datetime.combine(day, earliest, PARIS)
        steps = (datetime.combine(day, latest, PARIS) - first) // STEP
        return first + self._dice("joins when").randrange(steps) * STEP

    def _dice(self, about: str) -> random.Random:
        return dice(self._seed, self.email, about)


def dice(seed: int, *about: str) -> random.Random:
    """Of their own for each decision: what others decide changes nothing."""
    return random.Random(" ".join((str(seed), *about)))  # noqa: S311 (repeatable on purpose)


def _next_step(moment: datetime) -> datetime:
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + ((moment - midnight) // STEP + 1) * STEP


def _windows(joining: Joining, first_day: date) -> list[tuple[float, date, time, time]]:
    """How many come on which day between which hours."""
    one = timedelta(days=1)
    return [
        (joining.evening_before, first_day - one, time(17), time(22)),
        (joining.first_morning, first_day, time(7, 40), time(9)),
        (joining.first_day, first_day, time(9), time(17)),
        (joining.second_day, first_day + one, time(8), time(12)),
    ]

"""Dates and times as people write them, in the form in which `moments` reads them.

What is not understood stays as it is: whoever needs it refuses it, and shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

from bot.core.i18n import N_

AMBIGUOUS = N_(
    "The dates of this file can be read in two orders; they are read as day, month, year."
)
Order = Literal["dmy", "mdy"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan janvier janv",
            "february feb fevrier février fevr févr fev fév",
            "march mar mars",
            "april apr avril avr",
            "may mai",
            "june jun juin",
            "july jul juillet juil",
            "august aug aout août",
            "september sep sept septembre",
            "october oct octobre",
            "november nov novembre",
            "december dec decembre décembre déc",
        ),
        start=1,
    )
    for name in names.split()
}
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(?:\d{2})?(Z?))?(?!\d)")
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})(?:er|st|nd|rd|th)?\.? ([^\W\d]+)\.?,? (\d{4})")
_MONTH_FIRST = re.compile(r"([^\W\d]+)\.? (\d{1,2})(?:er|st|nd|rd|th)?,? (\d{4})")
_CLOCK = re.compile(
    r"(?<![\d:])(\d{1,2})(?: ?[:hH] ?(\d{2}))?(?::\d{2})?(?:\.\d+)? ?(?:([aApP])\.?[mM]\.?|[hH])?"
    r"(?![\d:])"
)
_MILITARY = re.compile(r"([01]\d|2[0-3])([0-5]\d)")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{2})")
_BETWEEN = re.compile(r"\s*(?:-|–|—|→|\bto\b|\bà\b|\bau\b|\buntil\b)\s*")
_ZONE = re.compile(r"(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$")
_SECONDS, _MILLISECONDS = range(10**8, 10**10), range(10**11, 10**13)


def iso(value: object, order: Order = "dmy") -> object:
    """`20/05/2027 9h30` → `2027-05-20T09:30`, `20 mai 2027` → `2027-05-20`, `9:30 PM` → `21:30`."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _epoch(value)
    if not isinstance(value, str):
        return value
    text = _SPACES.sub(" ", value).strip()
    if _ISO.match(text) and "T" in text:
        return re.sub(r"([+-]\d{2})(\d{2})$", r"\1:\2", text)
    found = _date_in(text, order)
    if found is None:
        return _clock_of(text) or value
    day, rest, clock = found
    rest = rest.strip(" ,à@T-")
    zone = _ZONE.search(rest)
    told = clock or (_clock_of(rest[: zone.start()] if zone else rest) if rest else "")
    if rest and not told:
        return value
    return f"{day}T{told}{_offset(zone)}" if told else day


def order_of(values: Iterable[object]) -> Order | None:
    """The order that a file's own dates prove; None where any date could be read either way."""
    orders: set[Order] = set()
    for value in values:
        for first, second, _ in _NUMBERS.findall(value) if isinstance(value, str) else ():
            if int(first) > 12:
                orders.add("dmy")
            elif int(second) > 12:
                orders.add("mdy")
    return orders.pop() if len(orders) == 1 else None


def has_numbers(value: object) -> bool:
    """Whether it holds a date that only its order tells."""
    return isinstance(value, str) and bool(_NUMBERS.search(value)) and not _ISO.match(value.strip())


def span(value: object) -> tuple[str, str] | None:
    """`9h00 – 10h30`: a start and an end in one place."""
    parts = _BETWEEN.split(value.strip()) if isinstance(value, str) else []
    if len(parts) != 2:
        return None
    clocks = [_clock_of(_SPACES.sub(" ", part)) for part in parts]
    return (clocks[0], clocks[1]) if clocks[0] and clocks[1] else None


def _epoch(value: float) -> object:
    for unit, known in ((1, _SECONDS), (1000, _MILLISECONDS)):
        if known.start <= value < known.stop:
            return datetime.fromtimestamp(value / unit, UTC).isoformat()
    return value


def _date_in(text: str, order: Order) -> tuple[str, str, str] | None:
    """The date, what stands around it, and a time that is written in one with it."""
    if found := _ISO.search(text):
        return _day(found[1], found[2], found[3]), _around(text, found), ""
    if found := _COMPACT.search(text):
        clock = f"{found[4]}:{found[5]}{'+00:00' if found[6] else ''}" if found[4] else ""
        return _day(found[1], found[2], found[3]), _around(text, found), clock
    if found := _NUMBERS.search(text):
        day, month = (found[1], found[2]) if order == "dmy" else (found[2], found[1])
        year = found[3] if len(found[3]) == 4 else f"20{found[3]}"
        return _day(year, month, day), _around(text, found), ""
    for pattern, day_at, month_at in ((_DAY_FIRST, 1, 2), (_MONTH_FIRST, 2, 1)):
        found = pattern.search(text)
        if found and found[month_at].lower() in _MONTHS:
            month = str(_MONTHS[found[month_at].lower()])
            return _day(found[3], month, found[day_at]), _around(text, found), ""
    return None


def _day(year: str, month: str, day: str) -> str:
    return f"{year}-{int(month):02}-{int(day):02}"


def _around(text: str, found: re.Match[str]) -> str:
    """A weekday before a date says nothing more."""
    before = re.sub(r"[^\W\d]+\.?,?", "", text[: found.start()])
    return f"{before}{text[found.end() :]}"


def _clock_of(text: str) -> str:
    text = text.strip()
    if found := _MILITARY.fullmatch(text) or _DOTTED.fullmatch(text):
        return f"{int(found[1]):02}:{found[2]}"
    found = _CLOCK.fullmatch(text)
    if not found or not (found[2] or found[3] or text[-1] in "hH"):
        return ""
    hours = int(found[1])
    if found[3]:
        hours = hours % 12 + (12 if found[3] in "pP" else 0)
    return f"{hours:02}:{found[2] or '00'}"


def _offset(zone: re.Match[str] | None) -> str:
    if zone is None:
        return ""
    text = zone[0]
    return "+00:00" if text in ("Z", "UTC", "GMT") else f"{text[:3]}:{text[-2:]}"

"""Arguments of a button or a form, as they come back: what an older version wrote, or anything.

Whatever is wrong with them, there is nothing left that they could mean, and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.core.errors import NoLongerThereError

_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
"""Of a year that an event may have: zones know nothing of the others."""
_PERSON = re.compile(r"[A-Za-z0-9]{1,32}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,9}", re.ASCII)


class Args(tuple[str, ...]):
    """The first, the second … or `NoLongerThereError` where there are fewer."""

    __slots__ = ()

    def __getitem__(self, place):  # type: ignore[no-untyped-def]
        try:
            return super().__getitem__(place)
        except IndexError:
            raise NoLongerThereError from None


def exactly(count: int, args: Sequence[str]) -> Sequence[str]:
    """`args`, to be taken apart into `count` names."""
    if len(args) != count:
        raise NoLongerThereError
    return args


def number(text: str) -> int:
    """A version, a position, minutes."""
    if not _NUMBER.fullmatch(text):
        raise NoLongerThereError
    return int(text)


def day(text: str) -> date:
    """2019-12-12"""
    if not _DAY.fullmatch(text):
        raise NoLongerThereError
    try:
        return date.fromisoformat(text)
    except ValueError:  # the thirtieth of February
        raise NoLongerThereError from None


def person(text: str) -> str:
    """A platform's id of somebody."""
    if not _PERSON.fullmatch(text):
        raise NoLongerThereError
    return text

"""Identifiers of everything that is stored: random, opaque, URL-safe, twelve characters.

Random rather than sequential, so that an id tells nothing (neither how many nor in what
order) and rows made by several processes never meet. Twelve base64 characters are 72 bits:
with a million rows in one event, two are equal with a chance of about one in 10⁹.
"""

from __future__ import annotations

import random
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ID_LENGTH = 12
_draw: Callable[[int], bytes] = secrets.token_bytes


def new_id() -> str:
    return urlsafe_b64encode(_draw(9)).decode()


@contextmanager
def repeatable_ids(seed: int) -> Iterator[None]:
    """The same ids in the same order: what is decided by them is then decided again."""
    global _draw
    _draw = random.Random(seed).randbytes  # noqa: S311 (repeatable on purpose)
    try:
        yield
    finally:
        _draw = secrets.token_bytes

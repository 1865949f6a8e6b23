"""Values of a file whose types cannot be trusted: each reader takes anything, and never fails."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

_SHOWN = 60
# Neither databases (NUL) nor UTF-8 (half a surrogate pair) can store these.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BLANKS = re.compile(r"[ \t\r\n]+")  # \s would also take the no-break spaces of French
_LANGUAGE = re.compile(r"[a-z]{2}([-_][A-Za-z]+)?")


def paragraphs(value: object) -> str:
    """Text as it stands, markup included; of an object, its name or its first language."""
    if isinstance(value, dict):
        value = value.get("name") or next(
            (told for key, told in value.items() if _LANGUAGE.fullmatch(key)), None
        )
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return _UNSTORABLE.sub("", str(value).replace("\r\n", "\n")).strip()


def text(value: object) -> str:
    """The same on one line; "" when there is none."""
    return _BLANKS.sub(" ", paragraphs(value)).strip()


def first(record: Mapping[str, object], *keys: str) -> str:
    """The first of `keys` that says something."""
    return next((found for key in keys if (found := text(record.get(key)))), "")


def entries(value: object) -> list[tuple[str, object]] | None:
    """(name, item) of a list or of an object, as files use both; None for anything else."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [(text(key), item) for key, item in value.items()]
    if isinstance(value, list):
        return [(text(item), item) for item in value]
    return None


def shown(value: object) -> str:
    """A value as an organiser recognises it in the file, whatever its size or depth."""
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    told = text(value) if isinstance(value, str) else json.dumps(value)
    return told if len(told) <= _SHOWN else told[: _SHOWN - 1] + "…"

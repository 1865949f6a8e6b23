"""JSON, read strictly: what a lenient reader would lose is refused, with its place."""

from __future__ import annotations

import json

from bot.core.i18n import N_
from bot.features.programme.formats.fields import shown, text
from bot.features.programme.formats.parsed import UnreadableProgrammeError

_AROUND = 20


def loaded(data: bytes) -> object:
    """What the file holds; `UnreadableProgrammeError` says where it is not JSON."""
    try:
        source = data.decode(json.detect_encoding(data))
    except UnicodeDecodeError as error:
        raise UnreadableProgrammeError(
            N_("This file is not text in UTF-8: byte {position} cannot be read."),
            position=error.start,
        ) from error
    if source.lstrip().startswith("<"):
        raise UnreadableProgrammeError(
            N_("This is a web page or an XML file, not a schedule.json.")
        )
    try:
        found: object = json.loads(source, object_pairs_hook=_unique, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        raise UnreadableProgrammeError(
            N_("This file is not valid JSON: see line {line}, column {column}, near “{near}”."),
            line=error.lineno,
            column=error.colno,
            near=text(source[max(0, error.pos - _AROUND) : error.pos + _AROUND]),
        ) from error
    except (RecursionError, ValueError) as error:  # ValueError: a number of thousands of digits
        raise UnreadableProgrammeError(
            N_("This file is nested too deeply, or has numbers too large, to be a programme.")
        ) from error
    return found


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """JSON keeps the last of two equal keys: a room written twice would lose its sessions."""
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise UnreadableProgrammeError(
            N_("“{key}” is written twice in the same place of this file; one would be lost."),
            key=shown(twice),
        )
    return record

"""What somebody chose that takes place at the same time."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bot.core.i18n import NBSP, Reader
from bot.features.programme.queries import ProgrammeEntry

COMES_AND_GOES = "networking"
"""The kind during which people leave for a session and come back: it is in nobody's way."""


def overlapping(
    entry: ProgrammeEntry, chosen: Iterable[ProgrammeEntry]
) -> tuple[ProgrammeEntry, ...]:
    """Those of `chosen` that one cannot attend as well, in their order."""
    if not _binds(entry):
        return ()
    return tuple(
        other
        for other in chosen
        if other.session_id != entry.session_id
        and _binds(other)
        and other.starts_at < entry.ends_at
        and entry.starts_at < other.ends_at
    )


def _binds(entry: ProgrammeEntry) -> bool:
    return not entry.cancelled and entry.kind != COMES_AND_GOES


def overlap_line(others: Collection[ProgrammeEntry], reader: Reader) -> str:
    """ "Au même moment : « … »", or nothing."""
    if not others:
        return ""
    told = reader.gettext("At the same time: {sessions}")
    return told.format(sessions=_titles(others, reader))


def _titles(others: Collection[ProgrammeEntry], reader: Reader) -> str:
    separator = f"{NBSP}; " if reader.language == "fr" else "; "
    return separator.join(reader.gettext("“{text}”").format(text=one.title) for one in others)

"""Ids for sessions of files that give them none: by their titles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.i18n import N_
from bot.features.programme.formats.fields import first, text
from bot.features.programme.formats.names import plain
from bot.features.programme.formats.parsed import Notes

_IDS = ("guid", "code", "id")


def told_apart(records: Sequence[object], notes: Notes) -> None:
    """Ids that several sessions share: the file numbers its talks and its breaks separately."""
    by_id: dict[str, list[dict[str, object]]] = {}
    for record in records:
        if isinstance(record, dict) and (known := first(record, *_IDS)):
            by_id.setdefault(known, []).append(record)
    shared = {
        known: some
        for known, some in by_id.items()
        if len({(text(one.get("title")), _when(one)) for one in some}) > 1
    }
    for known, some in shared.items():
        titles = [text(one.get("title")) for one in some]
        for one, title in zip(some, titles, strict=True):
            day = f"@{_when(one)[:10]}" if titles.count(title) > 1 else ""
            one["guid"] = f"{known}:{plain(title)[:180]}{day}"
    if shared:
        notes.warn(
            N_("Ids that several sessions share: {count}. Their titles tell these apart."),
            count=str(len(shared)),
        )


def with_keys(records: Sequence[object], notes: Notes) -> list[object]:
    """The records with an id each: a second session of a title is told apart by its day.

    Adding a second "Lunch" must not make another session of the first.
    """
    told: set[str] = set()
    lacking = [
        record
        for record in records
        if isinstance(record, dict) and text(record.get("title")) and not first(record, *_IDS)
    ]
    if lacking:
        notes.warn(
            N_(
                "The sessions have no ids: each is found again by its title, "
                "and one that is renamed is cancelled and comes as a new one."
            )
        )
    for record in lacking:
        title = f"title:{plain(text(record['title']))[:180]}"
        day = _when(record)
        names = (title, f"{title}@{day[:10]}", f"{title}@{day[:40]}")
        name = next((name for name in names if name not in told), names[-1])
        told.add(name)
        record["id"] = name
    return list(records)


def _when(record: Mapping[str, object]) -> str:
    return " ".join(filter(None, (text(record.get("date")), text(record.get("start")))))

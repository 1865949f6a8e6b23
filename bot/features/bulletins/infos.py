"""`infos.toml`: the practical information, read whole or refused with the reason and the place."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.core.i18n import N_, Reader
from bot.db.history import record
from bot.features.bulletins.tables import PracticalInfo
from bot.features.events.actions import lock_event
from bot.features.events.model import flaw_told

ENTRIES_MOST = 20


class UnreadableInfosError(MaillonError):
    msgid = N_("The practical information was not imported: {reason}")

    def __init__(self, why: MaillonError | str) -> None:
        self._why = why
        super().__init__(reason=str(why))

    def told_to(self, reader: Reader) -> str:
        why = self._why.told_to(reader) if isinstance(self._why, MaillonError) else self._why
        return reader.gettext(self.msgid).format(reason=why)


class InfosTwiceError(MaillonError):
    msgid = N_("“{entry}” stands twice.")


class FlawedInfosError(UnreadableInfosError):
    """Where in the file, and what: « infos.3.fr.text (vestiaire) : un texte est attendu »."""

    def __init__(self, flaw: Any, entry: str) -> None:
        self._flaw = flaw
        place = ".".join(str(part + 1 if isinstance(part, int) else part) for part in flaw["loc"])
        self._place = f"{place} ({entry})" if entry else place
        super().__init__(f"{self._place}: {flaw['msg']}")

    def told_to(self, reader: Reader) -> str:
        told = reader.gettext("{place}: {flaw}").format(
            place=self._place, flaw=flaw_told(self._flaw, reader)
        )
        return reader.gettext(self.msgid).format(reason=told)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class _Said(_Part):
    title: str = Field(min_length=1, max_length=75)
    text: str = Field(min_length=1, max_length=900)


class InfoEntry(_Part):
    id: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")
    fr: _Said
    en: _Said | None = None

    @property
    def told(self) -> str:
        """As the diff shows it."""
        return " · ".join(f"{one.title}: {one.text}" for one in (self.fr, self.en) if one)


class _File(_Part):
    infos: Annotated[tuple[InfoEntry, ...], Field(min_length=1, max_length=ENTRIES_MOST)]


def parse_infos(data: bytes) -> list[InfoEntry]:
    """The entries in their order; `UnreadableInfosError` says what is wrong, and where."""
    try:
        loaded = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        before = data[: error.start].count(b"\n") + 1
        reason = MaillonError(N_("line {line} is not UTF-8"), line=before)
        raise UnreadableInfosError(reason) from error
    except tomllib.TOMLDecodeError as error:
        raise UnreadableInfosError(str(error)) from error
    try:
        entries = list(_File.model_validate(loaded).infos)
    except ValidationError as error:
        flaw = error.errors()[0]
        raise FlawedInfosError(flaw, _named(loaded, flaw["loc"])) from error
    ids = [entry.id for entry in entries]
    for entry in ids:
        if ids.count(entry) > 1:
            raise UnreadableInfosError(InfosTwiceError(entry=entry))
    return entries


def _named(loaded: Any, place: tuple[int | str, ...]) -> str:
    """The entry's own id, which is easier to find in the file than its number."""
    try:
        return str(loaded["infos"][place[1]]["id"])
    except (KeyError, IndexError, TypeError):
        return ""


@dataclass(frozen=True)
class InfosDiff:
    new: tuple[InfoEntry, ...]
    changed: tuple[tuple[InfoEntry, InfoEntry], ...]
    gone: tuple[InfoEntry, ...]
    unchanged: int
    reordered: bool


def import_infos(
    session: Session,
    event_id: str,
    entries: Sequence[InfoEntry],
    now: datetime,
    *,
    apply: bool = True,
) -> InfosDiff:
    """Make the practical information what the file says."""
    lock_event(session, event_id)
    rows = session.scalars(
        select(PracticalInfo)
        .where(PracticalInfo.event_id == event_id)
        .order_by(PracticalInfo.position)
    ).all()
    before = {row.entry: _entry(row) for row in rows}
    after = {entry.id: entry for entry in entries}
    both = [name for name in after if name in before]
    diff = InfosDiff(
        new=tuple(entry for name, entry in after.items() if name not in before),
        changed=tuple((before[one], after[one]) for one in both if before[one] != after[one]),
        gone=tuple(entry for name, entry in before.items() if name not in after),
        unchanged=sum(before[one] == after[one] for one in both),
        reordered=both != [name for name in before if name in after],
    )
    if apply and list(before.items()) != list(after.items()):
        session.execute(delete(PracticalInfo).where(PracticalInfo.event_id == event_id))
        session.expire_all()
        session.add_all(_row(event_id, place, one) for place, one in enumerate(entries))
        told = {name: entry.told for name, entry in before.items()}
        record(
            session,
            event_id,
            "infos.imported",
            "infos",
            at=now,
            actor="cli",
            before=told,
            after={name: entry.told for name, entry in after.items()},
        )
        session.flush()
    return diff


def _row(event_id: str, position: int, entry: InfoEntry) -> PracticalInfo:
    return PracticalInfo(
        event_id=event_id,
        entry=entry.id,
        position=position,
        title_fr=entry.fr.title,
        text_fr=entry.fr.text,
        title_en=entry.en.title if entry.en else "",
        text_en=entry.en.text if entry.en else "",
    )


def _entry(row: PracticalInfo) -> InfoEntry:
    return InfoEntry(
        id=row.entry,
        fr=_Said(title=row.title_fr, text=row.text_fr),
        en=_Said(title=row.title_en, text=row.text_en) if row.text_en else None,
    )

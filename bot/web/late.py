"""Running late, on the pupitre: +5 +10 +15, what would move, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from bot.core.errors import MaillonError
from bot.features.delays.actions import announce_delay, standing_delay, undo_delay
from bot.features.delays.model import OFFERED
from bot.features.delays.previewing import preview
from bot.features.delays.rights import may_delay
from bot.features.delays.wording import sentences, stands
from bot.features.programme.delays import can_be_late
from bot.features.programme.queries import entries_by_id
from bot.features.programme.shifting import slot, taking_place
from bot.web.entry import Visit

WHOLE = "whole"


@dataclass(frozen=True)
class LateSection:
    """What the section shows; every part may be missing."""

    offered: tuple[int, ...] = ()
    preview: str = ""
    minutes: int = 0
    whole: bool = False
    seen: str = ""
    standing: str = ""
    delay_id: str = ""
    error: str = ""


def late_section(visit: Visit, request: Request, error: str = "") -> LateSection | None:
    """None for who may not say that the session runs late, and once it is over."""
    session_id = request.path_params["session_id"]
    if not may_delay(visit.session, visit.event, visit.person, session_id):
        return None
    minutes = request.query_params.get("late", "")
    if minutes and not error:
        try:
            return _previewed(visit, request, session_id, _number(minutes))
        except MaillonError as refused:
            error = refused.told_to(visit.reader)
    rows = taking_place(visit.session, visit.person.event_id)
    slots = [slot(row) for row in rows.values()]
    if session_id not in rows or not can_be_late(slot(rows[session_id]), slots, visit.now):
        return LateSection(error=error) if error else None
    delay = standing_delay(visit.session, visit.person.event_id, session_id)
    if delay is None:
        return LateSection(OFFERED, error=error)
    entry = entries_by_id(visit.session, visit.person.event_id, [session_id])[session_id]
    said = stands(entry, delay.minutes, visit.reader)
    return LateSection(OFFERED, standing=said, delay_id=delay.delay_id, error=error)


def _previewed(visit: Visit, request: Request, session_id: str, minutes: int) -> LateSection:
    whole = request.query_params.get(WHOLE) == WHOLE
    found = preview(visit.session, visit.person, session_id, minutes, visit.now, whole=whole)
    return LateSection(
        preview=" ".join(sentences(found, visit.reader)),
        minutes=minutes,
        whole=whole,
        seen=found.seen,
    )


def confirm(visit: Visit, session_id: str, sent: Mapping[str, str]) -> None:
    announce_delay(
        visit.session,
        visit.person,
        session_id,
        _number(sent.get("minutes", "")),
        sent.get("seen", ""),
        visit.now,
        whole=sent.get(WHOLE) == WHOLE,
    )


def on_time(visit: Visit, session_id: str, sent: Mapping[str, str]) -> None:
    undo_delay(visit.session, visit.person, sent.get("delay", ""), visit.now)


def _number(text: str) -> int:
    """0, which is no delay, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0

"""A fetched programme that waits for an organiser, as it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features.programme.model import ProgrammeSession
from bot.features.programme.source_tables import PendingProgramme


@cache
def _adapter() -> TypeAdapter[tuple[ProgrammeSession, ...]]:
    return TypeAdapter(tuple[ProgrammeSession, ...])


def stored(sessions: Sequence[ProgrammeSession]) -> str:
    return _adapter().dump_json(tuple(sessions)).decode()


def pending_sessions(pending: PendingProgramme) -> tuple[ProgrammeSession, ...]:
    return _adapter().validate_json(pending.sessions) if pending.sessions else ()


def waiting_programme(session: Session, event_id: str) -> PendingProgramme | None:
    """The one that is to be decided on, if there is one."""
    return session.scalar(
        select(PendingProgramme).where(
            PendingProgramme.event_id == event_id, PendingProgramme.decision.is_(None)
        )
    )

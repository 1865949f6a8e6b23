"""Who is listed in two places at once: as speaker, with a passage, or as a host."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features.people.tables import Participant
from bot.features.programme.queries import ProgrammeEntry, entries
from bot.features.programme.roles import HOST, WHOLE_EVENT, Role
from bot.features.programme.tables import PassageRow, SessionRow, SpeakerRow
from bot.features.programme.vocabulary import folded

T = TypeVar("T")


@dataclass(frozen=True)
class Overlap:
    name: str
    first: ProgrammeEntry
    second: ProgrammeEntry


def overlaps(session: Session, event_id: str) -> list[Overlap]:
    """One for each person and pair of sessions that take place at the same time."""
    found = entries(session, event_id, SessionRow.cancelled.is_(False))
    by_id = {entry.session_id: entry for entry in found}
    places: dict[str, dict[str, str]] = defaultdict(dict)
    for key, name, session_id in _listed(session, event_id):
        if session_id in by_id:
            places[key].setdefault(session_id, name)
    pairs = [
        Overlap(names[one.session_id], one, other)
        for names in places.values()
        for one, other in combinations([one for one in found if one.session_id in names], 2)
        if one.starts_at < other.ends_at and other.starts_at < one.ends_at
    ]
    return sorted(pairs, key=lambda pair: (pair.first.starts_at, pair.name))


def with_overlaps(
    session: Session, event_id: str, change: Callable[[], T], *, apply: bool
) -> tuple[T, list[Overlap]]:
    """What an import leads to, and who is in two places at once then; kept only if `apply`."""
    trial = session.begin_nested()
    result = change()
    session.flush()
    found = overlaps(session, event_id)
    if apply:
        trial.commit()
    else:
        trial.rollback()
    return result, found


def _listed(session: Session, event_id: str) -> Iterator[tuple[str, str, str]]:
    """(who, name, session): the same person by their participant, else address, else name."""
    names = _names(session, event_id)
    for speaker in session.scalars(select(SpeakerRow).where(SpeakerRow.event_id == event_id)):
        yield _who(speaker, speaker.name), speaker.name, speaker.session_id
    for turn in session.scalars(select(PassageRow).where(PassageRow.event_id == event_id)):
        name = names.get(turn.participant_id or "") or turn.organisation or turn.title
        if turn.participant_id or turn.email:
            yield _who(turn, name), name, turn.session_id
    hosting = select(Role.participant_id, Role.session_id).where(
        Role.event_id == event_id, Role.role == HOST, Role.session_id != WHOLE_EVENT
    )
    for participant_id, session_id in session.execute(hosting):
        yield f"participant {participant_id}", names.get(participant_id, ""), session_id


def _who(row: Any, name: str) -> str:
    if row.participant_id:
        return f"participant {row.participant_id}"
    return f"address {row.email}" if row.email else f"name {folded(name)}"


def _names(session: Session, event_id: str) -> dict[str, str]:
    rows = session.execute(
        select(Participant.participant_id, Participant.name, Participant.email).where(
            Participant.event_id == event_id
        )
    )
    return {participant_id: name or email or "" for participant_id, name, email in rows}

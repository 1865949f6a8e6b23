"""Why somebody who wants to come to a round cannot be placed in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.features.events.model import EventFile
from bot.features.introductions.model import MEETING
from bot.features.introductions.tables import (
    WITHDRAWN,
    Introduction,
    IntroductionMember,
    Round,
)
from bot.features.people.kinds import PATIENT_ASSOCIATION
from bot.features.people.profile_tables import Profile
from bot.features.people.profiles import MEETINGS_OF_ASSOCIATIONS
from bot.features.people.tables import Participant
from bot.features.programme.on_stage import SPEAKING
from bot.features.programme.queries import day_of
from bot.features.programme.roles import HOST, Role
from bot.features.programme.tables import SessionRow, Star

SPEAKS, BUSY, ENOUGH = "speaks", "busy", "enough"
HINDRANCES = (SPEAKS, BUSY, ENOUGH)


def hindrances(
    session: Session, event: EventFile, row: Round, people: Collection[str]
) -> dict[str, str]:
    """Of `people`, those who cannot be placed, and why."""
    ids = list(people)
    found = dict.fromkeys(_with_enough(session, event, row, ids), ENOUGH)
    found |= dict.fromkeys(_who(session, row, Star, ids), BUSY)
    for speaking in SPEAKING:
        found |= dict.fromkeys(_who(session, row, speaking, ids), SPEAKS)
    return found | dict.fromkeys(_who(session, row, Role, ids, Role.role == HOST), SPEAKS)


def _who(
    session: Session, row: Round, table: Any, people: list[str], *such: ColumnElement[bool]
) -> set[str]:
    """Who has a row in `table` for a session that overlaps the window; the break itself does not
    count."""
    query = (
        select(table.participant_id)
        .join(
            SessionRow,
            (SessionRow.event_id == table.event_id) & (SessionRow.session_id == table.session_id),
        )
        .where(
            table.event_id == row.event_id,
            table.participant_id.in_(people),
            SessionRow.cancelled.is_(False),
            SessionRow.session_id != row.session_id,
            SessionRow.starts_at < row.window_at + MEETING,
            SessionRow.ends_at > row.window_at,
            *such,
        )
    )
    return set(session.scalars(query))


def _with_enough(session: Session, event: EventFile, row: Round, people: list[str]) -> list[str]:
    """Who has had as many meetings that day as they want."""
    start, end = day_of(event, row.window_at)
    had = Counter(
        session.scalars(
            select(IntroductionMember.participant_id)
            .join(
                Introduction,
                (Introduction.event_id == IntroductionMember.event_id)
                & (Introduction.introduction_id == IntroductionMember.introduction_id),
            )
            .join(
                Round,
                (Round.event_id == Introduction.event_id)
                & (Round.round_id == Introduction.round_id),
            )
            .where(
                Round.event_id == row.event_id,
                Round.round_id != row.round_id,
                Round.window_at >= start,
                Round.window_at < end,
                Introduction.state != WITHDRAWN,
                IntroductionMember.participant_id.in_(people),
                IntroductionMember.presence.is_distinct_from("cannot"),
            )
        )
    )
    wishes = session.execute(
        select(Participant.participant_id, Participant.kind, Profile.meetings_a_day)
        .outerjoin(
            Profile,
            (Profile.event_id == Participant.event_id)
            & (Profile.participant_id == Participant.participant_id),
        )
        .where(Participant.event_id == row.event_id, Participant.participant_id.in_(list(had)))
    )
    return [
        who for who, kind, wish in wishes if (most := wish or _usual(kind)) and had[who] >= most
    ]


def _usual(kind: str | None) -> int | None:
    return MEETINGS_OF_ASSOCIATIONS if kind == PATIENT_ASSOCIATION else None

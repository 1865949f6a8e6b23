"""Why two people of an event were or were not introduced to one another, for its organisers.

Rules are those of today. What one of the two chose, a block above all, is never told apart from
any other choice; nor is who of the two does not take part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.features.events.model import EventFile
from bot.features.introductions.candidates import fields
from bot.features.introductions.hindrances import HINDRANCES
from bot.features.introductions.matching.explain import why_not
from bot.features.introductions.matching.model import Candidate
from bot.features.introductions.tables import (
    MATCHED,
    OVER,
    Introduction,
    IntroductionMember,
    LeftOut,
    Round,
)
from bot.features.people.profiles import willing
from bot.features.people.queries import participant_by_email
from bot.features.people.tables import Participant

_LARGEST = 4


class UnknownParticipantError(MaillonError):
    msgid = N_("Nobody among the participants has the address {email}.")


@dataclass(frozen=True)
class LatestRound:
    at: datetime
    code: str
    worth: tuple[float, float] | None
    """What each would have of the other, where both took part."""
    had: tuple[float | None, float | None]
    """What each has of whom they were given."""


@dataclass(frozen=True)
class Answer:
    names: tuple[str, str]
    latest: LatestRound | None
    """None where nobody was introduced yet."""
    later: str
    """Whether they may be in a later round: "may", or the code of what is in the way."""


def explain_two(
    session: Session, event_id: str, event: EventFile, emails: tuple[str, str], now: datetime
) -> Answer:
    a, b = (_person(session, event_id, email) for email in emails)
    row = session.scalars(
        select(Round)
        .where(Round.event_id == event_id, Round.state.in_((MATCHED, OVER)))
        .order_by(Round.window_at.desc())
        .limit(1)
    ).first()
    both = [a.participant_id, b.participant_id]
    # Without a round, nobody is at a stand or was left out.
    any_round = row or Round(event_id=event_id, round_id="")
    together = [
        {one.key: one for one in field.candidates}
        for field in fields(session, event, any_round, both)
    ]
    ends = [found for one in both for field in together if (found := field.get(one))]
    apart = len(together) > 1
    able = len(ends) == 2 and set(both) <= set(willing(session, event_id, now))
    return Answer(
        (a.name or a.email or "", b.name or b.email or ""),
        _latest(session, row, both, ends, apart) if row else None,
        _rule(ends, _LARGEST, apart) or "may" if able else "not_now",
    )


def _person(session: Session, event_id: str, email: str) -> Participant:
    person = participant_by_email(session, event_id, email)
    if person is None:
        raise UnknownParticipantError(email=email)
    return person


def _latest(
    session: Session, row: Round, both: Sequence[str], ends: Sequence[Candidate], apart: bool
) -> LatestRound:
    from bot.features.introductions.matching.scoring import utilities

    given = _given(session, row, both)
    left = _left_out(session, row, both)
    present = len(ends) == 2 and all(one in given or one in left for one in both)
    code = "absent"
    if len(given) == 2 and len({introduction for introduction, _ in given.values()}) == 1:
        code = "introduced"
    elif present:
        code = _rule(ends, row.size, apart) or (
            "left_out" if all(one in left for one in both) else "others_more"
        )
    worth = None
    if present:
        values = utilities(ends)
        worth = float(values[0, 1]), float(values[1, 0])
    had = [given[one][1] if one in given else None for one in both]
    return LatestRound(row.window_at, code, worth, (had[0], had[1]))


def _rule(ends: Sequence[Candidate], size: int, apart: bool) -> str | None:
    return "workspaces" if apart else why_not(ends[0], ends[1], size)


def _given(
    session: Session, row: Round, both: Sequence[str]
) -> dict[str, tuple[str, float | None]]:
    """The introduction of each, and what it was worth to them."""
    query = (
        select(IntroductionMember)
        .join(
            Introduction,
            (Introduction.event_id == IntroductionMember.event_id)
            & (Introduction.introduction_id == IntroductionMember.introduction_id),
        )
        .where(
            Introduction.event_id == row.event_id,
            Introduction.round_id == row.round_id,
            IntroductionMember.participant_id.in_(both),
        )
        .order_by(Introduction.made_at)
    )
    return {one.participant_id: (one.introduction_id, one.value) for one in session.scalars(query)}


def _left_out(session: Session, row: Round, both: Sequence[str]) -> set[str]:
    """Who of the two came and was not placed, though nothing of their own was in the way."""
    query = select(LeftOut.participant_id).where(
        LeftOut.event_id == row.event_id,
        LeftOut.round_id == row.round_id,
        LeftOut.participant_id.in_(both),
        LeftOut.why.not_in(HINDRANCES),
    )
    return set(session.scalars(query))

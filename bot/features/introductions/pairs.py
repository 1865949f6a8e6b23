"""Pairs: whoever was introduced, two by two, and what each of them says of the meeting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session, aliased

from bot.features.introductions.outcome_tables import EncounterAnswer
from bot.features.introductions.tables import (
    BROKEN,
    OPENED,
    OVER,
    Introduction,
    IntroductionMember,
    Round,
)
from bot.features.people.consents import ASSOCIATION, agreed_to
from bot.features.people.kinds import PATIENT_ASSOCIATION
from bot.features.people.profile_tables import Block, Profile
from bot.features.people.tables import Participant

YES, NOT_YET, NO = "yes", "not_yet", "no"
HERE, CANNOT = "here", "cannot"
HEALTH_AUTHORITY = "health_authority"


@dataclass(frozen=True)
class Pair:
    """Two people of one introduction. What one says of the meeting is never the other's."""

    introduction_id: str
    at: datetime
    people: tuple[str, str]
    said: Mapping[str, str] = field(default_factory=dict)
    """By who says it: "yes", "not_yet" or "no"."""
    here: frozenset[str] = frozenset()
    """Who pressed *J'y suis*."""

    @property
    def took_place(self) -> bool:
        return all(self.said.get(person) == YES for person in self.people)

    @property
    def denied(self) -> bool:
        return NO in self.said.values()

    def other(self, person: str) -> str:
        return self.people[1] if person == self.people[0] else self.people[0]


def introduced(
    session: Session,
    event_id: str,
    *,
    of: str | None = None,
    introduction_id: str | None = None,
    round_id: str | None = None,
) -> list[Pair]:
    """All pairs, or those `of` one person, introduction or round, in the order of their meetings.

    Who said that they could not come was not expected: they are in no pair.
    """
    one, other = aliased(IntroductionMember), aliased(IntroductionMember)
    query = (
        select(
            one.introduction_id,
            Round.window_at,
            one.participant_id,
            other.participant_id,
            one.presence,
            other.presence,
        )
        .join(
            other,
            (other.event_id == one.event_id)
            & (other.introduction_id == one.introduction_id)
            & (other.participant_id > one.participant_id),
        )
        .join(
            Introduction,
            (Introduction.event_id == one.event_id)
            & (Introduction.introduction_id == one.introduction_id),
        )
        .join(
            Round,
            (Round.event_id == Introduction.event_id) & (Round.round_id == Introduction.round_id),
        )
        .where(one.event_id == event_id, Introduction.state.in_((OPENED, BROKEN, OVER)))
        .order_by(Round.window_at, one.introduction_id, one.participant_id, other.participant_id)
    )
    for member in (one, other):
        query = query.where(or_(member.presence.is_(None), member.presence != CANNOT))
    if of is not None:
        query = query.where(or_(one.participant_id == of, other.participant_id == of))
    if introduction_id is not None:
        query = query.where(one.introduction_id == introduction_id)
    if round_id is not None:
        query = query.where(Introduction.round_id == round_id)
    session.flush()
    said = _said(session, event_id, of, introduction_id)
    return [
        Pair(
            met_in,
            at,
            (first, second),
            said.get((met_in, first, second), {}),
            frozenset(who for who, where in ((first, here), (second, there)) if where == HERE),
        )
        for met_in, at, first, second, here, there in session.execute(query)
    ]


def _said(
    session: Session, event_id: str, of: str | None, introduction_id: str | None
) -> dict[tuple[str, str, str], dict[str, str]]:
    query = select(
        EncounterAnswer.introduction_id,
        EncounterAnswer.participant_id,
        EncounterAnswer.other_id,
        EncounterAnswer.answer,
    ).where(EncounterAnswer.event_id == event_id)
    if of is not None:
        query = query.where(
            or_(EncounterAnswer.participant_id == of, EncounterAnswer.other_id == of)
        )
    if introduction_id is not None:
        query = query.where(EncounterAnswer.introduction_id == introduction_id)
    said: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for met_in, who, whom, answer in session.execute(query):
        first, second = sorted((who, whom))
        said[met_in, first, second][who] = answer
    return said


def blocked_by(session: Session, event_id: str, participant_id: str) -> set[str]:
    """Whom this person does not want to hear of; the other side notices nothing."""
    query = select(Block.blocked_id).where(
        Block.event_id == event_id, Block.participant_id == participant_id
    )
    return set(session.scalars(query))


def authorities(session: Session, event_id: str) -> set[str]:
    """Who represents a health authority, or says so: nobody waits for a confirmation to be left
    alone."""
    query = (
        select(Participant.participant_id)
        .outerjoin(
            Profile,
            (Profile.event_id == Participant.event_id)
            & (Profile.participant_id == Participant.participant_id),
        )
        .where(
            Participant.event_id == event_id,
            or_(Participant.kind == HEALTH_AUTHORITY, Profile.claimed_kind == HEALTH_AUTHORITY),
        )
    )
    return set(session.scalars(query))


def names_of(session: Session, event_id: str, people: Iterable[str]) -> dict[str, str]:
    """How each is called: the name and the organisation; that of a patient association only where
    its representative agreed."""
    hidden = (Participant.kind == PATIENT_ASSOCIATION) & ~agreed_to(ASSOCIATION)
    organisation = case((hidden, None), else_=Participant.organisation)
    query = select(Participant.participant_id, Participant.name, organisation).where(
        Participant.event_id == event_id, Participant.participant_id.in_(list(people))
    )
    return {row[0]: ", ".join(filter(None, row[1:])) for row in session.execute(query)}

"""Who meets whom, read."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features.introductions.tables import (
    WITHDRAWN,
    Introduction,
    IntroductionMember,
)
from bot.features.people.profile_tables import Block
from bot.features.people.tables import Participant


def told_together(session: Session, event_id: str, introduction_id: str) -> list[Participant]:
    """All whom the conversation of an introduction is opened with; nobody if nothing is to be
    said there any more.

    Who withdraws after it was opened stays in it, for nobody can leave: the people of a
    conversation never change.
    """
    introduction = session.get(Introduction, (event_id, introduction_id))
    if introduction is None or introduction.closed or introduction.state == WITHDRAWN:
        return []
    people = members_of(session, event_id, introduction_id)
    return [] if blocked_among(session, event_id, [one.participant_id for one in people]) else people


def members_of(session: Session, event_id: str, introduction_id: str) -> list[Participant]:
    query = (
        select(Participant)
        .join(
            IntroductionMember,
            (IntroductionMember.event_id == Participant.event_id)
            & (IntroductionMember.participant_id == Participant.participant_id),
        )
        .where(
            IntroductionMember.event_id == event_id,
            IntroductionMember.introduction_id == introduction_id,
            Participant.erased.is_(False),
        )
        .order_by(Participant.participant_id)
    )
    return list(session.scalars(query))


def blocked_among(session: Session, event_id: str, people: list[str]) -> bool:
    """Whether any of them blocked another."""
    blocks = select(Block.at).where(
        Block.event_id == event_id, Block.participant_id.in_(people), Block.blocked_id.in_(people)
    )
    return session.scalar(blocks.limit(1)) is not None

"""Who meets whom, read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from bot.delivery.tables import POST, SENT, Delivery
from bot.features.introductions.tables import (
    BROKEN,
    MATCHED,
    OPENED,
    OPENING,
    WITHDRAWN,
    Introduction,
    IntroductionMember,
    Round,
)
from bot.features.people.consents import ADULT, INTRODUCTIONS
from bot.features.people.profile_tables import Block, Consent
from bot.features.people.tables import Participant


def told_together(
    session: Session, event_id: str, introduction_id: str, *, stands: bool
) -> list[Participant]:
    """All whom the conversation of an introduction is opened with; nobody if nothing is to be
    said there any more. What stands there may still say that the meeting does not take place.

    Who withdraws after it was opened stays in it, for nobody can leave: the people of a
    conversation never change.
    """
    introduction = session.get(Introduction, (event_id, introduction_id))
    if introduction is None or introduction.closed:
        return []
    if introduction.state == WITHDRAWN and not stands:
        return []
    if blockers(session, event_id, introduction_id):
        return []
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
        )
        .order_by(Participant.participant_id)
    )
    return list(session.scalars(query))


def members(session: Session, introduction: Introduction) -> Sequence[IntroductionMember]:
    query = select(IntroductionMember).where(
        IntroductionMember.event_id == introduction.event_id,
        IntroductionMember.introduction_id == introduction.introduction_id,
    )
    return session.scalars(query.order_by(IntroductionMember.participant_id)).all()


def running_with(session: Session, row: Round, participant_id: str) -> str | None:
    """The introduction of this round in which a person is to meet somebody."""
    query = (
        select(Introduction.introduction_id)
        .join(
            IntroductionMember,
            (IntroductionMember.event_id == Introduction.event_id)
            & (IntroductionMember.introduction_id == Introduction.introduction_id),
        )
        .where(
            Introduction.event_id == row.event_id,
            Introduction.round_id == row.round_id,
            Introduction.state != WITHDRAWN,
            IntroductionMember.participant_id == participant_id,
            IntroductionMember.presence.is_distinct_from("cannot"),
        )
    )
    return session.scalar(query.limit(1))


def stands_in_conversation(session: Session, introduction: Introduction) -> bool:
    """Whether those who are to meet have read of it."""
    sent = select(Delivery.delivery_id).where(
        Delivery.event_id == introduction.event_id,
        Delivery.group_id == introduction.introduction_id,
        Delivery.operation == POST,
        Delivery.state == SENT,
    )
    return session.scalar(sent.limit(1)) is not None


# What happens to people while they are to meet


def broken(session: Session, event_id: str) -> list[str]:
    """Introductions of running rounds that cannot stay as they are."""
    blocked = _blocks_within(Introduction.introduction_id).exists()
    revoked = _consents_withdrawn(Introduction.introduction_id).exists()
    query = (
        select(Introduction.introduction_id)
        .join(
            Round,
            (Round.event_id == Introduction.event_id) & (Round.round_id == Introduction.round_id),
        )
        .where(
            Round.event_id == event_id,
            Round.state == MATCHED,
            or_(
                Introduction.state == BROKEN,
                Introduction.state.in_((OPENING, OPENED))
                & or_(Introduction.closed.is_(False) & blocked, revoked),
            ),
        )
        .order_by(Introduction.introduction_id)
    )
    return list(session.scalars(query))


def blockers(session: Session, event_id: str, introduction_id: str) -> list[str]:
    """Of an introduction, those who blocked another of it."""
    query = _blocks_within(introduction_id).where(Block.event_id == event_id)
    return sorted(set(session.scalars(query)))


def unwilling(
    session: Session, event_id: str, introduction_id: str
) -> Sequence[IntroductionMember]:
    """Of an introduction, those who took back what they had agreed to."""
    query = _consents_withdrawn(introduction_id).where(IntroductionMember.event_id == event_id)
    found: Sequence[IntroductionMember] = session.scalars(query).unique().all()
    return found


def _blocks_within(introduction_id: Any) -> Select[Any]:
    one, other = aliased(IntroductionMember), aliased(IntroductionMember)
    return (
        select(Block.participant_id)
        .join(one, (one.event_id == Block.event_id) & (one.participant_id == Block.participant_id))
        .join(
            other,
            (other.event_id == Block.event_id)
            & (other.participant_id == Block.blocked_id)
            & (other.introduction_id == one.introduction_id),
        )
        .where(one.introduction_id == introduction_id)
    )


def _consents_withdrawn(introduction_id: Any) -> Select[Any]:
    return (
        select(IntroductionMember)
        .join(
            Consent,
            (Consent.event_id == IntroductionMember.event_id)
            & (Consent.participant_id == IntroductionMember.participant_id),
        )
        .where(
            IntroductionMember.introduction_id == introduction_id,
            IntroductionMember.presence.is_distinct_from("cannot"),
            Consent.purpose.in_((ADULT, INTRODUCTIONS)),
            Consent.withdrawn_at.is_not(None),
        )
    )

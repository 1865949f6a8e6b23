"""Votes by profile, for moderators only."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.features.events.queries import event_settings
from bot.features.people.tables import Participant
from bot.features.programme.roles import moderates
from bot.features.questions.model import NotModeratorError
from bot.features.questions.supporters import voters_of
from bot.features.questions.tables import Question
from bot.features.questions.tallies import NO_KIND, Tally, tally, votes_by_kind


def votes_by_profile(session: Session, person: Participant, session_id: str) -> dict[str, Tally]:
    """The tally of each question that somebody supports and of which a figure may be shown.

    Guests have no profile. An anonymous question has none at all: its asker, who may support it
    like anybody else, cannot be left out by who does not know them.
    """
    event_id = person.event_id
    if not moderates(session, event_settings(session, event_id), person, session_id):
        raise NotModeratorError
    voters = voters_of(session, event_id, session_id)
    if not voters:
        return {}
    anonymous = set(
        session.scalars(
            select(Question.root_id).where(
                Question.event_id == event_id,
                Question.session_id == session_id,
                Question.anonymous.is_(True),
            )
        )
    )
    people, kind_of = _people(session, event_id)
    tallies = {
        question_id: tally(votes_by_kind(theirs, kind_of), people)
        for question_id, theirs in voters.items()
        if question_id not in anonymous
    }
    return {question_id: one for question_id, one in tallies.items() if one.shown}


def _people(session: Session, event_id: str) -> tuple[Counter[str], dict[str, str]]:
    """How many of each kind are there to vote, and the kind of each."""
    rows = session.execute(
        select(Participant.participant_id, func.coalesce(Participant.kind, NO_KIND)).where(
            Participant.event_id == event_id,
            Participant.erased.is_(False),
            Participant.seen_at.is_not(None),
        )
    )
    kind_of: dict[str, str] = {row[0]: row[1] for row in rows}
    return Counter(kind_of.values()), kind_of

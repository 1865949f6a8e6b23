"""The organisers' list, brought in: it adds and updates, and leaves to people what they said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.db.history import record
from bot.features.people.kinds import list_may_say, show_claims
from bot.features.people.model import PeopleDiff, Person, compare_people
from bot.features.people.profile_tables import Profile
from bot.features.people.queries import (
    imported_people,
    met_people,
    own_profiles,
    participant_by_email,
)
from bot.features.people.tables import Participant
from bot.features.people.wishes import profile_row


def import_people(
    session: Session, event_id: str, people: Sequence[Person], now: datetime, *, apply: bool = True
) -> PeopleDiff:
    """Add and update the people of a list; who is no longer on it stays."""
    own = own_profiles(session, event_id)
    said = [
        _what_it_may_say(person, *own[person.email]) if person.email in own else person
        for person in people
    ]
    known, met = imported_people(session, event_id), met_people(session, event_id)
    corrected = sum(person.email in own for person in people)
    diff = replace(compare_people(known, said, met), corrected=corrected)
    if not apply:
        return diff
    for person in (*diff.new, *(new for _, new in diff.changed)):
        row = participant_by_email(session, event_id, person.email)
        if row is None:
            row = Participant(event_id=event_id, participant_id=new_id(), email=person.email)
            session.add(row)
        row.name = person.name
        row.organisation = person.organisation or None
        row.kind = person.kind or None
        row.languages = ";".join(person.languages or ())
        row.extra = dict(person.extra)
        row.imported_at = row.imported_at or now
        session.flush()
        _keep_profile(session, row, person, now)
    if diff.new or diff.changed:
        counts = {"new": len(diff.new), "changed": len(diff.changed)}
        record(session, event_id, "people.imported", event_id, at=now, actor="cli", after=counts)
    return diff


def _what_it_may_say(person: Person, kind: str, claimed: str) -> Person:
    """A line about somebody who corrected their profile: on that the list is silent."""
    listed = person.kind if list_may_say(person.kind or "", kind, claimed) else None
    return replace(
        person, organisation=None, kind=listed, job_title=None, topics=None, offers=None, seeks=None
    )


def _keep_profile(session: Session, row: Participant, person: Person, now: datetime) -> None:
    tags = (person.topics, person.offers, person.seeks)
    known = session.get(Profile, (row.event_id, row.participant_id))
    if known is None and not person.job_title and not any(tags):
        return
    profile = profile_row(session, row.event_id, row.participant_id)
    profile.job_title = person.job_title or None
    profile.topics, profile.offers, profile.seeks = (list(some or ()) for some in tags)
    if profile.claimed_kind is not None and profile.claimed_kind == row.kind:
        profile.claimed_kind = None
        show_claims(session, row.event_id, row.participant_id, now)

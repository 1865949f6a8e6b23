"""What a person agreed to: one purpose each, given and withdrawn by them alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError, NoLongerThereError
from bot.core.i18n import N_
from bot.db.history import record
from bot.features.people.profile_tables import Consent
from bot.features.people.tables import Participant

ADULT, INTRODUCTIONS, DIRECTORY = "adult", "introductions", "directory"
FOLLOW_UPS, ASSOCIATION = "follow_ups", "association"
PURPOSES = (ADULT, INTRODUCTIONS, DIRECTORY, FOLLOW_UPS, ASSOCIATION)
FOR_ADULTS = (INTRODUCTIONS, DIRECTORY)


class NotAdultError(MaillonError):
    msgid = N_("Introductions and the directory are for people of age: please tick that first.")


def consent_given(session: Session, event_id: str, participant_id: str, purpose: str) -> bool:
    return purpose in consents_of(session, event_id, participant_id)


def consents_of(session: Session, event_id: str, participant_id: str) -> frozenset[str]:
    """The purposes to which a person agrees at this moment."""
    query = select(Consent.purpose).where(
        Consent.event_id == event_id,
        Consent.participant_id == participant_id,
        Consent.withdrawn_at.is_(None),
    )
    return frozenset(session.scalars(query))


def agreed_to(purpose: str) -> ColumnElement[bool]:
    """In a query over `Participant`: those who agree to `purpose`."""
    return (
        select(Consent.participant_id)
        .where(
            Consent.event_id == Participant.event_id,
            Consent.participant_id == Participant.participant_id,
            Consent.purpose == purpose,
            Consent.withdrawn_at.is_(None),
        )
        .exists()
    )


def agree(session: Session, person: Participant, purpose: str, now: datetime) -> None:
    if purpose not in PURPOSES:
        raise NoLongerThereError
    given = consents_of(session, person.event_id, person.participant_id)
    if purpose in FOR_ADULTS and ADULT not in given:
        raise NotAdultError
    if purpose in given:
        return
    session.merge(
        Consent(
            event_id=person.event_id,
            participant_id=person.participant_id,
            purpose=purpose,
            given_at=now,
            withdrawn_at=None,
        )
    )
    session.flush()
    _recorded(session, person, purpose, now, given=True)


def withdraw(session: Session, person: Participant, purpose: str, now: datetime) -> None:
    """From now on; without being of age, what needs it is withdrawn as well."""
    row = session.get(Consent, (person.event_id, person.participant_id, purpose))
    if row is None or row.withdrawn_at is not None:
        return
    row.withdrawn_at = now
    session.flush()
    _recorded(session, person, purpose, now, given=False)
    if purpose == ADULT:
        for other in FOR_ADULTS:
            withdraw(session, person, other, now)


def _recorded(
    session: Session, person: Participant, purpose: str, now: datetime, *, given: bool
) -> None:
    record(
        session,
        person.event_id,
        "people.consent_given" if given else "people.consent_withdrawn",
        person.participant_id,
        at=now,
        actor=person.participant_id,
        after=purpose,
    )

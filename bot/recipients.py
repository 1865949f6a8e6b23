"""Whom a delivery is for, and how they are reached and read: what delivery itself need not know."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.db.keys import keys_of
from bot.delivery.gateway import Address
from bot.delivery.parcels import ApartError, Recipient
from bot.delivery.sealed import KeyDeletedError
from bot.delivery.tables import SENT, Delivery
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.introductions.queries import told_together
from bot.features.people.queries import addressees, everybody, reader_of, reader_of_all
from bot.features.people.tables import Participant
from bot.features.questions.keys import opened


def recipient(session: Session, delivery: Delivery) -> Recipient | None:
    """How a delivery's addressee is reached and reads; None for who has left the workspace."""
    event = event_settings(session, delivery.event_id)
    if delivery.channel is not None:
        return Recipient(Address(channel=delivery.channel), reader_of(event, None))
    if delivery.group_id is not None:
        return _together(session, event, delivery)
    participant_id = unsealed(session, delivery) or delivery.participant_id
    if participant_id is None:
        return None
    person = session.get(Participant, (delivery.event_id, participant_id))
    for reached in addressees(session, delivery.event_id, participant_id):
        if reached.workspace_id == delivery.workspace_id:
            return Recipient(Address(user_id=reached.user_id), reader_of(event, person))
    return None


def _together(session: Session, event: EventFile, delivery: Delivery) -> Recipient:
    """Those who are introduced, read at this moment; nobody once one of them blocked another."""
    assert delivery.group_id is not None
    stands = delivery.state == SENT
    people = told_together(session, delivery.event_id, delivery.group_id, stands=stands)
    reached = [addressees(session, delivery.event_id, one.participant_id) for one in people]
    users = [
        found.user_id
        for places in reached
        for found in [one for one in places if one.workspace_id == delivery.workspace_id][:1]
    ]
    if len(users) < 2 or len(users) < len(people):
        raise ApartError
    return Recipient(Address(user_ids=tuple(users)), reader_of_all(event, people))


def unsealed(session: Session, delivery: Delivery) -> str | None:
    """Whom a sealed delivery is for, told from everybody of the event and kept nowhere."""
    if delivery.sealed_to is None or delivery.sealed_by is None:
        return None
    key = keys_of(session).key_of(delivery.event_id, delivery.sealed_by)
    if key is None:
        raise KeyDeletedError
    people = everybody(session, delivery.event_id)
    found = opened(key, delivery.sealed_to, people)
    return None if found is None else people[found]

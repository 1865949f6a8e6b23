"""Whom a person represents. Some kinds give rights: those are confirmed before they do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError, NoLongerThereError, NotAllowedError
from bot.core.i18n import N_
from bot.db.history import record
from bot.delivery.outbox import Place, enqueue, refresh
from bot.delivery.tables import POST, Delivery
from bot.features.events.queries import event_settings, workspace_ids
from bot.features.people.messages import KindToConfirm
from bot.features.people.profile_tables import Profile
from bot.features.people.queries import is_organiser, known_as
from bot.features.people.tables import Participant
from bot.features.people.wishes import profile_row

PATIENT_ASSOCIATION = "patient_association"
HEALTH_AUTHORITY = "health_authority"
INVESTOR = "investor"
RESTRICTED = frozenset({PATIENT_ASSOCIATION, HEALTH_AUTHORITY, INVESTOR})
"""Of these a person is only by the organisers' list or by an organiser's word."""


class UnknownKindError(MaillonError):
    msgid = N_("The event no longer has this profile. Please choose another.")


def list_may_say(kind: str, now: str, claimed: str) -> bool:
    """Whether a list changes the kind of somebody who said themselves whom they represent.

    The organisers confirm with it what the person says, and take back what they alone can give.
    """
    return kind == claimed or now in RESTRICTED


def say_kind(session: Session, person: Participant, kind: str, now: datetime) -> None:
    """At once, but for what gives rights: until an organiser confirms it, nothing changes."""
    event = event_settings(session, person.event_id)
    if kind not in {known.id for known in event.profile_kinds}:
        raise UnknownKindError
    row = profile_row(session, person.event_id, person.participant_id)
    if kind == (row.claimed_kind or person.kind):
        return
    before, row.claimed_kind = row.claimed_kind, None
    if kind != person.kind and kind in RESTRICTED:
        row.claimed_kind = kind
        _ask_the_organisers(session, person, kind, now)
    elif kind != person.kind:
        _recorded(session, person, kind, now, person)
        person.kind = kind
    session.flush()
    if before:
        show_claims(session, person.event_id, person.participant_id, now)


def confirm_kind(
    session: Session,
    event_id: str,
    actor: Participant,
    participant_id: str,
    kind: str,
    now: datetime,
    *,
    confirmed: bool,
) -> Participant:
    """An organiser says whether a person represents what they say."""
    if not is_organiser(event_settings(session, event_id), actor):
        raise NotAllowedError
    person = session.get(Participant, (event_id, participant_id))
    row = session.get(Profile, (event_id, participant_id))
    # They may have said something else since, or another organiser may have answered.
    if person is None or row is None or row.claimed_kind != kind:
        raise NoLongerThereError
    row.claimed_kind = None
    if confirmed:
        _recorded(session, person, kind, now, actor)
        person.kind = kind
    else:
        mine = actor.participant_id
        record(session, event_id, "people.kind_refused", participant_id, at=now, actor=mine)
    session.flush()
    show_claims(session, event_id, participant_id, now)
    return person


def _recorded(
    session: Session, person: Participant, kind: str, now: datetime, actor: Participant
) -> None:
    record(
        session,
        person.event_id,
        "people.kind",
        person.participant_id,
        at=now,
        actor=actor.participant_id,
        before=person.kind,
        after=kind,
    )


def _ask_the_organisers(session: Session, person: Participant, kind: str, now: datetime) -> None:
    """Once for a person and a kind: said again, the same post asks again."""
    event_id, event = person.event_id, event_settings(session, person.event_id)
    if event.channels.organisers is None:
        return  # their list confirms it
    session.flush()
    for workspace_id in workspace_ids(session, event_id):
        asked = enqueue(
            session,
            event_id,
            Place(workspace_id, channel=event.channels.organisers),
            KindToConfirm(event_id, person.participant_id, kind),
            f"{_claim(person.participant_id)}{kind}:{workspace_id}",
            message_class="useful",
            now=now,
        )
        if asked is None:
            show_claims(session, event_id, person.participant_id, now)


def _claim(participant_id: str) -> str:
    return f"kind:{participant_id}:"


def show_claims(session: Session, event_id: str, participant_id: str, now: datetime) -> None:
    """The posts that ask about a person say what holds now."""
    posts = select(Delivery.key).where(
        Delivery.event_id == event_id,
        Delivery.message == KindToConfirm.name,
        Delivery.operation == POST,
        or_(
            *(
                Delivery.key.startswith(_claim(one), autoescape=True)
                for one in known_as(session, event_id, participant_id)
            )
        ),
    )
    for key in session.scalars(posts).all():
        refresh(session, event_id, key, now)

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import NoLongerThereError
from bot.core.i18n import LANGUAGES
from bot.core.ids import new_id
from bot.db.base import lifecycles
from bot.db.history import record
from bot.delivery.outbox import delete_messages_to
from bot.delivery.sealed import ten_minutes
from bot.features.events.actions import lock_event
from bot.features.people.kinds import show_claims
from bot.features.people.model import Member
from bot.features.people.queries import participant_by_email, participant_of
from bot.features.people.tables import Identity, Participant


def meet(
    session: Session, event_id: str, workspace_id: str, member: Member, now: datetime
) -> Participant:
    """The participant that a workspace member is, from the first contact on.

    Matched by e-mail with the organisers' list. A member met before their e-mail was known is
    merged with the person of the list as soon as it is.
    """
    known = participant_of(session, event_id, workspace_id, member.user_id)
    if known is None:
        # Slack tells of a newcomer in several events at once, and two replicas may hear of it.
        lock_event(session, event_id)
        known = participant_of(session, event_id, workspace_id, member.user_id)
    listed = participant_by_email(session, event_id, member.email) if member.email else None
    if known is not None:
        known.locale = member.locale or known.locale
        if listed is not None and listed.participant_id != known.participant_id:
            merge(session, event_id, listed.participant_id, known.participant_id)
            return listed
        if known.imported_at is None:
            known.name = known.name or member.name or None
            known.email = member.email.strip().lower() if member.email else known.email
        return known
    person = listed or _newcomer(session, event_id, member)
    # Rounded: this may be a person's anonymous question, which nothing as exact may stand beside.
    met_at = ten_minutes(now)
    person.seen_at = person.seen_at or met_at
    person.locale = member.locale or person.locale
    session.flush()
    session.add(
        Identity(
            event_id=event_id,
            workspace_id=workspace_id,
            user_id=member.user_id,
            participant_id=person.participant_id,
        )
    )
    session.flush()
    _say_met(session, event_id, person.participant_id)
    actor = person.participant_id
    record(session, event_id, "people.met", actor, at=met_at, actor=actor)
    return person


def _say_met(session: Session, event_id: str, participant_id: str) -> None:
    for lifecycle in lifecycles():
        if lifecycle.met is not None:
            lifecycle.met(session, event_id, participant_id)


def _newcomer(session: Session, event_id: str, member: Member) -> Participant:
    person = Participant(
        event_id=event_id,
        participant_id=new_id(),
        email=member.email.strip().lower() if member.email else None,
        name=member.name or None,
        languages="",
        extra={},
        fewer_messages=False,
        erased=False,
    )
    session.add(person)
    return person


def choose_language(session: Session, person: Participant, language: str, now: datetime) -> None:
    if language not in LANGUAGES:
        raise NoLongerThereError
    _set(session, person, "language", language, now)


def choose_fewer_messages(
    session: Session, person: Participant, fewer: bool, now: datetime
) -> None:
    """With fewer messages only urgent changes reach the person."""
    _set(session, person, "fewer_messages", fewer, now)


def _set(
    session: Session, person: Participant, field: str, value: str | bool, now: datetime
) -> None:
    before = getattr(person, field)
    if before == value:
        return
    setattr(person, field, value)
    record(
        session,
        person.event_id,
        f"people.{field}",
        person.participant_id,
        at=now,
        actor=person.participant_id,
        before=before,
        after=value,
    )


def merge(session: Session, event_id: str, kept: str, gone: str) -> None:
    """Make two participants one; every table says for itself what that means for its rows.

    Jobs have their own idea of who is who, so they wait. What else is written of `gone` at this
    moment is there before, or sees that they are merged.
    """
    session.flush()
    lock_event(session, event_id)
    mine = (Participant.event_id == event_id, Participant.participant_id == gone)
    session.execute(select(Participant.participant_id).where(*mine).with_for_update())
    for lifecycle in lifecycles():
        if lifecycle.merge is not None:
            lifecycle.merge(session, event_id, kept, gone)
    _say_met(session, event_id, kept)
    session.expire_all()


def erase(session: Session, event_id: str, participant_id: str, now: datetime) -> None:
    """Remove everything that names a person; what crowds counted stays a count."""
    session.flush()
    lock_event(session, event_id)
    delete_messages_to(session, event_id, participant_id, now)
    for lifecycle in lifecycles():
        if lifecycle.erase is not None:
            lifecycle.erase(session, event_id, participant_id)
    session.expire_all()
    show_claims(session, event_id, participant_id, now)
    record(session, event_id, "people.erased", participant_id, at=now, actor=participant_id)
    session.expire_all()

"""Roles given in the workspace: by an organiser, or by being in a user group."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError, NotAllowedError
from bot.core.i18n import N_
from bot.db.history import record
from bot.features.events.actions import lock_event
from bot.features.events.queries import event_settings
from bot.features.people.queries import participant_by_email, participants_called
from bot.features.people.tables import Participant
from bot.features.programme.rights import organises
from bot.features.programme.roles import (
    CHAT,
    GROUP,
    ROLES,
    WHOLE_EVENT,
    Key,
    Role,
    give,
    given_by,
    session_meant,
    take,
)
from bot.features.programme.tables import SessionRow

log = structlog.get_logger(__name__)


class NobodyMeantError(MaillonError):
    msgid = N_("Nobody of that name or address is on the list of participants.")


class SeveralMeantError(MaillonError):
    msgid = N_("Several people have that name. Please give an e-mail address.")


class UnknownRoleError(MaillonError):
    msgid = N_("This role does not exist.")


class GivenElsewhereError(MaillonError):
    msgid = N_("This role comes from the list of roles or from a user group: it is changed there.")


def person_meant(session: Session, event_id: str, words: str) -> Participant:
    """Who is meant by an address, or by the whole of a name."""
    words = words.strip()
    if "@" in words:
        person = participant_by_email(session, event_id, words)
        if person is None or person.erased:
            raise NobodyMeantError
        return person
    found = participants_called(session, event_id, {words})[words] if words else []
    people = [session.get_one(Participant, (event_id, one)) for one in found]
    people = [one for one in people if not one.erased and one.merged_into is None]
    if len(people) > 1:
        raise SeveralMeantError
    if not people:
        raise NobodyMeantError
    return people[0]


def give_role(
    session: Session,
    event_id: str,
    actor: Participant,
    person: Participant,
    role: str,
    session_id: str,
    now: datetime,
) -> None:
    """An organiser gives a role for a session, or for the whole event."""
    _check(session, event_id, actor)
    if role not in ROLES:
        raise UnknownRoleError
    if session_id != WHOLE_EVENT:
        session.get_one(SessionRow, (event_id, session_id))
    key = (person.participant_id, role, session_id)
    if give(session, event_id, key, CHAT):
        _record(session, event_id, "roles.given", actor, key, now)


def take_role(
    session: Session,
    event_id: str,
    actor: Participant,
    participant_id: str,
    role: str,
    session_id: str,
    now: datetime,
) -> None:
    """Take back what was given here; what the list or a group gives is changed there."""
    _check(session, event_id, actor)
    key = (participant_id, role, session_id)
    row = session.get(Role, (event_id, *key))
    if row is None:
        return  # somebody else was quicker
    if not given_by(row, CHAT):
        raise GivenElsewhereError
    take(session, row, CHAT)
    _record(session, event_id, "roles.taken", actor, key, now)


def _check(session: Session, event_id: str, actor: Participant) -> None:
    lock_event(session, event_id)
    if not organises(session, event_settings(session, event_id), actor):
        raise NotAllowedError


def _record(
    session: Session,
    event_id: str,
    what: str,
    actor: Participant,
    key: Key,
    now: datetime,
) -> None:
    participant_id, role, session_id = key
    after = {"role": role, "session": session_id}
    who = actor.participant_id
    record(session, event_id, what, participant_id, at=now, actor=who, after=after)


def follow_groups(
    session: Session, event_id: str, members: Mapping[str, Collection[str]], now: datetime
) -> int:
    """Make the roles by group what the groups are; how many changed.

    `members` are participants by handle.
    """
    lock_event(session, event_id)
    wanted: set[Key] = set()
    for handle, one in event_settings(session, event_id).roles.of_groups():
        session_id = session_meant(session, event_id, one.scope)
        if session_id is None:
            log.warning("roles.group_scope_unknown", group=handle, scope=one.scope)
        else:
            wanted |= {(person, one.role, session_id) for person in members.get(handle, ())}
    rows = session.scalars(select(Role).where(Role.event_id == event_id)).all()
    known = {row.key: row for row in rows if given_by(row, GROUP)}
    gone = [row for key, row in known.items() if key not in wanted]
    new = wanted - known.keys()
    for row in gone:
        take(session, row, GROUP)
    for key in new:
        give(session, event_id, key, GROUP)
    if new or gone:
        counts = {"new": len(new), "gone": len(gone)}
        record(session, event_id, "roles.followed", event_id, at=now, actor="group", after=counts)
    return len(new) + len(gone)


def groups_gave(session: Session, event_id: str) -> bool:
    query = select(Role.role).where(Role.event_id == event_id, Role.source.contains(GROUP))
    return session.scalar(query.limit(1)) is not None

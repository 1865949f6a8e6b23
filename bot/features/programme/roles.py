"""Who may do what at the event: the host of a session, the équipe Questions, the organisers."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.db.base import Base, Id, Lifecycle, of_event
from bot.db.history import record
from bot.features.events.model import EventFile
from bot.features.people.queries import is_organiser, participant_by_email
from bot.features.people.tables import Participant
from bot.features.programme.tables import (
    CHOICES_KEPT,
    SessionRow,
    SpeakerRow,
    brief_again,
    brief_with,
)

HOST, TEAM, ORGANISER, STAGE_HAND = "animation", "questions", "organisation", "regie"
ROLES = (HOST, TEAM, ORGANISER, STAGE_HAND)
WHOLE_EVENT = ""
Key = tuple[str, str, str]
"""Participant, role, and session or `WHOLE_EVENT`."""
FILE, CHAT, GROUP = "file", "chat", "group"
"""The ways to give a role: what one gave, another does not take away."""


def _merge(session: Session, event_id: str, kept: str, gone: str) -> None:
    theirs = session.scalars(
        select(Role).where(Role.event_id == event_id, Role.participant_id == gone)
    ).all()
    for one in theirs:
        for way in one.source.split():
            give(session, event_id, (kept, one.role, one.session_id), way)
        session.delete(one)
    session.flush()


def _erase(session: Session, event_id: str, participant_id: str) -> None:
    session.execute(
        delete(Role).where(Role.event_id == event_id, Role.participant_id == participant_id)
    )


def _expire(session: Session, event_id: str, ended_at: datetime, now: datetime) -> None:
    if now - ended_at >= CHOICES_KEPT:
        session.execute(delete(Role).where(Role.event_id == event_id))


class Role(Base):
    __tablename__ = "roles"
    __table_args__ = (
        of_event("participant_id", table="participants"),
        Index("ix_roles_event_id_session_id", "event_id", "session_id"),
        Index("ix_roles_event_id_role", "event_id", "role", "session_id"),
    )
    lifecycle = Lifecycle(
        "end of the event + 30 days",
        merge=_merge,
        erase=_erase,
        expire=_expire,
        met=brief_with(lambda: Role),
    )
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, primary_key=True)
    """A session, or `WHOLE_EVENT`: no foreign key, since that is none."""
    source: Mapped[str] = mapped_column(String(32), default=FILE, server_default=FILE)
    """The ways it was given, in alphabetical order: "chat file"."""

    @property
    def key(self) -> Key:
        return self.participant_id, self.role, self.session_id


def given_by(row: Role, way: str) -> bool:
    return way in row.source.split()


def give(session: Session, event_id: str, key: Key, way: str) -> bool:
    """Give a role, or one more reason for it; whether anything changed."""
    participant_id, role, session_id = key
    row = session.get(Role, (event_id, *key))
    if row is None:
        row = Role(
            event_id=event_id,
            participant_id=participant_id,
            role=role,
            session_id=session_id,
            source=way,
        )
        session.add(row)
        session.flush()
        if role == HOST:
            brief_again(session, event_id, SessionRow.session_id == session_id)
        return True
    if given_by(row, way):
        return False
    row.source = " ".join(sorted((*row.source.split(), way)))
    return True


def take(session: Session, row: Role, way: str) -> None:
    """Take away what one way gave; what another gave stays."""
    left = [other for other in row.source.split() if other != way]
    if left:
        row.source = " ".join(left)
    else:
        session.delete(row)
    session.flush()


def has_role(
    session: Session, event_id: str, participant_id: str, roles: tuple[str, ...], session_id: str
) -> bool:
    """Whether the person has one of `roles` for the session, or for the whole event."""
    query = select(Role.role).where(
        Role.event_id == event_id,
        Role.participant_id == participant_id,
        Role.role.in_(roles),
        or_(Role.session_id == WHOLE_EVENT, Role.session_id == session_id),
    )
    return session.scalar(query.limit(1)) is not None


def may(
    session: Session,
    event: EventFile,
    person: Participant | None,
    roles: tuple[str, ...],
    session_id: str = WHOLE_EVENT,
) -> bool:
    """The organisers of the event file may everything; others by one of `roles`."""
    if person is None or person.erased:
        return False
    return is_organiser(event, person) or has_role(
        session, person.event_id, person.participant_id, roles, session_id
    )


def moderates(
    session: Session, event: EventFile, person: Participant | None, session_id: str
) -> bool:
    """Whether a person decides what becomes of the questions of a session."""
    return may(session, event, person, (HOST, TEAM, ORGANISER), session_id)


def moderated_sessions(session: Session, event: EventFile, person: Participant) -> set[str] | None:
    """The sessions whose questions a person decides on; None for all."""
    rows = session.execute(
        select(Role.role, Role.session_id).where(
            Role.event_id == person.event_id,
            Role.participant_id == person.participant_id,
            Role.role.in_((HOST, TEAM, ORGANISER)),
        )
    ).all()
    scopes = {row.session_id for row in rows}
    return None if is_organiser(event, person) or WHOLE_EVENT in scopes else scopes


def hosts(session: Session, event_id: str, session_id: str) -> list[str]:
    """Those who have the stage in a session."""
    query = select(Role.participant_id).where(
        Role.event_id == event_id, Role.role == HOST, Role.session_id == session_id
    )
    return list(session.scalars(query.order_by(Role.participant_id)))


def speaks(session: Session, event_id: str, participant_id: str, session_id: str) -> bool:
    query = select(SpeakerRow.position).where(
        SpeakerRow.event_id == event_id,
        SpeakerRow.session_id == session_id,
        SpeakerRow.participant_id == participant_id,
    )
    return session.scalar(query.limit(1)) is not None


class UnreadableRolesError(MaillonError):
    msgid = N_("The list of roles cannot be used: {reason}")


@dataclass(frozen=True)
class RoleLine:
    """A line of the organisers' list; `scope` is a session's id in the programme, or `event`."""

    email: str
    role: str
    scope: str


@dataclass(frozen=True)
class RolesDiff:
    new: tuple[RoleLine, ...]
    gone: tuple[RoleLine, ...]
    left_out: tuple[RoleLine, ...]
    """Roles that are somebody else's affair, such as stands."""


def parse_roles(content: bytes) -> list[RoleLine]:
    """The lines of a CSV file with the columns email, role and scope, as spreadsheets write it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    lines = text.splitlines()
    delimiter = max(",;\t", key="".join(lines[:1]).count)
    try:
        rows = list(csv.DictReader(lines, delimiter=delimiter))
    except csv.Error as error:
        raise UnreadableRolesError(reason=str(error)) from error
    if not rows or not {"email", "role", "scope"} <= set(rows[0]):
        raise UnreadableRolesError(reason="email, role, scope")
    return [
        RoleLine(
            (row["email"] or "").strip().lower(),
            (row["role"] or "").strip(),
            (row["scope"] or "").strip(),
        )
        for row in rows
    ]


def import_roles(
    session: Session,
    event_id: str,
    lines: Sequence[RoleLine],
    now: datetime,
    *,
    apply: bool = True,
) -> RolesDiff:
    """Make the roles by list what a list says; those that were given otherwise stay.

    `apply=False` only looks.
    """
    ours = [line for line in lines if line.role in ROLES]
    rows = session.scalars(select(Role).where(Role.event_id == event_id)).all()
    known = {row.key: row for row in rows if given_by(row, FILE)}
    wanted = {_key(session, event_id, line): line for line in ours}
    new = tuple(line for key, line in wanted.items() if key not in known)
    gone = [row for key, row in known.items() if key not in wanted]
    diff = RolesDiff(
        new,
        tuple(_line(session, row) for row in gone),
        tuple(line for line in lines if line.role not in ROLES),
    )
    if not apply or not (new or gone):
        return diff
    for row in gone:
        take(session, row, FILE)
    for key in wanted.keys() - known.keys():
        give(session, event_id, key, FILE)
    counts = {"new": len(new), "gone": len(gone)}
    record(session, event_id, "roles.imported", event_id, at=now, actor="cli", after=counts)
    return diff


def _key(session: Session, event_id: str, line: RoleLine) -> Key:
    person = participant_by_email(session, event_id, line.email)
    if person is None:
        raise UnknownPersonError(email=line.email)
    session_id = session_meant(session, event_id, line.scope)
    if session_id is None:
        raise UnknownSessionError(scope=line.scope)
    return person.participant_id, line.role, session_id


def session_meant(session: Session, event_id: str, scope: str) -> str | None:
    """`event`, or a session by its code or its id in the programme; None for no session."""
    if scope == "event":
        return WHOLE_EVENT
    return session.scalar(
        select(SessionRow.session_id).where(
            SessionRow.event_id == event_id,
            or_(SessionRow.code == scope, SessionRow.source_id == scope),
        )
    )


def _line(session: Session, row: Role) -> RoleLine:
    person = session.get_one(Participant, (row.event_id, row.participant_id))
    scope = "event"
    if row.session_id != WHOLE_EVENT:
        of = session.get_one(SessionRow, (row.event_id, row.session_id))
        scope = of.code or of.source_id
    return RoleLine(person.email or "", row.role, scope)


class UnknownPersonError(UnreadableRolesError):
    msgid = N_("The list of roles names {email}, who is not on the list of participants.")


class UnknownSessionError(UnreadableRolesError):
    msgid = N_("The list of roles names the session {scope}, which is not in the programme.")

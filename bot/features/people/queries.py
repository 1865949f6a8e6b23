from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import BindParameter, ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.core.i18n import Reader, known_language
from bot.features.events.model import EventFile
from bot.features.events.tables import Workspace
from bot.features.people.model import Person
from bot.features.people.profile_tables import Profile
from bot.features.people.tables import Identity, Participant


@dataclass(frozen=True)
class Addressee:
    """Where and how to reach a participant on a platform."""

    workspace_id: str
    user_id: str


def participant_of(
    session: Session, event_id: str, workspace_id: str, user_id: str
) -> Participant | None:
    return session.scalar(
        select(Participant)
        .join(
            Identity,
            (Identity.event_id == Participant.event_id)
            & (Identity.participant_id == Participant.participant_id),
        )
        .where(
            Identity.event_id == event_id,
            Identity.workspace_id == workspace_id,
            Identity.user_id == user_id,
        )
    )


def addressees(session: Session, event_id: str, participant_id: str) -> list[Addressee]:
    query = (
        select(Identity.workspace_id, Identity.user_id)
        .where(Identity.event_id == event_id, Identity.participant_id == participant_id)
        .order_by(Identity.workspace_id, Identity.user_id)
    )
    return [Addressee(*row) for row in session.execute(query)]


def home_of(session: Session, event_id: str, participant_id: str) -> str | None:
    """The workspace in which a person is written to: one, however many they are in; None for
    whoever was never met, or is in none where the event takes place now."""
    home = _homes(event_id).where(Identity.participant_id == participant_id)
    return session.scalar(
        home.with_only_columns(Identity.workspace_id).order_by(Identity.workspace_id).limit(1)
    )


def has_home(
    event_id: str | BindParameter[str],
    participant_id: InstrumentedAttribute[str] | ColumnElement[str],
) -> ColumnElement[bool]:
    """Whether there is one for the person in that column.

    Asked of each row, which is one look into an index: a list of them would be of everybody.
    """
    theirs = _homes(event_id).where(Identity.participant_id == participant_id)
    return theirs.correlate_except(Identity, Workspace).exists()


def _homes(event_id: str | BindParameter[str]) -> Select[str]:
    """The people of an event who can be written to."""
    return (
        select(Identity.participant_id)
        .join(
            Workspace,
            (Workspace.event_id == Identity.event_id)
            & (Workspace.workspace_id == Identity.workspace_id),
        )
        .where(Identity.event_id == event_id, Workspace.active)
    )


def everybody(session: Session, event_id: str) -> dict[str, str]:
    """Who the event knows, and whom each of them is known as now that some were merged."""
    now = func.coalesce(Participant.merged_into, Participant.participant_id)
    query = select(Participant.participant_id, now).where(Participant.event_id == event_id)
    return {row[0]: row[1] for row in session.execute(query)}


def known_as(session: Session, event_id: str, participant_id: str) -> list[str]:
    """The ids that a person has or had: what was sealed before a merge is still theirs."""
    others = select(Participant.participant_id).where(
        Participant.event_id == event_id, Participant.merged_into == participant_id
    )
    return [participant_id, *session.scalars(others)]


def as_known_now(session: Session, person: Participant) -> Participant:
    """Whoever `person` is by now; until this transaction ends they are nobody else."""
    while True:
        session.refresh(person, with_for_update={"read": True, "key_share": True})
        if person.merged_into is None:
            return person
        person = session.get_one(Participant, (person.event_id, person.merged_into))


def reader_of(event: EventFile, participant: Participant | None) -> Reader:
    """How a participant reads: the chosen language, else the locale's, else the event's."""
    if participant is None:
        return Reader.of(event.language, event.zone)
    language = participant.language or known_language(participant.locale, event.language)
    return Reader.of(language, event.zone, participant.locale)


def reader_of_all(event: EventFile, people: Collection[Participant]) -> Reader:
    """How people read what they are told together: their common language, else the event's."""
    languages = {reader_of(event, person).language for person in people}
    return Reader.of(languages.pop() if len(languages) == 1 else event.language, event.zone)


def participant_by_email(session: Session, event_id: str, email: str) -> Participant | None:
    return session.scalar(
        select(Participant).where(
            Participant.event_id == event_id, Participant.email == email.strip().lower()
        )
    )


def same_name(one: str | None, other: str | None) -> bool:
    """But for case and spaces; a suggestion, never an identity."""
    return _plain(one) == _plain(other) != ""


def participants_called(
    session: Session, event_id: str, names: Collection[str]
) -> Mapping[str, list[str]]:
    """The ids of those who have each of `names`, as `same_name` sees it."""
    found: dict[str, list[str]] = {_plain(name): [] for name in names}
    rows = session.execute(
        select(Participant.participant_id, Participant.name)
        .where(Participant.event_id == event_id, Participant.name.is_not(None))
        .order_by(Participant.participant_id)
    )
    for participant_id, name in rows:
        if _plain(name) in found:
            found[_plain(name)].append(participant_id)
    return {name: found[_plain(name)] for name in names}


def _plain(name: str | None) -> str:
    return " ".join((name or "").split()).casefold()


def imported_people(session: Session, event_id: str) -> dict[str, Person]:
    """The people of the organisers' lists by e-mail, as a list would describe them."""
    return _described(session, event_id, Participant.imported_at.is_not(None))


def met_people(session: Session, event_id: str) -> dict[str, Person]:
    """Those whom no list has named yet, likewise."""
    return _described(session, event_id, Participant.imported_at.is_(None))


def _described(session: Session, event_id: str, who: ColumnElement[bool]) -> dict[str, Person]:
    rows = session.execute(
        select(Participant, Profile)
        .outerjoin(
            Profile,
            (Profile.event_id == Participant.event_id)
            & (Profile.participant_id == Participant.participant_id),
        )
        .where(Participant.event_id == event_id, Participant.email.is_not(None), who)
    )
    return {row.email or "": _person(row, profile) for row, profile in rows}


def _person(row: Participant, profile: Profile | None) -> Person:
    return Person(
        email=row.email or "",
        name=row.name or "",
        organisation=row.organisation or "",
        kind=row.kind or "",
        languages=tuple(filter(None, row.languages.split(";"))),
        extra=row.extra,
        job_title=(profile and profile.job_title) or "",
        topics=tuple(profile.topics) if profile else (),
        offers=tuple(profile.offers) if profile else (),
        seeks=tuple(profile.seeks) if profile else (),
    )


def own_profiles(session: Session, event_id: str) -> dict[str, tuple[str, str]]:
    """Kind and claimed kind, by e-mail, of those who saw their profile and said what is right."""
    rows = session.execute(
        select(Participant.email, Participant.kind, Profile.claimed_kind)
        .join(
            Profile,
            (Profile.event_id == Participant.event_id)
            & (Profile.participant_id == Participant.participant_id),
        )
        .where(
            Participant.event_id == event_id,
            Participant.email.is_not(None),
            Profile.confirmed_at.is_not(None),
        )
    )
    return {row.email: (row.kind or "", row.claimed_kind or "") for row in rows}


def wants_fewer(session: Session, event_id: str, participant_id: str) -> bool:
    fewer = select(Participant.fewer_messages).where(
        Participant.event_id == event_id, Participant.participant_id == participant_id
    )
    return bool(session.scalar(fewer))


def is_organiser(event: EventFile, participant: Participant | None) -> bool:
    return bool(participant and participant.email and participant.email in event.organisers)

"""Profiles: what people say of themselves, what they agreed to, and who may be introduced."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from bot.core.errors import NoLongerThereError
from bot.features.people.consents import ADULT, INTRODUCTIONS, agreed_to
from bot.features.people.kinds import PATIENT_ASSOCIATION
from bot.features.people.profile_tables import Profile, Stand
from bot.features.people.tables import Identity, Participant

MEETINGS_OF_ASSOCIATIONS = 2
"""A day, for who represents patients, unless they say otherwise."""


@dataclass(frozen=True)
class ProfileView:
    """What is known of a person for introductions; by default nothing."""

    participant_id: str = ""
    name: str = ""
    organisation: str = ""
    kind: str = ""
    """The kind that counts; "" where it is not known."""
    claimed_kind: str = ""
    """What they say to represent and nobody confirmed yet; it gives no right."""
    job_title: str = ""
    languages: tuple[str, ...] = ()
    """Spoken, by preference."""
    topics: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    seeks: tuple[str, ...] = ()
    always: bool = False
    meetings_a_day: int | None = None
    """None: as many as there are rounds."""
    meets: frozenset[str] = frozenset()
    """The kinds whom they meet; empty for all."""
    no_soliciting: bool = False
    avoided: tuple[str, ...] = ()
    """Organisations, as they wrote them."""
    stand: str | None = None
    meets_at_stand: bool = True
    paused_until: datetime | None = None
    paused_why: str | None = None
    confirmed: bool = False
    """Whether the person saw it and said so."""

    @property
    def kind_confirmed(self) -> bool:
        return not self.claimed_kind


def profile_of(session: Session, event_id: str, participant_id: str) -> ProfileView:
    """Of somebody without a profile: what the list of people says."""
    person = session.get(Participant, (event_id, participant_id))
    if person is None:
        raise NoLongerThereError
    stand = select(Stand.stand).where(
        Stand.event_id == event_id,
        Stand.participant_id == participant_id,
        Stand.withdrawn.is_(False),
    )
    row = session.get(Profile, (event_id, participant_id))
    view = _as_listed(person, session.scalar(stand.order_by(Stand.stand).limit(1)))
    return view if row is None else _as_told(view, row)


def _as_listed(person: Participant, stand: str | None) -> ProfileView:
    association = person.kind == PATIENT_ASSOCIATION
    return ProfileView(
        participant_id=person.participant_id,
        name=person.name or "",
        organisation=person.organisation or "",
        kind=person.kind or "",
        languages=tuple(filter(None, person.languages.split(";"))),
        meetings_a_day=MEETINGS_OF_ASSOCIATIONS if association else None,
        stand=stand,
    )


def _as_told(view: ProfileView, row: Profile) -> ProfileView:
    return replace(
        view,
        claimed_kind=row.claimed_kind or "",
        job_title=row.job_title or "",
        topics=tuple(row.topics),
        offers=tuple(row.offers),
        seeks=tuple(row.seeks),
        always=row.always,
        meetings_a_day=row.meetings_a_day or view.meetings_a_day,
        meets=frozenset(row.meets),
        no_soliciting=row.no_soliciting,
        avoided=tuple(row.avoided),
        meets_at_stand=row.meets_at_stand,
        paused_until=row.paused_until,
        paused_why=row.paused_why,
        confirmed=row.confirmed_at is not None,
    )


def willing(session: Session, event_id: str, now: datetime) -> list[str]:
    """Who may be introduced now: of age, agreed, in a workspace, not paused, not out of reach."""
    reached = select(Identity.participant_id).where(Identity.event_id == event_id)
    not_at_their_stand = (
        select(Stand.participant_id)
        .where(Stand.event_id == event_id, Stand.withdrawn.is_(False))
        .where(Stand.participant_id == Profile.participant_id, Profile.meets_at_stand.is_(False))
        .exists()
    )
    query = (
        select(Participant.participant_id)
        .outerjoin(
            Profile,
            and_(
                Profile.event_id == Participant.event_id,
                Profile.participant_id == Participant.participant_id,
            ),
        )
        .where(
            Participant.event_id == event_id,
            Participant.erased.is_(False),
            Participant.participant_id.in_(reached),
            agreed_to(ADULT),
            agreed_to(INTRODUCTIONS),
            or_(Profile.paused_until.is_(None), Profile.paused_until <= now),
            ~not_at_their_stand,
        )
        .order_by(Participant.participant_id)
    )
    return list(session.scalars(query))


def vocabulary(session: Session, event_id: str) -> list[str]:
    """Every tag in the profiles of the event, once each whatever its case, most used first."""
    used: dict[str, list[str]] = {}
    rows = session.execute(
        select(Profile.topics, Profile.offers, Profile.seeks)
        .where(Profile.event_id == event_id)
        .order_by(Profile.participant_id)
    )
    for row in rows:
        for tag in (*row.topics, *row.offers, *row.seeks):
            used.setdefault(tag.casefold(), []).append(tag)
    return [tags[0] for tags in sorted(used.values(), key=len, reverse=True)]

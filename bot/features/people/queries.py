from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.i18n import Reader, known_language
from bot.features.events.model import EventFile
from bot.features.people.model import Person
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


def reader_of(event: EventFile, participant: Participant | None) -> Reader:
    """How a participant reads: the chosen language, else the locale's, else the event's."""
    if participant is None:
        return Reader.of(event.language, event.zone)
    language = participant.language or known_language(participant.locale, event.language)
    return Reader.of(language, event.zone, participant.locale)


def participant_by_email(session: Session, event_id: str, email: str) -> Participant | None:
    return session.scalar(
        select(Participant).where(
            Participant.event_id == event_id, Participant.email == email.strip().lower()
        )
    )


def participants_called(session: Session, event_id: str, name: str) -> Sequence[Participant]:
    """Those whose name is `name` but for case; a suggestion, never an identity."""
    wanted = " ".join(name.split()).casefold()
    rows = session.scalars(
        select(Participant).where(Participant.event_id == event_id, Participant.name.is_not(None))
    )
    return [row for row in rows if " ".join((row.name or "").split()).casefold() == wanted]


def imported_people(session: Session, event_id: str) -> dict[str, Person]:
    """The people of the organisers' lists by e-mail, as a list would describe them."""
    rows = session.scalars(
        select(Participant).where(
            Participant.event_id == event_id, Participant.imported_at.is_not(None)
        )
    )
    return {
        row.email: Person(
            email=row.email,
            name=row.name or "",
            organisation=row.organisation or "",
            kind=row.kind,
            languages=tuple(filter(None, row.languages.split(";"))),
            extra=row.extra,
        )
        for row in rows
        if row.email
    }


def is_organiser(event: EventFile, participant: Participant | None) -> bool:
    return bool(participant and participant.email and participant.email in event.organisers)

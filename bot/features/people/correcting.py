"""*C'est exact*, or what a person corrects of what registration knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.history import record
from bot.features.people.kinds import say_kind
from bot.features.people.tables import Participant
from bot.features.people.wishes import profile_row


@dataclass(frozen=True)
class Correction:
    """None for what stays as it is known."""

    name: str | None = None
    organisation: str | None = None
    kind: str | None = None
    job_title: str | None = None
    offers: tuple[str, ...] | None = None
    seeks: tuple[str, ...] | None = None


def confirm_profile(
    session: Session, person: Participant, correction: Correction, now: datetime
) -> None:
    """From now on the profile is the person's own: no list changes it."""
    row = profile_row(session, person.event_id, person.participant_id)
    row.confirmed_at = row.confirmed_at or now
    wanted = (
        (person, "name", correction.name),
        (person, "organisation", correction.organisation),
        (row, "job_title", correction.job_title),
        (row, "offers", None if correction.offers is None else list(correction.offers)),
        (row, "seeks", None if correction.seeks is None else list(correction.seeks)),
    )
    changed = [
        (of, field, value)
        for of, field, value in wanted
        if value is not None and value != (getattr(of, field) or type(value)())
    ]
    if changed:
        record(
            session,
            person.event_id,
            "people.corrected",
            person.participant_id,
            at=now,
            actor=person.participant_id,
            before={field: getattr(of, field) for of, field, _ in changed},
            after={field: value for _, field, value in changed},
        )
    for of, field, value in changed:
        setattr(of, field, value if isinstance(value, list) else value or None)
    session.flush()
    if correction.kind is not None:
        say_kind(session, person, correction.kind, now)

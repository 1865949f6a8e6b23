"""What a moderator changes of a session's questions as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.db.history import record
from bot.features.events.queries import event_settings
from bot.features.people.tables import Participant
from bot.features.programme.roles import moderates
from bot.features.questions.model import (
    Done,
    NotModeratorError,
)
from bot.features.questions.sheets import opened, session_row
from bot.features.questions.telling import tell_of_session
from bot.features.questions.undoing import stored

_SHARED = ("black", "figures", "closed_at", "moderation", "anonymous", "guests", "guest_votes")
"""Of a session's questions: what a change may touch and an undo put back."""


def change_session(
    session: Session, person: Participant, session_id: str, now: datetime, **values: Any
) -> Done:
    """Close or open again, moderation before or after, guests, the dark screen, the figures."""
    if not values.keys() <= set(_SHARED):
        raise ValueError(f"not a setting of a session's questions: {sorted(values)}")
    event = event_settings(session, person.event_id)
    session_row(session, person.event_id, session_id)
    if not moderates(session, event, person, session_id):
        raise NotModeratorError
    sheet = opened(session, person.event_id, event, session_id, now)
    before = {name: getattr(sheet, name) for name in values}
    if before == values:
        return Done("", session_id, None)
    for name, value in values.items():
        setattr(sheet, name, value)
    change_id = record(
        session,
        person.event_id,
        "questions.session_changed",
        session_id,
        at=now,
        actor=person.participant_id,
        before=stored({"question": {}, "sheet": before}),
        after=stored({"question": {}, "sheet": values}),
    )
    tell_of_session(session, person.event_id, event, session_id, now)
    return Done("", session_id, change_id)

"""What waits to be asked of people, or told: a row says what, of whom and when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.engine import insert_ignore
from bot.features.introductions.outcome_tables import OutcomeTelling

ENCOUNTER, FOLLOW_UP, PAUSED = "encounter", "follow_up", "paused"
AT_ONCE = 500
"""Rows in one statement, and people in one turn of the job."""


def tell_later(
    session: Session,
    event_id: str,
    about: str,
    subjects: Iterable[tuple[str, str]],
    due_at: datetime,
) -> None:
    """`subjects` are (subject, participant); who was told, or waits already, is not told twice."""
    rows = [
        {
            "event_id": event_id,
            "about": about,
            "subject": subject,
            "participant_id": participant_id,
            "due_at": due_at,
        }
        for subject, participant_id in subjects
    ]
    for start in range(0, len(rows), AT_ONCE):
        insert_ignore(session, OutcomeTelling, rows[start : start + AT_ONCE])


def key_of(about: str, subject: str, participant_id: str) -> str:
    """Of the delivery."""
    return f"outcome:{about}:{subject}:{participant_id}"

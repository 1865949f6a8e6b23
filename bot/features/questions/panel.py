"""What somebody on the panel reads: the questions that were kept for them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import NotAllowedError
from bot.core.i18n import N_
from bot.features.people.tables import Participant
from bot.features.programme.roles import speaks
from bot.features.programme.tables import SpeakerRow
from bot.features.questions.model import ANSWERED, WAITING
from bot.features.questions.queries import QuestionView, questions_of
from bot.features.questions.sheets import session_row


class NotOnPanelError(NotAllowedError):
    by_role = False
    msgid = N_("Only those who speak in this session have a list of questions for it.")


def panel_view(session: Session, person: Participant, session_id: str) -> list[QuestionView]:
    """Theirs that are not closed, and those that were answered; oldest first."""
    session_row(session, person.event_id, session_id)
    if not speaks(session, person.event_id, person.participant_id, session_id):
        raise NotOnPanelError
    return [
        one
        for one in questions_of(session, person.event_id, session_id, (*WAITING, ANSWERED))
        if one.assigned_to == person.participant_id
    ]


def panelists(session: Session, event_id: str, session_id: str) -> Sequence[tuple[str, str]]:
    """Who can be entrusted with a question of a session: (participant, name as announced)."""
    rows = session.execute(
        select(SpeakerRow.participant_id, SpeakerRow.name)
        .where(
            SpeakerRow.event_id == event_id,
            SpeakerRow.session_id == session_id,
            SpeakerRow.participant_id.is_not(None),
        )
        .order_by(SpeakerRow.position)
    )
    return [(row[0], row[1]) for row in rows if row[0]]

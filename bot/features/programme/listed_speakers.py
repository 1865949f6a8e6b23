"""The speakers of sessions as a file lists them, written for all sessions at once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features.people.tables import Participant
from bot.features.programme.model import Speaker
from bot.features.programme.tables import SessionRow, SpeakerRow


def keep_speakers(
    session: Session, event_id: str, listed: Sequence[tuple[SessionRow, Sequence[Speaker]]]
) -> None:
    """Rewrite the lists; a link that an organiser confirmed stays with the name it was for."""
    if not listed:
        return
    session.flush()
    emails = {one.email for _, speakers in listed for one in speakers if one.email}
    linked = _by_email(session, event_id, emails)
    rows = _by_session(session, event_id)
    for row, speakers in listed:
        _rewrite(session, row, rows.get(row.session_id, []), speakers, linked)


def _by_email(session: Session, event_id: str, emails: set[str]) -> dict[str, str]:
    """Who has an address; all of them are read, since a list of thousands fits no query."""
    query = select(Participant.email, Participant.participant_id).where(
        Participant.event_id == event_id, Participant.email.is_not(None)
    )
    known = session.execute(query) if emails else ()
    return {email: participant_id for email, participant_id in known if email in emails}


def _by_session(session: Session, event_id: str) -> dict[str, list[SpeakerRow]]:
    query = select(SpeakerRow).where(SpeakerRow.event_id == event_id)
    rows: dict[str, list[SpeakerRow]] = {}
    for one in session.scalars(query.order_by(SpeakerRow.session_id, SpeakerRow.position)):
        rows.setdefault(one.session_id, []).append(one)
    return rows


def _rewrite(
    session: Session,
    row: SessionRow,
    rows: Sequence[SpeakerRow],
    speakers: Sequence[Speaker],
    linked: dict[str, str],
) -> None:
    confirmed = {old.name: (old.participant_id, old.asked_at) for old in rows}
    for surplus in rows[len(speakers) :]:
        session.delete(surplus)
    for position, speaker in enumerate(speakers):
        before, asked_at = confirmed.get(speaker.name, (None, None))
        if position < len(rows):
            kept = rows[position]
        else:
            kept = SpeakerRow(event_id=row.event_id, session_id=row.session_id, position=position)
            session.add(kept)
        kept.name, kept.email = speaker.name, speaker.email
        kept.organisation, kept.source_id = speaker.organisation, speaker.source_id
        kept.participant_id = linked.get(speaker.email or "") or before
        kept.asked_at = asked_at

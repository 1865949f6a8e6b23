"""Hosts whose sessions run late, as they say so on a page of another process of Maillon's."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.drill.lateness import Late
from bot.drill.stage import Stage
from bot.features.delays.actions import announce_delay, standing_delay, undo_delay
from bot.features.delays.model import seen_end
from bot.features.people.queries import participant_by_email
from bot.features.people.tables import Participant
from bot.features.programme.tables import SessionRow


def run_late(stage: Stage, late: Late, host: str) -> None:
    with Session(stage.engine) as session, session.begin():
        row, person = _found(stage, session, late, host)
        seen = seen_end(row.ends_at)
        announce_delay(session, person, row.session_id, late.minutes, seen, late.at)


def take_back(stage: Stage, late: Late, host: str) -> None:
    assert late.until is not None
    with Session(stage.engine) as session, session.begin():
        row, person = _found(stage, session, late, host)
        delay = standing_delay(session, row.event_id, row.session_id)
        assert delay is not None, "it was announced before"
        undo_delay(session, person, delay.delay_id, late.until)


def _found(stage: Stage, session: Session, late: Late, host: str) -> tuple[SessionRow, Participant]:
    row = session.scalars(
        select(SessionRow).where(
            SessionRow.event_id == stage.event_id, SessionRow.source_id == late.session
        )
    ).one()
    person = participant_by_email(session, stage.event_id, host)
    assert person is not None, "hosts are on the sample's list"
    return row, person

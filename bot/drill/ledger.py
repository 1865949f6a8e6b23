"""The bot's own books, read from outside: is there still something to do?"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import Engine, and_, func, or_, select
from sqlalchemy.orm import Session

from bot.db.engine import READ_ONLY
from bot.delivery.tables import QUEUED, SENDING, SKIPPED, UNKNOWN, Delivery
from bot.features.programme.jobs import next_due
from bot.features.programme.tables import SessionRow, Star


class Ledger:
    def __init__(self, engine: Engine, event_id: str) -> None:
        self._engine = engine.execution_options(**READ_ONLY)
        self._event_id = event_id

    def next_due(self) -> datetime | None:
        with Session(self._engine) as session:
            return next_due(session, self._event_id)

    def at_rest(self, now: datetime) -> bool:
        """Whether nothing is due, queued, sending or unknown at event time `now`."""
        with Session(self._engine) as session:
            # In this order: what a job that is due enqueues is then seen by the second look.
            due = next_due(session, self._event_id)
            return (due is None or due > now) and not self._open(session, now)

    def open_deliveries(self, now: datetime) -> Counter[str]:
        """How many are in each state that is not an end."""
        with Session(self._engine) as session:
            return self._open(session, now)

    def _open(self, session: Session, now: datetime) -> Counter[str]:
        rows = session.execute(
            select(Delivery.state, func.count())
            .where(
                Delivery.event_id == self._event_id,
                or_(
                    Delivery.state.in_((SENDING, UNKNOWN)),
                    and_(Delivery.state == QUEUED, Delivery.due_at <= now),
                ),
            )
            .group_by(Delivery.state)
        )
        return Counter(dict(rows.all()))

    def skipped(self) -> int:
        with Session(self._engine) as session:
            count = session.scalar(
                select(func.count()).where(
                    Delivery.event_id == self._event_id, Delivery.state == SKIPPED
                )
            )
        return count or 0

    def stars(self) -> int:
        with Session(self._engine) as session:
            count = session.scalar(
                select(func.count()).select_from(Star).where(Star.event_id == self._event_id)
            )
        return count or 0

    def session_ids(self) -> dict[str, str]:
        """Our ids by those of the programme's file."""
        with Session(self._engine) as session:
            rows = session.execute(
                select(SessionRow.source_id, SessionRow.session_id).where(
                    SessionRow.event_id == self._event_id
                )
            )
            return dict(rows.all())

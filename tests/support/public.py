"""The page of the sample congress, served."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.clock import SimulatedClock
from bot.db.engine import create_database_engine
from bot.features.events.tables import Event
from bot.web import public
from tests.support.rooms import DESCARTES, Hall
from tests.support.web import served


@contextmanager
def event_page(database_url: str, now: datetime) -> Iterator[Hall]:
    """The sample congress; `imports` and `clock` of the hall change it."""
    engine = create_database_engine(database_url)
    with Session(engine) as session:
        event_id = session.scalars(select(Event.event_id)).one()
    engine.dispose()
    clock = SimulatedClock(now)
    with served(database_url, public.routes, clock, tick_s=0.0) as site:
        yield Hall(site, clock, event_id, DESCARTES)

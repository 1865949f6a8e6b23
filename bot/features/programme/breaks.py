"""The breaks of the programme in which people are introduced."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy.orm import Session

from bot.core.i18n import Reader
from bot.features.events.queries import event_settings
from bot.features.programme.queries import ProgrammeEntry, entries
from bot.features.programme.tables import SessionRow
from bot.features.programme.wording import same_day

FROM, UNTIL, NOON = time(9, 0), time(14, 0), time(12, 0)
"""Mid-morning and lunch: not over the first coffee, nor in the evening."""


def next_break(session: Session, event_id: str, now: datetime) -> ProgrammeEntry | None:
    event = event_settings(session, event_id)
    ahead = entries(
        session,
        event_id,
        SessionRow.kind == "networking",
        SessionRow.cancelled.is_(False),
        SessionRow.starts_at > now,
    )
    suitable = (one for one in ahead if FROM <= one.starts_at.astimezone(event.tz).time() <= UNTIL)
    return next(suitable, None)


def first_proposal(session: Session, event_id: str, now: datetime, reader: Reader) -> str:
    """When somebody who just agreed hears of the first person to meet."""
    ahead = next_break(session, event_id, now)
    if ahead is None:
        return reader.gettext("No break is left in which people are introduced.")
    start = ahead.starts_at
    if not same_day(start, now, reader):
        sentence = reader.gettext("First proposal on {day}, in the break at {time}.")
    elif start.astimezone(reader.zone).time() < NOON:
        sentence = reader.gettext("First proposal this morning, in the break at {time}.")
    else:
        sentence = reader.gettext("First proposal today, in the break at {time}.")
    return sentence.format(day=reader.day(start), time=reader.time(start))

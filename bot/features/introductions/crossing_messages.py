"""The report in the organisers' channel: as the congress closes, and a week after each asking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from hmac import compare_digest
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Picture
from bot.core.errors import NotAllowedError
from bot.core.i18n import Reader
from bot.core.ids import new_id
from bot.db.moments import EVENT
from bot.delivery.outbox import Place, enqueue
from bot.delivery.tables import Delivery
from bot.features.events.model import EventFile
from bot.features.events.queries import event_rules, workspace_ids
from bot.features.introductions.crossing_report import as_text, report_card
from bot.features.introductions.crossings import crossings_report
from bot.features.introductions.follow_ups import working_morning
from bot.features.introductions.tables import IntroductionMember
from bot.features.people.queries import is_organiser
from bot.features.people.tables import Participant

CLOSING = time(18, 0)
"""On the last day, in the event's zone."""
AFTER_DAYS = (0, 8, 37, 97)
"""Days after the last day: as it closes, and a week after the first, third and fourth wave."""


def report_for(session: Session, event: EventFile, person: Participant, reader: Reader) -> Card:
    """« bilan »: the report as of now, for organisers."""
    if not is_organiser(event, person):
        raise NotAllowedError
    report = crossings_report(session, person.event_id, event)
    return report_card(report, event, reader)


@dataclass(frozen=True)
class CrossingsReported:
    """In the organisers' channel; `picture_id` is the secret of its picture's address."""

    name: ClassVar[str] = "introductions.crossings"
    version: ClassVar[int] = 1
    event_id: str
    picture_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        report = crossings_report(session, self.event_id, event)
        card = report_card(report, event, reader)
        now = Action(reader.gettext("Figures as of now"), "outcome.report")
        picture = Picture(f"/report/{self.picture_id}.png", as_text(card))
        return replace(card, actions=(now,), picture=picture)


def event_of_picture(session: Session, picture_id: str) -> str | None:
    """The event whose report was posted with that picture."""
    for event_id, post in _pictures(session):
        if compare_digest(post, picture_id):
            return event_id
    return None


def newest_picture(session: Session, event_id: str) -> str | None:
    return next((one for of, one in _pictures(session) if of == event_id), None)


def _pictures(session: Session) -> list[tuple[str, str]]:
    """(event, picture), the newest first: a few an event."""
    posts = session.execute(
        select(Delivery.event_id, Delivery.args)
        .where(Delivery.message == CrossingsReported.name)
        .order_by(Delivery.created_at.desc())
    )
    return [(event_id, args["picture_id"]) for event_id, args in posts if args]


def reported_at(event: EventFile, days: int) -> datetime:
    day = event.last_day + timedelta(days=days)
    if days == 0:
        return datetime.combine(day, CLOSING, event.tz)
    return working_morning(event, day)


def post_report(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    """Of reports that were missed while nothing ran, only the last."""
    due = [days for days in _unposted(session, event_id, event) if reported_at(event, days) <= now]
    for days in due:
        for workspace_id in workspace_ids(session, event_id):
            enqueue(
                session,
                event_id,
                Place(workspace_id, channel=event.channels.organisers),
                CrossingsReported(event_id, new_id()),
                _key(days, workspace_id),
                message_class="useful",
                now=now,
                # What was missed is written down, but nobody hears it.
                expires_at=now if days != due[-1] else None,
            )


_MET = select(select(IntroductionMember).where(IntroductionMember.event_id == EVENT).exists())


def next_report(session: Session, event_id: str) -> datetime | None:
    event = event_rules(session, event_id)
    moments = (reported_at(event, days) for days in _unposted(session, event_id, event))
    return min(moments, default=None)


def _unposted(session: Session, event_id: str, event: EventFile) -> list[int]:
    """Where there is a channel for them, and anybody was introduced."""
    if event.channels.organisers is None or not session.scalar(_MET, {"event_id": event_id}):
        return []
    workspaces = workspace_ids(session, event_id)
    keys = {_key(days, one): days for days in AFTER_DAYS for one in workspaces}
    posted = select(Delivery.key).where(Delivery.event_id == event_id, Delivery.key.in_(keys))
    done = {keys[key] for key in session.scalars(posted)}
    return [days for days in AFTER_DAYS if days not in done]


def _key(days: int, workspace_id: str) -> str:
    return f"crossings:{days}:{workspace_id}"


MESSAGES = (CrossingsReported,)

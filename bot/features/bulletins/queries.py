"""What stands, what is written, and how far it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from bot.features.bulletins.model import (
    ABANDONED,
    CHANNEL,
    DRAFT,
    EMERGENCY,
    ROOM,
    SCHEDULED,
    SENT,
    SHOWN_FOR,
    Content,
    Words,
)
from bot.features.bulletins.tables import Bulletin, BulletinLetter, PracticalInfo
from bot.features.events.model import EventFile
from bot.features.people.queries import has_home
from bot.features.people.tables import Participant
from bot.features.programme.notices import posts_today
from bot.features.programme.queries import ProgrammeEntry, day_of, entries, rooms
from bot.features.programme.tables import SessionRow, Star

LISTED = 10
CHOOSABLE = 60
"""Sessions to choose from: the next ones that somebody chose."""


@dataclass(frozen=True)
class Standing:
    """What a page or a screen shows above everything else."""

    bulletin_id: str
    words: Words
    since: datetime


def standing_emergency(session: Session, event_id: str) -> Standing | None:
    """The alert that was given and not lifted yet."""
    found = _standing(session, event_id, Bulletin.kind == EMERGENCY)
    return found[0][1] if found else None


def shown_at(
    session: Session, event_id: str, room: str, now: datetime
) -> tuple[Standing | None, list[Standing]]:
    """The emergency, and the announcements to `room` (none if "") that are still worth reading."""
    recent = and_(
        Bulletin.audience == ROOM, Bulletin.target == room, Bulletin.sent_at > now - SHOWN_FOR
    )
    found = _standing(session, event_id, or_(Bulletin.kind == EMERGENCY, recent))
    alerts = [one for kind, one in found if kind == EMERGENCY]
    others = [one for kind, one in found if kind != EMERGENCY]
    return (alerts[0] if alerts else None), (others if room else [])


def _standing(
    session: Session, event_id: str, which: ColumnElement[bool]
) -> list[tuple[str, Standing]]:
    rows = session.scalars(
        select(Bulletin)
        .where(Bulletin.event_id == event_id, Bulletin.state == SENT, which)
        .order_by(Bulletin.sent_at.desc(), Bulletin.bulletin_id)
    )
    return [
        (row.kind, Standing(row.bulletin_id, words_of(row), row.sent_at))
        for row in rows
        if row.sent_at is not None
    ]


def words_of(row: Bulletin) -> Words:
    return Words(row.text_fr, row.text_en)


def published(row: Bulletin) -> Content:
    """What was decided, whatever is being written."""
    return Content(words_of(row), row.audience, row.target, row.next_send_at)


def content_of(row: Bulletin) -> Content:
    """What is being written, else what was decided."""
    return published(row) if row.draft is None else Content.of(row.draft)


def bulletins_of(session: Session, event_id: str) -> list[Bulletin]:
    """The newest first, an alert that stands before all, then what is to come."""
    rows = session.scalars(
        select(Bulletin)
        .where(Bulletin.event_id == event_id, Bulletin.state != ABANDONED)
        .order_by(Bulletin.changed_at.desc(), Bulletin.bulletin_id)
    ).all()
    return sorted(rows, key=_order)[:LISTED]


def _order(row: Bulletin) -> int:
    if row.kind == EMERGENCY and row.state == SENT:
        return 0
    return 1 if row.state in (SCHEDULED, DRAFT) or row.draft is not None else 2


def choosable_sessions(
    session: Session, event_id: str, now: datetime
) -> list[tuple[ProgrammeEntry, int]]:
    """Sessions that are not over, each with how many chose it; nobody is reached otherwise."""
    counts = dict(
        session.execute(
            select(Star.session_id, func.count())
            .where(Star.event_id == event_id)
            .group_by(Star.session_id)
        ).all()
    )
    ahead = entries(session, event_id, SessionRow.session_id.in_(counts), SessionRow.ends_at > now)
    return [(one, counts[one.session_id]) for one in ahead[:CHOOSABLE]]


def letters_of(session: Session, row: Bulletin) -> list[BulletinLetter]:
    query = select(BulletinLetter).where(
        BulletinLetter.event_id == row.event_id, BulletinLetter.bulletin_id == row.bulletin_id
    )
    return list(session.scalars(query))


def choosers(session: Session, event_id: str, session_id: str) -> list[tuple[str, bool]]:
    """Who chose a session and can be written to, each with whether they want fewer messages."""
    rows = session.execute(
        select(Star.participant_id, Participant.fewer_messages)
        .join(
            Participant,
            (Participant.event_id == Star.event_id)
            & (Participant.participant_id == Star.participant_id),
        )
        .where(
            Star.event_id == event_id,
            Star.session_id == session_id,
            has_home(event_id, Star.participant_id),
        )
        .order_by(Star.participant_id)
    )
    return [(row.participant_id, row.fewer_messages) for row in rows]


@dataclass(frozen=True)
class Reach:
    """How far an emergency goes."""

    channels: int
    rooms: int
    """Each has a page and a screen."""
    people: int
    """Those on the organisers' list, and whoever else was met."""


def reach(session: Session, event_id: str, event: EventFile) -> Reach:
    people = select(func.count()).where(
        Participant.event_id == event_id, Participant.erased.is_(False)
    )
    return Reach(
        len(event.channels.all()), len(rooms(session, event_id)), session.scalar(people) or 0
    )


def channel_of(event: EventFile, content: Content) -> str | None:
    """Where it is posted; None for what goes to people one by one, or everywhere."""
    if content.audience == CHANNEL:
        return content.target
    return event.channels.of(content.target, None) if content.audience == ROOM else None


def posts_of_the_day(
    session: Session, event_id: str, event: EventFile, channel: str, moment: datetime
) -> int:
    """What a channel is told on the day of `moment`: said, to be announced, scheduled."""
    start, end = day_of(event, moment)
    ahead = session.execute(
        select(SessionRow.room, SessionRow.track, SessionRow.starts_at).where(
            SessionRow.event_id == event_id,
            SessionRow.next_announce_at >= start,
            SessionRow.next_announce_at < end,
        )
    )
    announced = {
        row.starts_at for row in ahead if event.channels.of(row.room, row.track) == channel
    }
    scheduled = session.scalars(
        select(Bulletin).where(
            Bulletin.event_id == event_id,
            Bulletin.next_send_at >= start,
            Bulletin.next_send_at < end,
        )
    ).all()
    planned = [row for row in scheduled if channel_of(event, published(row)) == channel]
    said = posts_today(session, event_id, event, channel, moment)
    return said + len(announced) + len(planned)


@dataclass(frozen=True)
class Info:
    """One entry of the practical information, for one reader."""

    title: str
    text: str
    language: str


def practical_info(session: Session, event_id: str, language: str) -> list[Info]:
    """In the organisers' order; what has no English is said in French."""
    rows = session.scalars(
        select(PracticalInfo)
        .where(PracticalInfo.event_id == event_id)
        .order_by(PracticalInfo.position)
    )
    return [
        Info(row.title_en, row.text_en, "en")
        if language == "en" and row.text_en
        else Info(row.title_fr, row.text_fr, "fr")
        for row in rows
    ]

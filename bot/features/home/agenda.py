"""The day of a person as a calendar under a secret address, which they can change."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.core.i18n import N_, Reader
from bot.db.engine import insert_ignore
from bot.db.history import Change, record
from bot.features.events.queries import event_settings
from bot.features.home.calendar import Occasion, calendar_file
from bot.features.home.tables import AgendaFeed
from bot.features.introductions.mine import MyMeeting, my_meetings
from bot.features.people.queries import reader_of
from bot.features.people.tables import Participant
from bot.features.programme.queries import ProgrammeEntry, starred
from bot.features.programme.tables import SessionRow
from bot.features.programme.wording import place_line, speaker_line

SECRET_BYTES = 32


class NoAgendaError(MaillonError):
    msgid = N_("This address is no longer valid. /maillon agenda gives the present one.")


# ---------------------------------------------------------------- the address


def agenda_path(session: Session, person: Participant, now: datetime) -> str:
    """Where the person's calendar is; made when it is first asked for."""
    key = (person.event_id, person.participant_id)
    if session.get(AgendaFeed, key) is None:
        fresh = {
            "event_id": person.event_id,
            "participant_id": person.participant_id,
            "secret": secrets.token_urlsafe(SECRET_BYTES),
            "made_at": now,
        }
        insert_ignore(session, AgendaFeed, [fresh])
    return f"/agenda/{session.get_one(AgendaFeed, key).secret}.ics"


def change_address(session: Session, person: Participant, now: datetime) -> str:
    """The old address leads nowhere from now on."""
    agenda_path(session, person, now)
    feed = session.get_one(AgendaFeed, (person.event_id, person.participant_id))
    feed.secret, feed.made_at = secrets.token_urlsafe(SECRET_BYTES), now
    feed.digest = feed.changed_at = None
    record(
        session,
        person.event_id,
        "agenda.address_changed",
        person.participant_id,
        at=now,
        actor=person.participant_id,
    )
    session.flush()
    return agenda_path(session, person, now)


# ---------------------------------------------------------------- what stands there


@dataclass(frozen=True)
class Agenda:
    """The file, and since when it has been as it is; None if nobody has seen it so yet."""

    name: str
    content: bytes
    digest: str
    changed_at: datetime | None


def agenda_at(session: Session, secret: str) -> Agenda:
    feed = _feed(session, secret)
    person = session.get_one(Participant, (feed.event_id, feed.participant_id))
    event = event_settings(session, feed.event_id)
    reader = reader_of(event, person)
    content = calendar_file(event.title, occasions(session, person, reader))
    digest = hashlib.sha256(content).hexdigest()
    same = digest == feed.digest
    return Agenda(event.slug, content, digest, feed.changed_at if same else None)


def noted(session: Session, secret: str, now: datetime) -> Agenda:
    """The same, and from now on it is known since when."""
    found = agenda_at(session, secret)
    if found.changed_at is None:
        feed = _feed(session, secret)
        feed.digest, feed.changed_at = found.digest, now
        session.flush()
        found = agenda_at(session, secret)
    return found


def _feed(session: Session, secret: str) -> AgendaFeed:
    feed = session.scalar(select(AgendaFeed).where(AgendaFeed.secret == secret))
    if feed is None:
        raise NoAgendaError
    return feed


def occasions(session: Session, person: Participant, reader: Reader) -> list[Occasion]:
    """The sessions that a person chose, and their meetings."""
    event_id = person.event_id
    chosen = starred(session, event_id, person.participant_id)
    meetings = my_meetings(session, event_id, person.participant_id)
    revisions = _revisions(
        session,
        event_id,
        {
            *(one.session_id for one in chosen),
            *(one.introduction_id for one in meetings),
            *(one.meeting.round.round_id for one in meetings),
        },
    )
    addresses = _addresses(session, event_id, [one.session_id for one in chosen])
    return [
        *(_session(one, addresses.get(one.session_id), revisions, event_id, reader)
          for one in chosen),
        *(_meeting(one, revisions, event_id, reader) for one in meetings),
    ]  # fmt: skip


Revisions = dict[str, tuple[int, datetime]]


def _revisions(session: Session, event_id: str, subjects: Collection[str]) -> Revisions:
    """How often each was changed, and when for the last time."""
    rows = session.execute(
        select(Change.subject, func.count(), func.max(Change.at))
        .where(Change.event_id == event_id, Change.subject.in_(subjects))
        .group_by(Change.subject)
    )
    return {subject: (count, at) for subject, count, at in rows}


def _addresses(
    session: Session, event_id: str, session_ids: Collection[str]
) -> dict[str, str | None]:
    rows = select(SessionRow.session_id, SessionRow.url).where(
        SessionRow.event_id == event_id, SessionRow.session_id.in_(session_ids)
    )
    return {row.session_id: row.url for row in session.execute(rows)}


def _session(
    one: ProgrammeEntry, url: str | None, revisions: Revisions, event_id: str, reader: Reader
) -> Occasion:
    count, at = revisions.get(one.session_id, (1, one.starts_at))
    return Occasion(
        uid=_uid(one.session_id, event_id),
        title=_called(one.title, one.cancelled, reader),
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        place=one.room,
        lines=(place_line(one, reader), speaker_line(one, reader)),
        cancelled=one.cancelled,
        revision=count - 1,
        revised_at=at,
        url=url,
    )


def _meeting(one: MyMeeting, revisions: Revisions, event_id: str, reader: Reader) -> Occasion:
    """With whom, as far as they allow at this moment."""
    made = one.meeting.introduction.made_at
    nothing = (0, made)
    count, at = revisions.get(one.introduction_id, nothing)
    moves, moved_at = revisions.get(one.meeting.round.round_id, nothing)
    title = one.meeting.title(reader)
    whom = one.with_whom(reader) if one.takes_place else ""
    return Occasion(
        uid=_uid(one.introduction_id, event_id),
        title=_called(" ".join(filter(None, (title, whom))), not one.takes_place, reader),
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        place=one.meeting.place(reader) if one.takes_place else "",
        lines=(one.meeting.window(reader),),
        cancelled=not one.takes_place,
        revision=count + moves,
        revised_at=max(at, moved_at, made),
    )


def _uid(name: str, event_id: str) -> str:
    return f"{name}@{event_id}.maillon"


def _called(title: str, cancelled: bool, reader: Reader) -> str:
    """Some readers show what is cancelled like everything else."""
    return reader.gettext("Cancelled: {title}").format(title=title) if cancelled else title

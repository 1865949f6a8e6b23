"""Writing, publishing, changing and withdrawing; an emergency takes two presses.

All of them take turns by the lock on the event: two organisers never overwrite each other, and
the job that sends never meets somebody who is withdrawing.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.db.history import record
from bot.features.bulletins.model import (
    ABANDONED,
    ALERT_MOST,
    CHANNEL,
    CONFIRM_WITHIN,
    DRAFT,
    EMERGENCY,
    EVERYWHERE,
    ROOM,
    SCHEDULED,
    SENT,
    TEXT_MOST,
    WITHDRAWN,
    ChangedMeanwhileError,
    ConfirmAgainError,
    Content,
    NoAudienceError,
    NoBulletinError,
    NoTextError,
    OverMeanwhileError,
    PastMomentError,
    StandsAlreadyError,
    Words,
)
from bot.features.bulletins.queries import published, standing_emergency
from bot.features.bulletins.rights import check
from bot.features.bulletins.sending import hold_back, send, show_as_it_is
from bot.features.bulletins.tables import Bulletin
from bot.features.events.actions import lock_event
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.people.tables import Participant
from bot.features.programme.queries import rooms
from bot.features.programme.tables import SessionRow


def find(session: Session, event: EventFile, person: Participant, bulletin_id: str) -> Bulletin:
    """One that can still be read and changed, for an organiser."""
    check(session, person.event_id, event, person)
    row = session.get(Bulletin, (person.event_id, bulletin_id))
    if row is None or row.state == ABANDONED:
        raise NoBulletinError
    return row


def _locked(
    session: Session, person: Participant, bulletin_id: str, version: int | None = None
) -> tuple[EventFile, Bulletin]:
    lock_event(session, person.event_id)
    event = event_settings(session, person.event_id)
    row = find(session, event, person, bulletin_id)
    session.refresh(row)  # as it is now that it is our turn
    if version is not None and row.version != version:
        raise ChangedMeanwhileError
    return event, row


def draft(
    session: Session, person: Participant, kind: str, content: Content, now: datetime
) -> Bulletin:
    """Begin an announcement: nothing is said yet."""
    event = event_settings(session, person.event_id)
    check(session, person.event_id, event, person)
    row = Bulletin(
        event_id=person.event_id,
        bulletin_id=new_id(),
        kind=kind,
        state=DRAFT,
        version=0,
        text_fr="",
        text_en="",
        audience="",
        target="",
        changed_at=now,
    )
    session.add(row)
    return _write(session, event, person, row, content, now)


def rewrite(
    session: Session,
    person: Participant,
    bulletin_id: str,
    version: int,
    content: Content,
    now: datetime,
) -> Bulletin:
    """Write it anew; what was published or scheduled holds until this is published."""
    event, row = _locked(session, person, bulletin_id, version)
    if row.state == WITHDRAWN:
        raise OverMeanwhileError
    return _write(session, event, person, row, content, now)


def _write(
    session: Session,
    event: EventFile,
    person: Participant,
    row: Bulletin,
    content: Content,
    now: datetime,
) -> Bulletin:
    most = ALERT_MOST if row.kind == EMERGENCY else TEXT_MOST
    words = Words(content.words.fr.strip()[:most], content.words.en.strip()[:most])
    if not words.fr:
        raise NoTextError
    audience, target, send_at = content.audience, content.target, content.send_at
    if row.kind == EMERGENCY:
        audience, target, send_at = EVERYWHERE, "", None
    elif row.state == SENT:  # what was read by some stays theirs
        audience, target, send_at = row.audience, row.target, None
    else:
        _check_audience(session, event, person.event_id, content, now)
    if send_at is not None and send_at <= now:
        raise PastMomentError
    before, kept = row.draft, Content(words, audience, target, send_at)
    row.draft, row.version, row.changed_at = kept.stored(), row.version + 1, now
    row.armed = row.armed_at = None
    _record(session, person, "bulletin.written", row, now, before=before, after=row.draft)
    return row


def _check_audience(
    session: Session, event: EventFile, event_id: str, content: Content, now: datetime
) -> None:
    if content.audience == CHANNEL:
        known = content.target in event.channels.all()
    elif content.audience == ROOM:
        known = content.target in rooms(session, event_id)
    else:
        about = session.get(SessionRow, (event_id, content.target))
        known = about is not None and about.ends_at > now
    if not known:
        raise NoAudienceError


def publish(
    session: Session, person: Participant, bulletin_id: str, version: int, now: datetime
) -> Bulletin:
    """Say what was written, or say it in place of what stands; later, if it has a moment."""
    event, row = _locked(session, person, bulletin_id, version)
    if row.kind == EMERGENCY and row.state != SENT:
        raise ConfirmAgainError
    _take_over(session, person, event, row, now)
    return row


def _take_over(
    session: Session, person: Participant, event: EventFile, row: Bulletin, now: datetime
) -> None:
    if row.draft is None:
        return  # pressed twice
    before, content = published(row).stored(), Content.of(row.draft)
    row.text_fr, row.text_en = content.words.fr, content.words.en
    row.draft, row.changed_at = None, now
    row.version += 1
    if row.state == SENT:
        show_as_it_is(session, row, now)
        _record(session, person, "bulletin.changed", row, now, before, published(row).stored())
        return
    row.audience, row.target = content.audience, content.target
    row.state, row.next_send_at = SCHEDULED, max(content.send_at or now, now)
    _record(session, person, "bulletin.published", row, now, before, published(row).stored())
    if row.next_send_at <= now:
        send(session, event, row, now)


def abandon(session: Session, person: Participant, bulletin_id: str, now: datetime) -> Bulletin:
    """Let go of what was being written; what was decided before holds."""
    _, row = _locked(session, person, bulletin_id)
    if row.draft is None:
        return row
    before, row.draft, row.changed_at = row.draft, None, now
    row.version += 1
    row.armed = row.armed_at = None
    if row.state == DRAFT:
        row.state, row.ended_at = ABANDONED, now
    _record(session, person, "bulletin.abandoned", row, now, before=before)
    return row


def withdraw(session: Session, person: Participant, bulletin_id: str, now: datetime) -> Bulletin:
    """Posts become a courteous sentence, what waits is not sent; an alert is lifted."""
    _, row = _locked(session, person, bulletin_id)
    if row.state not in (SCHEDULED, SENT):
        return row
    before, row.state = row.state, WITHDRAWN
    row.next_send_at, row.draft, row.ended_at, row.changed_at = None, None, now, now
    row.version += 1
    session.flush()
    hold_back(session, row, now)
    show_as_it_is(session, row, now)
    what = "emergency.lifted" if row.kind == EMERGENCY else "bulletin.withdrawn"
    _record(session, person, what, row, now, before=before, after=row.state)
    return row


def arm(
    session: Session, person: Participant, bulletin_id: str, version: int, now: datetime
) -> Bulletin:
    """The first press of an emergency: what the second one has to bring along."""
    _, row = _locked(session, person, bulletin_id, version)
    if row.kind != EMERGENCY or row.draft is None:
        raise NoBulletinError
    _only_one(session, person)
    row.armed, row.armed_at = new_id(), now
    _record(session, person, "emergency.armed", row, now, after=row.draft)
    return row


def launch(
    session: Session, person: Participant, bulletin_id: str, armed: str, now: datetime
) -> Bulletin:
    """The second press: it goes to every channel, page and screen at once."""
    event, row = _locked(session, person, bulletin_id)
    if row.state == SENT:
        return row  # pressed twice
    if row.armed is None or row.armed != armed or row.armed_at is None:
        raise ConfirmAgainError
    if now - row.armed_at > CONFIRM_WITHIN:
        raise ConfirmAgainError
    _only_one(session, person)
    row.armed = row.armed_at = None
    _take_over(session, person, event, row, now)
    return row


def _only_one(session: Session, person: Participant) -> None:
    if standing_emergency(session, person.event_id) is not None:
        raise StandsAlreadyError


def _record(
    session: Session,
    person: Participant,
    what: str,
    row: Bulletin,
    now: datetime,
    before: object = None,
    after: object = None,
) -> None:
    record(
        session,
        row.event_id,
        what,
        row.bulletin_id,
        at=now,
        actor=person.participant_id,
        before=before,
        after=after,
    )

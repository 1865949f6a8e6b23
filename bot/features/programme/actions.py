from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.core.errors import NoLongerThereError, NotAllowedError
from bot.core.ids import new_id
from bot.db.engine import insert_ignore
from bot.db.history import record
from bot.delivery.outbox import Place, enqueue, refresh
from bot.delivery.tables import POST, Delivery
from bot.features.events.actions import lock_event
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.people.queries import same_name
from bot.features.people.tables import Participant
from bot.features.programme.changes import Was, tell_of
from bot.features.programme.leads import remind_in_time, schedule
from bot.features.programme.listed_speakers import keep_speakers
from bot.features.programme.messages import ProgrammeAnswer, SpeakersToConfirm
from bot.features.programme.model import (
    Change,
    ProgrammeDiff,
    ProgrammeSession,
    SessionChange,
    Speaker,
    diff,
    storable,
)
from bot.features.programme.on_stage import link_by_address
from bot.features.programme.queries import known_sessions
from bot.features.programme.rights import organises
from bot.features.programme.shifting import ON_ITS_TIME, Late, shifts_of
from bot.features.programme.tables import NOBODY_YET, SessionRow, SpeakerRow, Star, brief_again


def import_programme(
    session: Session,
    event_id: str,
    programme: Sequence[ProgrammeSession],
    now: datetime,
    *,
    apply: bool = True,
    step: Callable[..., None] = lambda **_: None,
) -> ProgrammeDiff:
    """Make the programme what a file says, and have told what has to be; `apply=False` looks.

    `step` hears how many sessions are done, of how many.
    """
    lock_event(session, event_id)
    changes = diff(known_sessions(session, event_id), [storable(one) for one in programme])
    if not apply:
        return changes
    event = event_settings(session, event_id)
    rows = {
        row.source_id: row
        for row in session.scalars(select(SessionRow).where(SessionRow.event_id == event_id))
    }
    before = {source_id: Was.of(row) for source_id, row in rows.items()}
    late = shifts_of(session, event_id)
    import_id = new_id()
    listed: list[tuple[SessionRow, Sequence[Speaker]]] = []
    for number, change in enumerate(changes.changes, start=1):
        step(done=number, of=len(changes.changes))
        if not change.unchanged:
            row = rows.get(change.session.source_id) or _new_row(session, event_id, change.session)
            _apply(session, event, row, change, late.get(row.session_id, ON_ITS_TIME), now)
            _record(session, row, change, now, import_id)
            if change.lists_others:
                listed.append((row, change.session.speakers))
    keep_speakers(session, event_id, listed)
    session.flush()
    remind_in_time(session, event_id, event, now)
    tell_of(session, event_id, event, changes, before, now)
    return changes


def _new_row(session: Session, event_id: str, programme: ProgrammeSession) -> SessionRow:
    row = SessionRow(event_id=event_id, session_id=new_id(), source_id=programme.source_id)
    row.cancelled = False
    session.add(row)
    return row


def _apply(
    session: Session,
    event: EventFile,
    row: SessionRow,
    change: SessionChange,
    late: Late,
    now: datetime,
) -> None:
    """What runs late still does: `late` is added to what the file says."""
    row.next_brief_at = now
    if change.after is None:
        row.cancelled = True
        row.next_announce_at = row.next_remind_at = None
        return
    after = change.after
    row.title, row.kind, row.room, row.track = after.title, after.kind, after.room, after.track
    row.language, row.abstract = after.language, after.abstract
    row.url, row.code = after.url, after.code
    row.planned_starts_at, row.planned_ends_at = after.starts_at, after.ends_at
    row.starts_at, row.ends_at = after.starts_at + late[0], after.ends_at + late[1]
    row.cancelled = False
    if change.kinds & {Change.NEW, Change.START_MOVED, Change.RETURNED}:
        schedule(event, row, now)


def _record(
    session: Session, row: SessionRow, change: SessionChange, now: datetime, import_id: str
) -> None:
    record(
        session,
        row.event_id,
        "programme." + "+".join(sorted(change.kinds)),
        row.session_id,
        at=now,
        actor="programme",
        before=_facts(change.before),
        after=_facts(change.after),
        cause=import_id,
    )


def _facts(programme: ProgrammeSession | None) -> dict[str, object] | None:
    """What a later undo needs; speakers are counted, since a history outlives an erasure."""
    if programme is None:
        return None
    return {
        "title": programme.title,
        "room": programme.room,
        "starts_at": programme.starts_at.isoformat(),
        "ends_at": programme.ends_at.isoformat(),
        "speakers": len(programme.speakers),
    }


def link_known_speakers(session: Session, event_id: str) -> int:
    """After people became known: link speakers by address, how many, and look at names anew."""
    session.execute(
        update(SpeakerRow)
        .where(SpeakerRow.event_id == event_id, SpeakerRow.asked_at == NOBODY_YET)
        .values(asked_at=None)
    )
    return link_by_address(session, event_id)


def confirm_speaker(
    session: Session,
    event_id: str,
    actor: Participant,
    session_id: str,
    position: int,
    participant_id: str,
    now: datetime,
) -> SpeakerRow:
    """An organiser says that a speaker is a participant: in every session of that name."""
    if not organises(session, event_settings(session, event_id), actor):
        raise NotAllowedError
    speaker = session.get(SpeakerRow, (event_id, session_id, position))
    person = session.get(Participant, (event_id, participant_id))
    # The list of speakers may have changed under the button: it is about a name, not a position.
    if speaker is None or person is None or not same_name(speaker.name, person.name):
        raise NoLongerThereError
    if speaker.participant_id is None:
        session.execute(
            update(SpeakerRow)
            .where(
                SpeakerRow.event_id == event_id,
                SpeakerRow.name == speaker.name,
                SpeakerRow.source_id.is_not_distinct_from(speaker.source_id),
                SpeakerRow.participant_id.is_(None),
            )
            .values(participant_id=participant_id)
        )
        theirs = select(SpeakerRow.session_id).where(
            SpeakerRow.event_id == event_id, SpeakerRow.participant_id == participant_id
        )
        brief_again(session, event_id, SessionRow.session_id.in_(theirs))
        record(
            session,
            event_id,
            "programme.speaker_confirmed",
            session_id,
            at=now,
            actor=actor.participant_id,
            after={"position": position, "participant": participant_id},
        )
        session.refresh(speaker)
        _show_confirmed(session, event_id, now)
    return speaker


def _show_confirmed(session: Session, event_id: str, now: datetime) -> None:
    """The posts that asked for it say so, and lose the button."""
    posts = select(Delivery.key).where(
        Delivery.event_id == event_id,
        Delivery.message == SpeakersToConfirm.name,
        Delivery.operation == POST,
    )
    for key in session.scalars(posts).all():
        refresh(session, event_id, key, now)


def answer(
    session: Session,
    person: Participant,
    workspace_id: str,
    words: str,
    key: str,
    now: datetime,
) -> None:
    """Answer what somebody wrote to Maillon; the incoming event's key answers it once."""
    enqueue(
        session,
        person.event_id,
        Place(workspace_id, participant_id=person.participant_id),
        ProgrammeAnswer(person.event_id, person.participant_id, words[:200], now.isoformat()),
        f"answer:{key}",
        message_class="answer",
        now=now,
        cause=key,
    )


def add_star(
    session: Session, event_id: str, participant_id: str, session_id: str, now: datetime
) -> SessionRow:
    """Put a session into somebody's programme; pressing twice is the same as once."""
    row = session.get(SessionRow, (event_id, session_id))
    if row is None or row.cancelled:
        raise NoLongerThereError
    star = {
        "event_id": event_id,
        "participant_id": participant_id,
        "session_id": session_id,
        "starred_at": now,
    }
    insert_ignore(session, Star, [star])
    if row.next_remind_at is not None:
        event = event_settings(session, event_id)
        remind_in_time(session, event_id, event, now, row.starts_at)
    return row


def remove_star(
    session: Session, event_id: str, participant_id: str, session_id: str
) -> SessionRow:
    row = session.get(SessionRow, (event_id, session_id))
    if row is None:
        raise NoLongerThereError
    session.execute(
        delete(Star).where(
            Star.event_id == event_id,
            Star.participant_id == participant_id,
            Star.session_id == session_id,
        )
    )
    return row

"""The programme from an address: what was fetched is imported, put to the organisers, or told of.

Fetching itself is not here: no network call happens inside a transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError, NotAllowedError
from bot.core.i18n import N_
from bot.core.ids import new_id
from bot.db.history import record
from bot.db.moments import earliest
from bot.delivery.messages import Message
from bot.delivery.outbox import Place, enqueue, refresh
from bot.features.events.actions import lock_event
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings, workspace_ids
from bot.features.people.tables import Participant
from bot.features.programme.actions import import_programme
from bot.features.programme.model import ProgrammeSession
from bot.features.programme.pending import pending_sessions, stored, waiting_programme
from bot.features.programme.rights import organises
from bot.features.programme.source_messages import (
    ProgrammeToApprove,
    SourceFails,
    SourceWorks,
    approval_key,
)
from bot.features.programme.source_tables import (
    APPLIED,
    IGNORED,
    OVERTAKEN,
    PendingProgramme,
    ProgrammeSource,
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class FetchedProgramme:
    """What an address answered: a programme, nothing new, or why neither."""

    digest: str | None = None
    """None where the server said that nothing changed."""
    etag: str | None = None
    modified: str | None = None
    sessions: Sequence[ProgrammeSession] = ()
    failure: MaillonError | None = None


def keep_source(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    """Make the source what the event file says; another address is fetched at once."""
    wanted, row = event.programme, session.get(ProgrammeSource, event_id)
    if wanted.address is None:
        if row is not None:
            row.next_fetch_at = row.failing_since = row.failure = None
        return
    if row is None:
        row = ProgrammeSource(event_id=event_id, address="")
        session.add(row)
    if row.address != wanted.address or row.next_fetch_at is None:
        row.address, row.next_fetch_at = wanted.address, now
        row.etag = row.modified = row.digest = row.failing_since = row.failure = None
    row.every_minutes = wanted.every_minutes
    row.next_fetch_at = min(row.next_fetch_at, now + timedelta(minutes=row.every_minutes))


_NEXT_FETCH = earliest(ProgrammeSource.next_fetch_at)


def fetch_due(session: Session, event_id: str) -> datetime | None:
    moment: datetime | None = session.scalar(_NEXT_FETCH, {"event_id": event_id})
    return moment


def claim_fetch(session: Session, event_id: str, now: datetime) -> bool:
    """Whether it is this process that fetches now; the next time is set beforehand."""
    lock_event(session, event_id)
    row = session.get(ProgrammeSource, event_id, populate_existing=True)
    if row is None or row.next_fetch_at is None or row.next_fetch_at > now:
        return False
    row.next_fetch_at = now + timedelta(minutes=row.every_minutes)
    return True


def take_fetched(
    session: Session, event_id: str, address: str, found: FetchedProgramme, now: datetime
) -> None:
    """Do what follows from an answer: import, ask, or say once that the address fails."""
    lock_event(session, event_id)
    row = session.get(ProgrammeSource, event_id, populate_existing=True)
    if row is None or row.address != address or row.next_fetch_at is None:
        return  # the event file named another one meanwhile
    event = event_settings(session, event_id)
    if found.failure is not None:
        _failed(session, row, event, found.failure, now)
        return
    _works(session, row, event, now)
    row.etag, row.modified = found.etag, found.modified
    if found.digest is None or found.digest == row.digest:
        return
    row.digest = found.digest
    diff = import_programme(session, event_id, found.sessions, now, apply=False)
    if diff.moved_many(event.large_change):
        _ask(session, event, event_id, found.sessions, now)
        return
    _overtake(session, event_id, now)
    import_programme(session, event_id, found.sessions, now)


def _failed(
    session: Session, row: ProgrammeSource, event: EventFile, why: MaillonError, now: datetime
) -> None:
    arguments = {name: str(value) for name, value in why.arguments.items()}
    row.failure = [why.msgid, arguments]
    if row.failing_since is None:
        row.failing_since = now
        message = SourceFails(row.event_id, why.msgid, arguments)
        _to_organisers(session, event, row.event_id, message, f"source:{new_id()}", now)


def _works(session: Session, row: ProgrammeSource, event: EventFile, now: datetime) -> None:
    if row.failing_since is not None:
        row.failing_since = row.failure = None
        message = SourceWorks(row.event_id)
        _to_organisers(session, event, row.event_id, message, f"source:{new_id()}", now)


def _ask(
    session: Session,
    event: EventFile,
    event_id: str,
    sessions: Sequence[ProgrammeSession],
    now: datetime,
) -> None:
    """One question stands at a time: a newer file takes the place of the older in the post."""
    waiting = waiting_programme(session, event_id)
    if waiting is None:
        waiting = PendingProgramme(event_id=event_id, import_id=new_id(), version=0)
        session.add(waiting)
    waiting.version += 1
    waiting.found_at = now
    waiting.sessions = stored(sessions)
    session.flush()
    key = approval_key(waiting.import_id)
    message = ProgrammeToApprove(event_id, waiting.import_id)
    _to_organisers(session, event, event_id, message, key, now)
    _show(session, waiting, now)


def _overtake(session: Session, event_id: str, now: datetime) -> None:
    """A newer file changes little: what waited is no longer to be decided."""
    waiting = waiting_programme(session, event_id)
    if waiting is not None:
        _decide(session, waiting, OVERTAKEN, None, now)


class NotThatOneError(MaillonError):
    """Somebody else was quicker, or a newer file took its place."""

    msgid = N_("This programme is no longer waiting. The message shows what became of it.")


def decide(
    session: Session,
    event_id: str,
    actor: Participant,
    import_id: str,
    version: int,
    now: datetime,
    *,
    apply: bool,
) -> PendingProgramme:
    """An organiser applies what was fetched, or leaves the programme as it is."""
    lock_event(session, event_id)
    event = event_settings(session, event_id)
    if not organises(session, event, actor):
        raise NotAllowedError
    pending = session.get(PendingProgramme, (event_id, import_id), populate_existing=True)
    if pending is None or pending.decision is not None or pending.version != version:
        raise NotThatOneError
    sessions = pending_sessions(pending)
    diff = import_programme(session, event_id, sessions, now, apply=apply)
    pending.summary = {str(kind): count for kind, count in diff.counts.items() if count}
    _decide(session, pending, APPLIED if apply else IGNORED, actor, now)
    record(
        session,
        event_id,
        f"programme.fetched_{pending.decision}",
        import_id,
        at=now,
        actor=actor.participant_id,
        after=pending.summary,
    )
    return pending


def _decide(
    session: Session,
    pending: PendingProgramme,
    decision: str,
    actor: Participant | None,
    now: datetime,
) -> None:
    """What was fetched is not kept longer than it waits: it names people."""
    pending.decision, pending.decided_at, pending.sessions = decision, now, None
    pending.decided_by = actor.participant_id if actor else None
    session.flush()
    _show(session, pending, now)


def _show(session: Session, pending: PendingProgramme, now: datetime) -> None:
    for workspace_id in workspace_ids(session, pending.event_id):
        key = f"{approval_key(pending.import_id)}:{workspace_id}"
        refresh(session, pending.event_id, key, now)


def _to_organisers(
    session: Session, event: EventFile, event_id: str, message: Message, key: str, now: datetime
) -> None:
    if event.channels.organisers is None:
        log.warning("programme.nobody_to_tell", message=message.name)
        return
    for workspace_id in workspace_ids(session, event_id):
        enqueue(
            session,
            event_id,
            Place(workspace_id, channel=event.channels.organisers),
            message,
            f"{key}:{workspace_id}",
            message_class="useful",
            now=now,
        )

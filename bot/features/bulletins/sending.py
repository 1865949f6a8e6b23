"""From what was decided to the outbox, and back out of it where it is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.delivery.outbox import Place, enqueue, refresh
from bot.delivery.outdating import outdate
from bot.delivery.tables import Delivery
from bot.features.bulletins.messages import BulletinPosted
from bot.features.bulletins.model import EMERGENCY, MISSED, SENT, SESSION, WORTH_SAYING_FOR
from bot.features.bulletins.queries import channel_of, choosers, letters_of, published
from bot.features.bulletins.tables import Bulletin, BulletinLetter
from bot.features.events.model import EventFile
from bot.features.events.queries import workspace_ids
from bot.features.people.queries import wants_fewer
from bot.features.programme.budget import Budgeter
from bot.features.programme.direct import to_person
from bot.features.programme.tables import SessionRow

_PREFIX = "bulletin"
AT_ONCE = 200
"""Letters of one round of the job: whoever writes meanwhile waits for its transaction."""


def send(session: Session, event: EventFile, row: Bulletin, now: datetime) -> None:
    """Say it, wherever it is to be read; what comes far too late is not said."""
    due_at, row.next_send_at = row.next_send_at or now, None
    if now - due_at > WORTH_SAYING_FOR:
        row.state, row.ended_at = MISSED, now
        return
    row.state, row.sent_at = SENT, now
    if row.audience == SESSION:
        _address(session, row, now)
        tell_people(session, row.event_id, event, now)
        return
    emergency = row.kind == EMERGENCY
    for channel in _channels(event, row):
        for workspace_id in workspace_ids(session, row.event_id):
            enqueue(
                session,
                row.event_id,
                Place(workspace_id, channel=channel),
                BulletinPosted(row.event_id, row.bulletin_id, personal=False),
                post_key(row, workspace_id, channel),
                message_class="emergency" if emergency else "useful",
                now=now,
                expires_at=None if emergency else now + WORTH_SAYING_FOR,
            )


def _channels(event: EventFile, row: Bulletin) -> Sequence[str]:
    if row.kind == EMERGENCY:
        return event.channels.all()
    channel = channel_of(event, published(row))
    return (channel,) if channel else ()


def post_key(row: Bulletin, workspace_id: str, channel: str) -> str:
    return f"{_PREFIX}:{row.bulletin_id}:{workspace_id}:{channel}"


def letter_key(letter: BulletinLetter) -> str:
    return f"{_PREFIX}:{letter.bulletin_id}:{letter.letter_id}"


def _address(session: Session, row: Bulletin, now: datetime) -> None:
    """A letter for each who chose the session by now."""
    for participant_id, _ in choosers(session, row.event_id, row.target):
        session.add(
            BulletinLetter(
                event_id=row.event_id,
                bulletin_id=row.bulletin_id,
                participant_id=participant_id,
                letter_id=new_id(),
                due_at=now,
            )
        )
    session.flush()


def tell_people(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    """The first letters that are due: like a change of the session, they wait for the budget, and
    are urgent within the hour before it."""
    due = session.execute(
        select(BulletinLetter, SessionRow)
        .join(
            Bulletin,
            (Bulletin.event_id == BulletinLetter.event_id)
            & (Bulletin.bulletin_id == BulletinLetter.bulletin_id),
        )
        .join(
            SessionRow,
            (SessionRow.event_id == Bulletin.event_id) & (SessionRow.session_id == Bulletin.target),
        )
        .where(BulletinLetter.event_id == event_id, BulletinLetter.due_at <= now)
        .order_by(BulletinLetter.letter_id)
        .limit(AT_ONCE)
    ).all()
    budget = Budgeter(session, event_id, event, now)
    for letter, about in due:
        letter.due_at = _tell(session, event, budget, letter, about, now)


def _tell(
    session: Session,
    event: EventFile,
    budget: Budgeter,
    letter: BulletinLetter,
    about: SessionRow,
    now: datetime,
) -> datetime | None:
    """Send one letter now; else until when it waits, None if it never goes."""
    if about.ends_at <= now:
        return None
    urgent_at = about.starts_at - event.timing.urgent
    if now < urgent_at:
        if wants_fewer(session, letter.event_id, letter.participant_id):
            return None
        allowed_at = budget.next_allowed(letter.participant_id)
        if allowed_at > now:
            return min(allowed_at, urgent_at)
    to_person(
        session,
        letter.event_id,
        letter.participant_id,
        BulletinPosted(letter.event_id, letter.bulletin_id, personal=True),
        letter_key(letter),
        "urgent" if now >= urgent_at else "useful",
        now,
        expires_at=about.ends_at,
    )
    return None


def show_as_it_is(session: Session, row: Bulletin, now: datetime) -> None:
    """Every post and every letter of it says what holds now."""
    for key in _keys(session, row):
        refresh(session, row.event_id, key, now)


def hold_back(session: Session, row: Bulletin, now: datetime) -> None:
    """What waits is not sent any more."""
    for letter in letters_of(session, row):
        letter.due_at = None
    outdate(session, row.event_id, _keys(session, row), now)


def _keys(session: Session, row: Bulletin) -> list[str]:
    """Of all that it led to, wherever the event's channels are by now."""
    mine = Delivery.key.startswith(f"{_PREFIX}:{row.bulletin_id}:", autoescape=True)
    keys = select(Delivery.key).where(Delivery.event_id == row.event_id, mine)
    return list(session.scalars(keys.order_by(Delivery.key)))

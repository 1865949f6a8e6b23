"""Rounds follow the programme: a break that moves or goes takes its round along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.db.history import record
from bot.db.moments import EVENT
from bot.delivery.outbox import refresh
from bot.features.events.model import EventFile
from bot.features.events.queries import workspace_ids
from bot.features.introductions.model import (
    INTO_THE_BREAK,
    TOO_LATE_TO_MATCH,
    Break,
    Moments,
    moments,
    sizes,
)
from bot.features.introductions.placing import call_off, card_key
from bot.features.introductions.tables import (
    CALLED,
    CANCELLED,
    MATCHED,
    OPENED,
    OVER,
    PLANNED,
    WITHDRAWN,
    Introduction,
    IntroductionMember,
    Round,
)
from bot.features.introductions.telling import (
    coming_to,
    tell_moved,
    tell_round_cancelled,
    tell_round_moved,
)
from bot.features.programme.changes import announcement_key
from bot.features.programme.tables import Announcement, SessionRow

CALLED_WITHIN = timedelta(hours=12)
"""Posts of that day."""
Wanted = dict[str, tuple[int, datetime]]
"""By session: how many meet at a time, and when the break starts."""


# Made once: both are asked at every wake.
_BREAKS = select(
    SessionRow.session_id,
    SessionRow.code,
    SessionRow.source_id,
    SessionRow.starts_at,
    func.coalesce(SessionRow.planned_starts_at, SessionRow.starts_at).label("from_"),
    func.coalesce(SessionRow.planned_ends_at, SessionRow.ends_at).label("until"),
).where(
    SessionRow.event_id == EVENT,
    SessionRow.kind == "networking",
    SessionRow.cancelled.is_(False),
)
_ROUNDS = select(Round).where(Round.event_id == EVENT).order_by(Round.window_at, Round.round_id)


def wanted(session: Session, event_id: str, event: EventFile) -> Wanted:
    rows = session.execute(_BREAKS, {"event_id": event_id}).all()
    # The programme says which breaks have a round: one that begins late is still the same break.
    breaks = [
        Break(row.session_id, (row.code or "", row.source_id), row.from_, row.until) for row in rows
    ]
    starts = {row.session_id: row.starts_at for row in rows}
    return {name: (size, starts[name]) for name, size in sizes(breaks, event).items()}


def rounds_of(session: Session, event_id: str) -> Sequence[Round]:
    return session.scalars(_ROUNDS, {"event_id": event_id}).all()


def follows(row: Round | None, want: tuple[int, datetime] | None) -> bool:
    """Whether a round is as the programme has it."""
    if row is None or want is None:
        return want is None and (row is None or row.state in (OVER, CANCELLED))
    if row.state in (OVER, CANCELLED):
        return row.state == OVER
    size, starts_at = want
    at_its_time = row.window_at == moments(starts_at, 0, size).window_at
    return at_its_time and (row.state == MATCHED or row.size == size)


def out_of_step(session: Session, event_id: str, event: EventFile, rounds: Sequence[Round]) -> bool:
    want, rows = wanted(session, event_id, event), {row.session_id: row for row in rounds}
    return any(not follows(rows.get(one), want.get(one)) for one in {*rows, *want})


def follow_programme(session: Session, event_id: str, event: EventFile, now: datetime) -> None:
    want = wanted(session, event_id, event)
    rows = {row.session_id: row for row in rounds_of(session, event_id)}
    for session_id in sorted({*rows, *want}):
        row, wish = rows.get(session_id), want.get(session_id)
        if follows(row, wish):
            continue
        if wish is None:
            assert row is not None, "nothing to follow where there is neither"
            _cancel(session, event, row, now)
        elif row is not None and row.state == MATCHED:
            _move_meetings(session, row, wish[1], now)
        elif row is not None:
            _move_plan(session, event, row, wish, now)
            _record(session, row, "introductions.moved", now)
        else:
            _plan(session, event, _new(event_id, session_id), wish, now)
    session.flush()


def _new(event_id: str, session_id: str) -> Round:
    return Round(event_id=event_id, round_id=new_id(), session_id=session_id, state=PLANNED)


def _move_plan(
    session: Session, event: EventFile, row: Round, wish: tuple[int, datetime], now: datetime
) -> None:
    """Nobody knows yet whom they meet; those who come within the hour hear when."""
    was_at, called = row.window_at, row.state == CALLED
    size, starts_at = wish
    told = who_hears(session, event, row, moments(starts_at, 0, size).window_at, now)
    _plan(session, event, row, wish, now, called=called)
    if row.state != OVER and row.window_at != was_at:
        tell_round_moved(session, row, was_at, told, now)
    refresh_calls(session, event, row, now)


@dataclass(frozen=True)
class MovedRound:
    session_id: str
    window_at: datetime
    people: frozenset[str]
    """Who is told so."""


def moved_rounds(
    session: Session, event_id: str, event: EventFile, starts: Mapping[str, datetime], now: datetime
) -> list[MovedRound]:
    """What becomes of the rounds in breaks that begin at other times, before it does."""
    found = []
    for row in rounds_of(session, event_id):
        if row.session_id in starts and row.state not in (OVER, CANCELLED):
            window_at = moments(starts[row.session_id], 0, row.size).window_at
            if window_at != row.window_at:
                people = frozenset(who_hears(session, event, row, window_at, now))
                found.append(MovedRound(row.session_id, window_at, people))
    return found


def who_hears(
    session: Session, event: EventFile, row: Round, window_at: datetime, now: datetime
) -> list[str]:
    """Who is told that a round is at another time: those who know whom they meet, and those who
    come within the hour. Everybody else reads of it when they hear whom they meet."""
    if row.state == MATCHED:
        met = select(IntroductionMember.participant_id).join(
            Introduction,
            (Introduction.event_id == IntroductionMember.event_id)
            & (Introduction.introduction_id == IntroductionMember.introduction_id),
        )
        return list(
            session.scalars(
                met.where(
                    Introduction.event_id == row.event_id,
                    Introduction.round_id == row.round_id,
                    Introduction.state == OPENED,
                )
            )
        )
    if min(row.window_at, window_at) - now > event.timing.urgent:
        return []
    return coming_to(session, row)


def _plan(
    session: Session,
    event: EventFile,
    row: Round,
    wish: tuple[int, datetime],
    now: datetime,
    *,
    called: bool = False,
) -> None:
    """Of what begins too soon to be prepared there is no round; who said yes is told.

    Where people were `called` already, sign-up may be over at once.
    """
    size, starts_at = wish
    coming = how_many_come(session, row)
    row.size = size
    _set(row, moments(starts_at, coming, size))
    session.add(row)
    session.flush()
    if row.closes_at > now:
        row.state, row.next_at = PLANNED, row.calls_at
    elif called and row.window_at - now > TOO_LATE_TO_MATCH:
        row.state, row.next_at = CALLED, now
    else:
        tell_round_cancelled(session, event, row, now)
        row.state, row.next_at = OVER, None


def _set(row: Round, at: Moments) -> None:
    row.calls_at, row.closes_at = at.calls_at, at.closes_at
    row.opens_at, row.window_at = at.opens_at, at.window_at


def _move_meetings(session: Session, row: Round, starts_at: datetime, now: datetime) -> None:
    """Everybody knows already whom they meet: only when changes, and their message says so."""
    at = moments(starts_at, 0, row.size)
    row.window_at, row.opens_at = at.window_at, at.opens_at
    row.next_at = now
    for introduction_id in session.scalars(
        select(Introduction.introduction_id).where(
            Introduction.event_id == row.event_id,
            Introduction.round_id == row.round_id,
            Introduction.state != WITHDRAWN,
        )
    ):
        refresh(session, row.event_id, card_key(introduction_id), now)
    tell_moved(session, row, now)
    _record(session, row, "introductions.moved", now)


def _cancel(session: Session, event: EventFile, row: Round, now: datetime) -> None:
    tell_round_cancelled(session, event, row, now)
    if row.state == MATCHED:
        call_off(session, row, now)
    row.state, row.next_at = CANCELLED, None
    _record(session, row, "introductions.cancelled", now)


def refresh_calls(session: Session, event: EventFile, row: Round, now: datetime) -> None:
    """The posts that ask who comes say when, and lose their button once sign-up is over."""
    session.flush()
    posts = session.scalars(
        select(Announcement).where(
            Announcement.event_id == row.event_id,
            Announcement.channel == event.channels.general,
            Announcement.starts_at > row.closes_at - CALLED_WITHIN,
            Announcement.starts_at < row.closes_at,
        )
    )
    for post in posts.all():
        for workspace_id in workspace_ids(session, row.event_id):
            refresh(
                session, row.event_id, announcement_key(post.announcement_id, workspace_id), now
            )


def how_many_come(session: Session, row: Round) -> int:
    return len(coming_to(session, row))


def close_in_time(session: Session, row: Round) -> None:
    """The more say yes, the earlier their conversations have to begin to open."""
    starts_at = row.window_at - INTO_THE_BREAK
    closes_at = moments(starts_at, how_many_come(session, row), row.size).closes_at
    if closes_at != row.closes_at:
        row.closes_at = closes_at
        if row.state == CALLED and row.next_at is not None:
            row.next_at = min(row.next_at, closes_at)


def _record(session: Session, row: Round, what: str, now: datetime) -> None:
    after = {"window_at": row.window_at.isoformat(), "size": row.size}
    record(session, row.event_id, what, row.round_id, at=now, actor="programme", after=after)

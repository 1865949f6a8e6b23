"""Who meets whom: written down from a plan, told, and taken back where it cannot be."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.db.history import record
from bot.delivery.outbox import Place, enqueue, refresh
from bot.delivery.tables import DROPPED, QUEUED, Delivery
from bot.features.events.model import EventFile
from bot.features.introductions.candidates import Field, fields, those_who_come
from bot.features.introductions.icebreakers import ICEBREAKERS
from bot.features.introductions.matching.model import Group, Plan
from bot.features.introductions.matching.plan import plan_round
from bot.features.introductions.messages import IntroductionMade
from bot.features.introductions.model import MEETING, TOO_LATE_TO_MATCH, time_to_open
from bot.features.introductions.tables import (
    MATCHED,
    OPENED,
    OPENING,
    WITHDRAWN,
    Introduction,
    IntroductionMember,
    LeftOut,
    Round,
)
from bot.features.introductions.telling import tell_left_out
from bot.features.introductions.worth import worth

TOO_LATE, WITHDRAWAL = "too_late", "withdrawal"
INTRODUCED = "introductions.made"


@dataclass(frozen=True)
class Planned:
    """A plan, and whom it was made for: where that changed since, it is made again."""

    field: Field
    plan: Plan
    worth: Mapping[str, float]
    """What each of those who meet has of it."""


def card_key(introduction_id: str) -> str:
    return f"introduction:{introduction_id}"


def planned(session: Session, event: EventFile, row: Round) -> list[Planned]:
    """Only reads: on a large congress this takes seconds."""
    people, _ = those_who_come(session, event, row)
    return [_plan(one, row) for one in fields(session, event, row, people)]


def _plan(field: Field, row: Round) -> Planned:
    """The same for the same people: whichever replica makes it, and however often."""
    seed = zlib.crc32(row.session_id.encode())
    plan = plan_round(field.candidates, size=row.size, points=field.points, seed=seed)
    return Planned(field, plan, worth(field.candidates, plan))


def close(
    session: Session, event: EventFile, row: Round, now: datetime, ready: Sequence[Planned] = ()
) -> None:
    """Sign-up is over: who comes meets somebody, or is told in time that they do not."""
    people, hindered = those_who_come(session, event, row)
    left_out = dict(hindered)
    made = 0
    if now > row.window_at - TOO_LATE_TO_MATCH:
        left_out |= dict.fromkeys(people, TOO_LATE)
    else:
        known = {one.field: one for one in ready}
        for field in fields(session, event, row, people):
            found = known.get(field) or _plan(field, row)
            made += len(_introduce(session, row, found, now))
            left_out |= found.plan.left_out
    _leave_out(session, row, left_out, now)
    row.state, row.next_at = MATCHED, max(now, row.opens_at - time_to_open(made))
    counts = {"introductions": made, "left_out": len(left_out)}
    record(session, row.event_id, INTRODUCED, row.round_id, at=now, actor="clock", after=counts)


def _introduce(session: Session, row: Round, found: Planned, now: datetime) -> list[Introduction]:
    groups, workspace_id = found.plan.groups, found.field.workspace_id
    made = [_introduction(row, workspace_id, group, now) for group in groups]
    session.add_all(made)
    session.flush()
    for introduction, group in zip(made, groups, strict=True):
        session.add_all(
            IntroductionMember(
                event_id=row.event_id,
                introduction_id=introduction.introduction_id,
                participant_id=key,
                value=found.worth.get(key),
                reasons=[[one.code, one.other, *one.tags] for one in group.reasons.get(key, ())],
            )
            for key in group.members
        )
    session.flush()
    return made


def _introduction(row: Round, workspace_id: str, group: Group, now: datetime) -> Introduction:
    introduction_id = new_id()
    return Introduction(
        event_id=row.event_id,
        introduction_id=introduction_id,
        round_id=row.round_id,
        workspace_id=workspace_id,
        table_number=int(group.point) if group.point else None,
        stand=group.stand,
        icebreaker=zlib.crc32(introduction_id.encode()) % len(ICEBREAKERS),
        relaxed=list(group.relaxed),
        state=OPENING,
        closed=False,
        made_at=now,
    )


def open_conversations(session: Session, row: Round, now: datetime) -> None:
    """Each once, whatever happens: its key is its own."""
    waiting = session.scalars(
        select(Introduction)
        .where(
            Introduction.event_id == row.event_id,
            Introduction.round_id == row.round_id,
            Introduction.state == OPENING,
        )
        .order_by(Introduction.introduction_id)
    ).all()
    for introduction in waiting:
        introduction.state = OPENED
        enqueue(
            session,
            row.event_id,
            Place(introduction.workspace_id, group_id=introduction.introduction_id),
            IntroductionMade(row.event_id, introduction.introduction_id),
            card_key(introduction.introduction_id),
            message_class="urgent",
            now=now,
            expires_at=row.window_at + MEETING,
        )
    session.flush()


def _leave_out(
    session: Session, row: Round, left_out: Mapping[str, str], now: datetime, about: str = ""
) -> None:
    for participant_id, why in sorted(left_out.items()):
        session.merge(
            LeftOut(
                event_id=row.event_id,
                round_id=row.round_id,
                participant_id=participant_id,
                why=why,
                at=now,
            )
        )
        session.flush()
        tell_left_out(session, row, participant_id, about, now)


def place_again(
    session: Session,
    event: EventFile,
    row: Round,
    stranded: Collection[str],
    now: datetime,
    about: str,
) -> None:
    """Whoever is left alone meets another who is; otherwise they are told, and come first."""
    placed: set[str] = set()
    if stranded and now <= row.window_at - TOO_LATE_TO_MATCH:
        waiting = session.scalars(
            select(LeftOut.participant_id).where(
                LeftOut.event_id == row.event_id, LeftOut.round_id == row.round_id
            )
        )
        people, _ = those_who_come(session, event, row)
        pool = {*stranded, *waiting} & set(people)
        for field in fields(session, event, row, pool):
            found = _plan(field, row)
            placed |= {one for group in found.plan.groups for one in group.members}
            if _introduce(session, row, found, now) and row.opens_at <= now:
                open_conversations(session, row, now)
        session.execute(
            delete(LeftOut).where(
                LeftOut.event_id == row.event_id,
                LeftOut.round_id == row.round_id,
                LeftOut.participant_id.in_(placed),
            )
        )
    _leave_out(session, row, dict.fromkeys(set(stranded) - placed, WITHDRAWAL), now, about)


def take_back(session: Session, introduction: Introduction, now: datetime) -> None:
    """It does not take place: what waits is not sent, and what stands says so."""
    introduction.state = WITHDRAWN
    session.flush()
    session.execute(
        update(Delivery)
        .where(
            Delivery.event_id == introduction.event_id,
            Delivery.group_id == introduction.introduction_id,
            Delivery.state == QUEUED,
        )
        .values(state=DROPPED)
    )
    refresh(session, introduction.event_id, card_key(introduction.introduction_id), now)


def call_off(session: Session, row: Round, now: datetime) -> None:
    """All introductions of a round whose break was cancelled."""
    running = session.scalars(
        select(Introduction).where(
            Introduction.event_id == row.event_id,
            Introduction.round_id == row.round_id,
            Introduction.state != WITHDRAWN,
        )
    )
    for introduction in running.all():
        take_back(session, introduction, now)

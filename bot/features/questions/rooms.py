"""A room and its two addresses: the page that hangs at its door, the screen that it watches.

Both follow the programme by themselves: what is shown is read from it at every look.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.core.ids import new_id
from bot.db.engine import insert_ignore
from bot.db.history import record
from bot.features.events.model import EventFile
from bot.features.events.queries import rules_in
from bot.features.events.tables import Event
from bot.features.programme.model import Passage
from bot.features.programme.queries import passages_of, rooms
from bot.features.programme.tables import SessionRow
from bot.features.questions.model import ANSWERED, ON_SCREEN, SessionRules
from bot.features.questions.ordering import popular
from bot.features.questions.queries import QuestionView, public_questions
from bot.features.questions.screen import ScreenQuestion, screen_question
from bot.features.questions.sheets import rules
from bot.features.questions.tables import QuestionSession, RoomPage

WALL_BYTES = 32
_AT_ONCE = 5
"""Sessions that are looked at to tell what is on and what is next; rooms hold one at a time."""


class UnknownRoomError(MaillonError):
    msgid = N_("There is no room called {room}; there is: {rooms}.")


# ---------------------------------------------------------------- addresses


def room_page(session: Session, event_id: str, room: str) -> RoomPage:
    """The addresses of a room, made when they are first asked for."""
    fresh = {
        "event_id": event_id,
        "room": room,
        "page_id": new_id(),
        "wall_id": secrets.token_urlsafe(WALL_BYTES),
    }
    insert_ignore(session, RoomPage, [fresh])
    return session.get_one(RoomPage, (event_id, room))


def room_pages(session: Session, event_id: str) -> list[RoomPage]:
    """Those of every room in the programme."""
    return [room_page(session, event_id, room) for room in rooms(session, event_id)]


def revoke_wall(session: Session, event_id: str, room: str, now: datetime) -> RoomPage:
    """Another address for the screen of a room: the one before leads nowhere from now on."""
    known = rooms(session, event_id)
    page = session.get(RoomPage, (event_id, room))
    if page is None and room not in known:
        raise UnknownRoomError(room=room, rooms=", ".join(known))
    page = page or room_page(session, event_id, room)
    page.wall_id = secrets.token_urlsafe(WALL_BYTES)
    record(session, event_id, "room.wall_revoked", page.page_id, at=now, actor="cli")
    session.flush()
    return page


@dataclass(frozen=True)
class Room:
    """What an address leads to."""

    event_id: str
    name: str
    page_id: str
    event: EventFile


def room_by_page(session: Session, page_id: str) -> Room | None:
    return _room(session, RoomPage.page_id == page_id)


def room_by_wall(session: Session, wall_id: str) -> Room | None:
    return _room(session, RoomPage.wall_id == wall_id)


def _room(session: Session, address: ColumnElement[bool]) -> Room | None:
    query = select(RoomPage, Event).join(Event, Event.event_id == RoomPage.event_id).where(address)
    found = session.execute(query).first()
    if found is None:
        return None
    page, event = found
    return Room(page.event_id, page.room, page.page_id, rules_in(event))


# ---------------------------------------------------------------- the programme


@dataclass(frozen=True)
class Slot:
    """A session in a room, with what holds for its questions."""

    session_id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    rules: SessionRules
    on_screen: str | None
    black: bool
    full: bool
    capacity: int | None
    accessibility: str
    passages: tuple[Passage, ...]
    figures: bool


def now_and_next(
    session: Session, event_id: str, event: EventFile, room: str, now: datetime
) -> tuple[Slot | None, Slot | None]:
    """What takes place in a room, and what follows; a cancelled session does neither."""
    own = (QuestionSession.event_id == SessionRow.event_id) & (
        QuestionSession.session_id == SessionRow.session_id
    )
    rows = session.execute(
        select(SessionRow, QuestionSession)
        .outerjoin(QuestionSession, own)
        .where(
            SessionRow.event_id == event_id,
            SessionRow.room == room,
            SessionRow.cancelled.is_(False),
            SessionRow.ends_at > now,
        )
        .order_by(SessionRow.starts_at, SessionRow.session_id)
        .limit(_AT_ONCE)
    ).all()
    turns = passages_of(session, event_id, {row.session_id: row.starts_at for row, _ in rows})
    slots = [_slot(event, row, sheet, turns.get(row.session_id, ())) for row, sheet in rows]
    running = [one for one in slots if one.starts_at <= now]
    coming = [one for one in slots if one.starts_at > now]
    # Where two overlap, the one that began last, since the other is about to end.
    return (running[-1] if running else None), (coming[0] if coming else None)


def _slot(
    event: EventFile,
    row: SessionRow,
    sheet: QuestionSession | None,
    passages: tuple[Passage, ...],
) -> Slot:
    return Slot(
        row.session_id,
        row.title,
        row.starts_at,
        row.ends_at,
        rules(event, row, sheet),
        sheet.on_screen if sheet else None,
        sheet.black if sheet else False,
        row.full,
        row.capacity,
        row.accessibility,
        passages,
        sheet.figures if sheet else False,
    )


# ---------------------------------------------------------------- the page of a room

Asking = Literal["open", "closed", "members", "none"]


@dataclass(frozen=True)
class RoomQuestion:
    question_id: str
    text: str
    language: str
    translation: str | None
    state: str
    asker: str
    votes: int
    guest_votes: int


@dataclass(frozen=True)
class RoomState:
    """The page of a room, the same for everybody who reads it."""

    room: Room
    today: date
    now: Slot | None
    next: Slot | None
    about: Slot | None
    """The session whose questions are shown and taken: the one that is on, else the next."""
    turns: tuple[Passage, ...]
    """Who takes turns in what is on, else next: those that are not over."""
    asking: Asking
    votes: bool
    """Whether guests support questions at the moment; each device needs the code once."""
    questions: tuple[RoomQuestion, ...]


def room_state(session: Session, page_id: str, now: datetime) -> RoomState | None:
    room = room_by_page(session, page_id)
    if room is None:
        return None
    current, following = now_and_next(session, room.event_id, room.event, room.name, now)
    about = _about(current, following, now)
    questions: Sequence[QuestionView] = ()
    if about is not None:
        questions = public_questions(session, room.event_id, about.session_id)
    return RoomState(
        room=room,
        today=now.astimezone(room.event.tz).date(),
        now=current,
        next=following,
        about=about,
        turns=_turns(current or following, now),
        asking=_asking(about, now),
        votes=about is not None and about.rules.guest_votes and about.rules.open_at(now),
        questions=tuple(map(_shown, _in_order(questions))),
    )


def _turns(slot: Slot | None, now: datetime) -> tuple[Passage, ...]:
    return tuple(turn for turn in slot.passages if turn.ends_at > now) if slot else ()


def _about(current: Slot | None, following: Slot | None, now: datetime) -> Slot | None:
    if current is not None and current.rules.takes_questions:
        return current
    return following if following is not None and following.rules.open_at(now) else None


def _asking(about: Slot | None, now: datetime) -> Asking:
    if about is None:
        return "none"
    if not about.rules.open_at(now):
        return "closed"
    return "open" if about.rules.guests else "members"


def _in_order(questions: Sequence[QuestionView]) -> list[QuestionView]:
    """What is on the screen first, what was answered last."""
    return sorted(
        popular(questions), key=lambda one: (one.state != ON_SCREEN, one.state == ANSWERED)
    )


def _shown(view: QuestionView) -> RoomQuestion:
    return RoomQuestion(
        view.question_id,
        view.text,
        view.language,
        view.translation,
        view.state,
        view.asker,
        view.votes,
        view.guest_votes,
    )


# ---------------------------------------------------------------- the screen of a room


WallKind = Literal["waiting", "question", "next", "black", "figures"]


@dataclass(frozen=True)
class WallState:
    """The screen of a room. Of all questions it knows the one that a person chose to show."""

    room: Room
    today: date
    kind: WallKind
    now: Slot | None
    next: Slot | None
    turns: tuple[Passage, ...]
    question: ScreenQuestion | None
    invites: bool
    """Whether the room may ask from its own phones."""
    code: str
    """Empty where guests support nothing."""


def wall_state(session: Session, wall_id: str, now: datetime) -> WallState | None:
    room = room_by_wall(session, wall_id)
    if room is None:
        return None
    current, following = now_and_next(session, room.event_id, room.event, room.name, now)
    about = _about(current, following, now)
    question = None
    if current is not None and current.on_screen is not None and not current.black:
        question = screen_question(session, room.event_id, current.on_screen)
    votes = about is not None and about.rules.guest_votes and about.rules.open_at(now)
    return WallState(
        room=room,
        today=now.astimezone(room.event.tz).date(),
        kind=_kind(current, question),
        now=current,
        next=following,
        turns=_turns(current or following, now),
        question=question,
        invites=_asking(about, now) == "open",
        code=about.rules.code if about is not None and votes else "",
    )


def _kind(current: Slot | None, question: ScreenQuestion | None) -> WallKind:
    if current is None:
        return "next"
    if current.black:
        return "black"
    if current.figures:
        return "figures"
    return "question" if question else "waiting"

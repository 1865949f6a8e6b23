"""A round as the welcome desk needs it: who has which table, and not who meets whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.core.i18n import N_, Reader
from bot.features.events.model import EventFile
from bot.features.introductions.rounds import rounds_of
from bot.features.introductions.tables import (
    BROKEN,
    CANCELLED,
    MATCHED,
    OVER,
    WITHDRAWN,
    Introduction,
    IntroductionMember,
    MeetingTable,
    Round,
)
from bot.features.people.tables import Participant
from bot.features.programme.tables import SessionRow

NEXT = "next"


class UnknownRoundError(MaillonError):
    msgid = N_("There is no round {round}; there is: {rounds}.")


class NoRoundError(MaillonError):
    msgid = N_("There is no round of introductions in the programme.")


class NoRoundLeftError(MaillonError):
    msgid = N_("No round of introductions is left.")


class RoundNotReadyError(MaillonError):
    msgid = N_("Who meets whom at {time} is not decided yet: please ask again from {ready} on.")

    def __init__(self, row: Round, event: EventFile) -> None:
        self._moments = {"time": row.window_at, "ready": row.opens_at}
        self._zone = event.zone
        super().__init__(time=row.window_at.isoformat(), ready=row.opens_at.isoformat())

    def told_to(self, reader: Reader) -> str:
        local = Reader.of(reader.language, self._zone)
        times = {name: local.time(moment) for name, moment in self._moments.items()}
        return reader.gettext(self.msgid).format(**times)


class RoundCancelledError(MaillonError):
    msgid = N_("This round of introductions does not take place.")


@dataclass(frozen=True)
class Seat:
    """A person who is to meet somebody."""

    name: str
    organisation: str
    table: int | None
    place: str
    stand: str | None


@dataclass(frozen=True)
class DeskList:
    title: str
    """Of the break."""
    at: datetime
    seats: tuple[Seat, ...]
    """By name."""


def desk_list(session: Session, event_id: str, event: EventFile, which: str) -> DeskList:
    """`which`: the code or id of the break in the programme, or `next`."""
    row = _round(session, event_id, which)
    if row.state == CANCELLED:
        raise RoundCancelledError
    if row.state not in (MATCHED, OVER):
        raise RoundNotReadyError(row, event)
    taken = session.get_one(SessionRow, (event_id, row.session_id))
    return DeskList(taken.title, row.window_at, tuple(_seats(session, row)))


def _round(session: Session, event_id: str, which: str) -> Round:
    rounds = rounds_of(session, event_id)
    if not rounds:
        raise NoRoundError
    if which == NEXT:
        left = [row for row in rounds if row.state not in (OVER, CANCELLED)]
        if not left:
            raise NoRoundLeftError
        return left[0]
    named = session.scalars(
        select(SessionRow.session_id).where(
            SessionRow.event_id == event_id,
            or_(SessionRow.code == which, SessionRow.source_id == which),
        )
    ).all()
    for row in rounds:
        if row.session_id in named:
            return row
    known = session.execute(
        select(SessionRow.code, SessionRow.source_id)
        .where(
            SessionRow.event_id == event_id,
            SessionRow.session_id.in_([row.session_id for row in rounds]),
        )
        .order_by(SessionRow.starts_at)
    )
    names = [code or source_id for code, source_id in known]
    raise UnknownRoundError(round=which, rounds=", ".join([NEXT, *names]))


def _seats(session: Session, row: Round) -> Sequence[Seat]:
    found = session.execute(
        select(Participant, Introduction, MeetingTable)
        .join(
            IntroductionMember,
            (IntroductionMember.event_id == Participant.event_id)
            & (IntroductionMember.participant_id == Participant.participant_id),
        )
        .join(
            Introduction,
            (Introduction.event_id == IntroductionMember.event_id)
            & (Introduction.introduction_id == IntroductionMember.introduction_id),
        )
        .outerjoin(
            MeetingTable,
            (MeetingTable.event_id == Introduction.event_id)
            & (MeetingTable.number == Introduction.table_number),
        )
        .where(
            Introduction.event_id == row.event_id,
            Introduction.round_id == row.round_id,
            Introduction.state.not_in((WITHDRAWN, BROKEN)),
            Introduction.closed.is_(False),
            IntroductionMember.presence.is_distinct_from("cannot"),
        )
    )
    seats = [
        Seat(
            person.name or "",
            person.organisation or "",
            introduction.table_number,
            table.place if table else "",
            introduction.stand,
        )
        for person, introduction, table in found
    ]
    return sorted(seats, key=lambda seat: (seat.name.casefold(), seat.organisation))

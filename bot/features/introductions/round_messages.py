"""What is said of rounds. Arguments are ids; cards are made at send."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import N_, Reader
from bot.features.events.model import EventFile
from bot.features.introductions.model import INTO_THE_BREAK, part_of_day
from bot.features.introductions.tables import CALLED, CANCELLED, PLANNED, LeftOut, Round
from bot.features.programme.messages import SessionsAnnounced, fewer_action
from bot.features.programme.tables import Announcement
from bot.features.programme.wording import same_day


def round_name(row: Round, reader: Reader) -> str:
    starts_at = row.window_at - INTO_THE_BREAK
    return reader.gettext("Introductions at {time}").format(time=reader.time(starts_at))


def come_action(row: Round, reader: Reader) -> Action:
    return Action(reader.gettext("I will be there"), "rounds.come", (row.round_id,), primary=True)


def skip_action(row: Round, reader: Reader) -> Action:
    return Action(reader.gettext("Not this time"), "rounds.skip", (row.round_id,))


@dataclass(frozen=True)
class SessionsAnnouncedWithCall(SessionsAnnounced):
    """The announcement of sessions asks who comes to the next round of the day: no post of its
    own, and no second notification."""

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        card = super().card(session, event, reader)
        told = session.get_one(Announcement, (self.event_id, self.announcement_id))
        row = round_called_in(session, event, told)
        if row is None:
            return card
        about = (
            reader.gettext("A quarter of an hour with somebody who seeks what you offer.")
            if row.size == 2
            else reader.gettext("A quarter of an hour with three people who have links to you.")
        )
        call = Section(round_name(row, reader), (about,), (come_action(row, reader),))
        return replace(card, sections=(*card.sections, call))


def round_called_in(session: Session, event: EventFile, told: Announcement) -> Round | None:
    """Of a post in the general channel: the next round of that day, if one can say yes to it
    when the announced sessions begin; the post loses it once sign-up is over."""
    if told.channel != event.channels.general:
        return None
    row = session.scalar(
        select(Round)
        .where(
            Round.event_id == told.event_id,
            Round.closes_at > told.starts_at,
            Round.state != CANCELLED,
        )
        .order_by(Round.closes_at, Round.round_id)
        .limit(1)
    )
    if row is None or row.state not in (PLANNED, CALLED):
        return None
    days = {at.astimezone(event.tz).date() for at in (row.window_at, told.starts_at)}
    return row if len(days) == 1 else None


@dataclass(frozen=True)
class RoundAsked:
    """To who always wants to come: do they, this time?"""

    name: ClassVar[str] = "rounds.asked"
    version: ClassVar[int] = 1
    fleeting: ClassVar[bool] = True
    event_id: str
    round_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        row = session.get_one(Round, (self.event_id, self.round_id))
        ask = reader.gettext("{round}: will you be there?").format(round=round_name(row, reader))
        answers = (come_action(row, reader), skip_action(row, reader))
        return Card(summary=ask, title=ask, actions=(*answers, fewer_action(reader)))


@dataclass(frozen=True)
class LeftOutTold:
    """Who said yes and meets nobody: why, and that they come first next time."""

    name: ClassVar[str] = "rounds.left_out"
    version: ClassVar[int] = 1
    event_id: str
    round_id: str
    participant_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        row = session.get_one(Round, (self.event_id, self.round_id))
        found = session.get(LeftOut, (self.event_id, self.round_id, self.participant_id))
        part = part_of_day(row.window_at, event)
        if found is not None and found.why in _NOT_FREE:
            told = reader.gettext(_NOT_FREE[found.why]).format(time=reader.time(row.window_at))
            return Card(told)
        why = _NO_TABLE if found is not None and found.why == "no_table" else _NOBODY_ELSE
        return Card(
            reader.gettext("{why}; {next}").format(
                why=reader.gettext(why[part]), next=self._next(session, row, reader)
            )
        )

    def _next(self, session: Session, row: Round, reader: Reader) -> str:
        following = session.scalar(
            select(Round)
            .where(
                Round.event_id == row.event_id,
                Round.window_at > row.window_at,
                Round.state.in_((PLANNED, CALLED)),
            )
            .order_by(Round.window_at)
            .limit(1)
        )
        if following is None:
            return reader.gettext("this was the last round of the congress.")
        starts_at = following.window_at - INTO_THE_BREAK
        if same_day(starts_at, row.window_at, reader):
            first = reader.gettext("you will come first at {time}.")
            return first.format(time=reader.time(starts_at))
        first = reader.gettext("you will come first on {day} at {time}.")
        return first.format(day=reader.day(starts_at), time=reader.time(starts_at))


_NOBODY_ELSE = {
    "morning": N_("Nobody else this morning"),
    "noon": N_("Nobody else at lunch"),
    "afternoon": N_("Nobody else this afternoon"),
    "evening": N_("Nobody else this evening"),
}
_NO_TABLE = {
    "morning": N_("No free table this morning"),
    "noon": N_("No free table at lunch"),
    "afternoon": N_("No free table this afternoon"),
    "evening": N_("No free table this evening"),
}
_NOT_FREE = {
    "speaks": N_("You are on stage at {time}: no introduction this time."),
    "busy": N_("A session of your programme is at {time}: no introduction this time."),
    "enough": N_("You have had your meetings for today."),
}


@dataclass(frozen=True)
class RoundMoved:
    """To who said yes: the break begins at another time, and the meeting with it."""

    name: ClassVar[str] = "rounds.moved"
    version: ClassVar[int] = 1
    event_id: str
    round_id: str
    was_at: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        row = session.get_one(Round, (self.event_id, self.round_id))
        later = row.window_at > datetime.fromisoformat(self.was_at)
        told = (
            reader.gettext("Introductions put off to {time}: the break begins at {start}.")
            if later
            else reader.gettext("Introductions at {time}: the break begins at {start}.")
        )
        start = row.window_at - INTO_THE_BREAK
        return Card(told.format(time=reader.time(row.window_at), start=reader.time(start)))


@dataclass(frozen=True)
class RoundCancelled:
    name: ClassVar[str] = "rounds.cancelled"
    version: ClassVar[int] = 1
    event_id: str
    round_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        row = session.get_one(Round, (self.event_id, self.round_id))
        told = reader.gettext("{round}: cancelled, the break does not take place as planned.")
        return Card(told.format(round=round_name(row, reader)))

"""The meetings of one person, for that person alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.i18n import Reader
from bot.features.introductions.meetings import CANNOT, Meeting, Member, enumerated, meeting_of
from bot.features.introductions.model import MEETING
from bot.features.introductions.tables import WITHDRAWN, Introduction, IntroductionMember, Round
from bot.features.people.consents import INTRODUCTIONS


@dataclass(frozen=True)
class MyMeeting:
    """Where and when somebody is expected, and whom they are told of."""

    meeting: Meeting
    mine: str
    """The participant whose meeting it is."""

    @property
    def introduction_id(self) -> str:
        return self.meeting.introduction.introduction_id

    @property
    def starts_at(self) -> datetime:
        return self.meeting.round.window_at

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + MEETING

    @property
    def takes_place(self) -> bool:
        return self.meeting.introduction.state != WITHDRAWN

    @property
    def others(self) -> list[Member]:
        """Those who agree to be introduced, at this moment, and have not called off."""
        return [
            one
            for one in self.meeting.present
            if one.participant_id != self.mine and INTRODUCTIONS in one.allowed
        ]

    def with_whom(self, reader: Reader) -> str:
        if not self.others:
            return ""
        return reader.gettext("with {people}").format(people=enumerated(self.others, reader))


def my_meetings(
    session: Session, event_id: str, participant_id: str, after: datetime | None = None
) -> list[MyMeeting]:
    """In their order; `after`: those that are not over by then.

    Left out are those that the person called off, and those in which somebody blocked another or
    is erased: nothing is said of them any more.
    """
    query = (
        select(Introduction.introduction_id)
        .join(
            IntroductionMember,
            (IntroductionMember.event_id == Introduction.event_id)
            & (IntroductionMember.introduction_id == Introduction.introduction_id),
        )
        .join(
            Round,
            (Round.event_id == Introduction.event_id) & (Round.round_id == Introduction.round_id),
        )
        .where(
            Introduction.event_id == event_id,
            IntroductionMember.participant_id == participant_id,
            IntroductionMember.presence.is_distinct_from(CANNOT),
            Introduction.closed.is_(False),
        )
        .order_by(Round.window_at, Introduction.introduction_id)
    )
    if after is not None:
        query = query.where(Round.window_at > after - MEETING)
    return [
        MyMeeting(meeting_of(session, event_id, one), participant_id)
        for one in session.scalars(query)
    ]

"""Rounds and introductions with the worst that people may be called."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.delivery.messages import Message
from bot.features.events.tables import Workspace
from bot.features.introductions.messages import (
    CannotCome,
    IntroductionMade,
    MeetingMoved,
    ProblemReported,
    SomebodyLate,
)
from bot.features.introductions.round_messages import (
    LeftOutTold,
    RoundAsked,
    RoundCancelled,
    RoundMoved,
    SessionsAnnouncedWithCall,
)
from bot.features.introductions.tables import (
    CALLED,
    Introduction,
    IntroductionMember,
    LeftOut,
    MeetingTable,
    Round,
)
from bot.features.people.profile_tables import Consent, Profile
from bot.features.people.tables import Participant

PEOPLE = ("meets0", "meets1", "meets2", "meets3")


def introduce(session: Session, session_id: str, words: str, now: datetime) -> None:
    """Four people with all that a profile may hold, one who says of each what may be said."""
    where = {"event_id": "event", "workspace_id": "w"}
    session.add(Workspace(**where, platform="slack", team_id="T", active=True))
    moments = {"calls_at": now, "closes_at": now + timedelta(hours=3), "opens_at": now}
    session.add(
        Round(
            event_id="event",
            round_id="round",
            session_id=session_id,
            size=4,
            window_at=now,
            state=CALLED,
            **moments,
        )
    )
    session.add(MeetingTable(event_id="event", number=1, place=words[:200], seats=4, standing=True))
    session.flush()
    session.add(
        Introduction(
            event_id="event",
            introduction_id="meeting",
            round_id="round",
            workspace_id="w",
            table_number=1,
            icebreaker=10_000,
            relaxed=["language", "organisation"],
            made_at=now,
        )
    )
    tags = [words[:60] or "x"] * 12
    for number, one in enumerate(PEOPLE):
        who = {"event_id": "event", "participant_id": one}
        session.add(Participant(**who, name=words[:200], organisation=words[:200], extra={}))
        session.flush()
        session.add_all(
            [
                Profile(**who, job_title=words[:200], topics=tags, offers=tags, seeks=tags),
                Consent(**who, purpose="directory", given_at=now),
                IntroductionMember(
                    **who,
                    introduction_id="meeting",
                    presence=("here", "late", "cannot", None)[number],
                    reasons=[["offer_meets_search", PEOPLE[number - 1], *tags[:2]]],
                ),
                LeftOut(
                    **who,
                    round_id="round",
                    why=("nobody", "no_table", "speaks", "busy")[number],
                    at=now,
                ),
            ]
        )
    session.flush()


def messages_of_rounds() -> list[Message]:
    return [
        SessionsAnnouncedWithCall("event", "announced"),
        RoundAsked("event", "round"),
        RoundCancelled("event", "round"),
        RoundMoved("event", "round", "2019-12-12T09:37:00+00:00"),
        *(LeftOutTold("event", "round", one) for one in PEOPLE),
        IntroductionMade("event", "meeting"),
        SomebodyLate("event", "meeting", PEOPLE[0]),
        MeetingMoved("event", "meeting"),
        CannotCome("event", "meeting", PEOPLE[0]),
        ProblemReported("event", "meeting", PEOPLE[0], PEOPLE[1]),
    ]

"""What is said of introductions. Arguments are ids; cards are made at send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import N_, Reader
from bot.features.events.model import EventFile
from bot.features.introductions.icebreakers import ICEBREAKERS
from bot.features.introductions.meetings import (
    CANNOT,
    HERE,
    LATE,
    Meeting,
    card_of,
    meeting_of,
)
from bot.features.introductions.round_messages import (
    LeftOutTold,
    RoundAsked,
    RoundCancelled,
    RoundMoved,
    SessionsAnnouncedWithCall,
)
from bot.features.introductions.tables import (
    WITHDRAWN,
)
from bot.features.introductions.why import why_they_meet
from bot.features.people.tables import Participant

RULES_OF_COMPETITION = N_("Reminder: no prices, no clients, no tenders, no future capacities.")
RELAXED = {
    "language": N_("No language that all of you speak was found."),
    "organisation": N_("Nobody of another organisation was free."),
}


@dataclass(frozen=True)
class IntroductionMade:
    """In the conversation of those who are to meet."""

    name: ClassVar[str] = "introductions.made"
    version: ClassVar[int] = 1
    event_id: str
    introduction_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        meeting = meeting_of(session, self.event_id, self.introduction_id)
        title = meeting.title(reader)
        if meeting.introduction.state == WITHDRAWN:
            return _does_not_take_place(meeting, title, reader)
        where = f"{meeting.place(reader)}, {meeting.company(reader)}."
        why = why_they_meet(meeting, event, reader)
        about = Section("", (where[:1].upper() + where[1:], *why, *_notes(meeting, reader)))
        begin = Section(
            reader.gettext("To begin with"),
            (reader.gettext(ICEBREAKERS[meeting.introduction.icebreaker % len(ICEBREAKERS)]),),
        )
        cards = (Section(one.profile.name, card_of(one, event, reader)) for one in meeting.members)
        return Card(
            summary=" ".join((f"{title}, {where}", *why)),
            title=title,
            sections=(about, *cards, begin),
            actions=meeting_actions(self.introduction_id, reader),
        )


def _notes(meeting: Meeting, reader: Reader) -> tuple[str, ...]:
    """When, what gave way, what must not be spoken of, and who is on their way."""
    notes = [meeting.window(reader)]
    notes += [reader.gettext(RELAXED[one]) for one in meeting.introduction.relaxed]
    if meeting.competitors:
        notes.append(reader.gettext(RULES_OF_COMPETITION))
    for presence, msgid in _PRESENCES:
        names = [one.profile.name for one in meeting.members if one.presence == presence]
        if names:
            notes.append(reader.gettext(msgid).format(people=", ".join(names)))
    return tuple(notes)


_PRESENCES = (
    (HERE, N_("There: {people}")),
    (LATE, N_("5 min late: {people}")),
    (CANNOT, N_("Cannot come: {people}")),
)


def meeting_actions(introduction_id: str, reader: Reader) -> tuple[Action, ...]:
    args = (introduction_id,)
    return (
        Action(reader.gettext("I am there"), "meet.here", args, primary=True),
        Action(reader.gettext("5 min late"), "meet.late", args),
        Action(reader.gettext("I cannot come"), "meet.cannot", args),
        Action(reader.gettext("Do not propose this person again"), "meet.block", args),
        Action(reader.gettext("Report a problem"), "meet.report", args),
    )


def _does_not_take_place(meeting: Meeting, title: str, reader: Reader) -> Card:
    told = reader.gettext("{meeting}: does not take place.").format(meeting=title)
    report = meeting_actions(meeting.introduction.introduction_id, reader)[-1]
    return Card(summary=told, title=told, actions=(report,))


@dataclass(frozen=True)
class SomebodyLate:
    """In the conversation: the others need not wonder."""

    name: ClassVar[str] = "introductions.late"
    version: ClassVar[int] = 1
    event_id: str
    introduction_id: str
    participant_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        name = _name(session, self.event_id, self.participant_id, reader)
        return Card(reader.gettext("5 min late: {people}").format(people=name))


@dataclass(frozen=True)
class MeetingMoved:
    """In the conversation: the break begins at another time."""

    name: ClassVar[str] = "introductions.moved"
    version: ClassVar[int] = 1
    event_id: str
    introduction_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        meeting = meeting_of(session, self.event_id, self.introduction_id)
        told = reader.gettext("The meeting is now at {time}, at the same place.")
        return Card(told.format(time=reader.time(meeting.round.window_at)))


@dataclass(frozen=True)
class CannotCome:
    """To each of the others; what they planned still takes place."""

    name: ClassVar[str] = "introductions.cannot"
    version: ClassVar[int] = 1
    event_id: str
    introduction_id: str
    participant_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        meeting = meeting_of(session, self.event_id, self.introduction_id)
        name = _name(session, self.event_id, self.participant_id, reader)
        told = reader.gettext("{meeting}, {place}: {name} cannot come. The meeting takes place.")
        return Card(
            told.format(meeting=meeting.title(reader), place=meeting.place(reader), name=name)
        )


@dataclass(frozen=True)
class ProblemReported:
    """To two people whom the event names: who, about whom, and that they are kept apart."""

    name: ClassVar[str] = "introductions.problem"
    version: ClassVar[int] = 1
    event_id: str
    introduction_id: str
    participant_id: str
    other_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        meeting = meeting_of(session, self.event_id, self.introduction_id)
        title = reader.gettext("A problem was reported")
        lines = (
            reader.gettext("By: {name}").format(name=self._about(session, self.participant_id)),
            reader.gettext("About: {name}").format(name=self._about(session, self.other_id)),
            f"{reader.day(meeting.round.window_at)}, {meeting.title(reader)}, "
            f"{meeting.place(reader)}",
            reader.gettext("They are not introduced to each other again. Please get in touch."),
        )
        return Card(summary=f"{title}. {lines[0]}", title=title, sections=(Section("", lines),))

    def _about(self, session: Session, participant_id: str) -> str:
        person = session.get_one(Participant, (self.event_id, participant_id))
        return ", ".join(filter(None, (person.name, person.organisation))) or "–"


def _name(session: Session, event_id: str, participant_id: str, reader: Reader) -> str:
    person = session.get(Participant, (event_id, participant_id))
    return (person and person.name) or reader.gettext("one of you")


MESSAGES = (
    SessionsAnnouncedWithCall,
    RoundAsked,
    LeftOutTold,
    RoundCancelled,
    RoundMoved,
    IntroductionMade,
    SomebodyLate,
    MeetingMoved,
    CannotCome,
    ProblemReported,
)

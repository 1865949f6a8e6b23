"""One introduction as people are shown it: when, where, who, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.i18n import Reader
from bot.features.events.model import EventFile
from bot.features.introductions.matching.rules import INDUSTRIAL
from bot.features.introductions.model import MEETING
from bot.features.introductions.tables import (
    Introduction,
    IntroductionMember,
    MeetingTable,
    Round,
)
from bot.features.people.consents import ASSOCIATION, INTRODUCTIONS, consents_of
from bot.features.people.kinds import PATIENT_ASSOCIATION
from bot.features.people.profiles import ProfileView, profile_of
from bot.features.programme.tables import SessionRow

CANNOT, HERE, LATE = "cannot", "here", "late"


@dataclass(frozen=True)
class Member:
    profile: ProfileView
    allowed: frozenset[str]
    """What they consent to: it decides what their card shows."""
    presence: str | None
    reasons: tuple[tuple[str, ...], ...]

    @property
    def participant_id(self) -> str:
        return self.profile.participant_id

    @property
    def organisation(self) -> str:
        """That of a patient association stands beside a name only where its representative
        agreed to it."""
        hidden = self.profile.kind == PATIENT_ASSOCIATION and ASSOCIATION not in self.allowed
        return "" if hidden else self.profile.organisation

    def named(self) -> str:
        return ", ".join(filter(None, (self.profile.name, self.organisation)))


@dataclass(frozen=True)
class Meeting:
    introduction: Introduction
    round: Round
    members: tuple[Member, ...]
    break_room: str
    table: MeetingTable | None

    @property
    def present(self) -> list[Member]:
        return [one for one in self.members if one.presence != CANNOT]

    @property
    def competitors(self) -> bool:
        return sum(one.profile.kind == INDUSTRIAL for one in self.members) > 1

    def title(self, reader: Reader) -> str:
        return reader.gettext("Meeting at {time}").format(time=reader.time(self.round.window_at))

    def window(self, reader: Reader) -> str:
        at = self.round.window_at
        return reader.gettext("From {start} to {end}").format(
            start=reader.time(at), end=reader.time(at + MEETING)
        )

    def place(self, reader: Reader) -> str:
        if self.introduction.stand:
            return reader.gettext("stand {stand}").format(stand=self.introduction.stand)
        if self.table is None:
            return self.break_room
        table = reader.gettext("standing table {number}") if self.table.standing else ""
        table = table or reader.gettext("table {number}")
        return f"{table.format(number=self.table.number)}, {self.table.place}"

    def company(self, reader: Reader) -> str:
        """With whom: at a stand, with those of it; otherwise with everybody."""
        hosts = [one for one in self.members if one.profile.stand == self.introduction.stand]
        shown = hosts if self.introduction.stand and hosts else self.present
        return reader.gettext("with {people}").format(people=enumerated(shown, reader))


def enumerated(people: Sequence[Member], reader: Reader) -> str:
    if len(people) == 1:
        return people[0].named()
    names = [
        f"{one.profile.name} ({one.organisation})" if one.organisation else one.profile.name
        for one in people
    ]
    return reader.gettext("{people} and {last}").format(
        people=", ".join(names[:-1]), last=names[-1]
    )


def meeting_of(session: Session, event_id: str, introduction_id: str) -> Meeting:
    introduction = session.get_one(Introduction, (event_id, introduction_id))
    row = session.get_one(Round, (event_id, introduction.round_id))
    rows = session.scalars(
        select(IntroductionMember)
        .where(
            IntroductionMember.event_id == event_id,
            IntroductionMember.introduction_id == introduction_id,
        )
        .order_by(IntroductionMember.participant_id)
    ).all()
    members = (
        Member(
            profile_of(session, event_id, one.participant_id),
            consents_of(session, event_id, one.participant_id),
            one.presence,
            tuple(tuple(reason) for reason in one.reasons),
        )
        for one in rows
    )
    by_name = sorted(members, key=lambda one: (one.profile.name.casefold(), one.participant_id))
    number = introduction.table_number
    return Meeting(
        introduction,
        row,
        tuple(by_name),
        session.get_one(SessionRow, (event_id, row.session_id)).room,
        session.get(MeetingTable, (event_id, number)) if number is not None else None,
    )


def card_of(member: Member, event: EventFile, reader: Reader) -> tuple[str, ...]:
    """What a person's card shows under their name, as far as they allow."""
    profile = member.profile
    kind = event.kind_label(profile.kind, reader.language)
    if INTRODUCTIONS not in member.allowed:
        return tuple(filter(None, (_line(member.organisation, kind),)))
    says = (
        (reader.gettext("I offer: {tags}"), profile.offers),
        (reader.gettext("I seek: {tags}"), profile.seeks),
    )
    return tuple(
        filter(
            None,
            (
                _line(member.organisation, kind, profile.job_title),
                *(line.format(tags=", ".join(tags)) for line, tags in says if tags),
            ),
        )
    )


def _line(*parts: str) -> str:
    return " · ".join(filter(None, parts))

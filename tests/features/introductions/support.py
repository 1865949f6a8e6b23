"""A small congress whose people say yes to introductions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.delivery.outdating import drop_outdated
from bot.delivery.tables import POST, QUEUED, SENT, Delivery
from bot.features.events.model import EventFile
from bot.features.introductions import jobs
from bot.features.introductions.answering import come
from bot.features.introductions.places import TableLine, import_tables
from bot.features.introductions.tables import (
    WITHDRAWN,
    Introduction,
    IntroductionMember,
    LeftOut,
    Round,
)
from bot.features.people.consents import ADULT, INTRODUCTIONS, agree
from bot.features.people.tables import Participant
from bot.features.people.wishes import profile_row
from bot.features.programme.model import ProgrammeSession
from tests.support.factories import EARLY, World, at, event_file, talk

MORNING = talk("M", at("10:30"), kind="networking", room="Village")
LUNCH = talk("L", at("12:30"), 90, kind="networking", room="Village")
NOBODY_ELSE = "Personne d'autre ce matin ; vous serez prioritaire à 12 h 30."
TALK = talk("T", at("09:30"), 60)


class Rounds(World):
    def __init__(self, session: Session, file: EventFile | None = None) -> None:
        super().__init__(session, file or event_file())
        self.imports(TALK, MORNING, LUNCH)
        self.go(EARLY)

    def guest(self, name: str, *, kind: str | None = None, **profile: Any) -> Participant:
        """Somebody who may be introduced."""
        person = self.person(name)
        person.organisation, person.kind = f"{name} SA", kind
        row = profile_row(self.session, self.event_id, person.participant_id)
        for field, value in profile.items():
            setattr(row, field, value)
        for purpose in (ADULT, INTRODUCTIONS):
            agree(self.session, person, purpose, EARLY)
        self.session.flush()
        return person

    def guests(self, *names: str) -> list[Participant]:
        return [self.guest(name) for name in names]

    def tables(self, number: int, seats: int = 4) -> None:
        lines = [TableLine(n, "Village", seats, False) for n in range(1, number + 1)]
        import_tables(self.session, self.event_id, lines, EARLY)

    def round(self, name: str = "M") -> Round:
        self.session.expire_all()
        session_id = self.row(name).session_id
        return self.session.scalars(
            select(Round).where(Round.event_id == self.event_id, Round.session_id == session_id)
        ).one()

    def come(self, *people: Participant, name: str = "M", now: datetime = EARLY) -> list[str]:
        return [come(self.session, one, self.round(name).round_id, now) for one in people]

    def go(self, now: datetime) -> None:
        """What is due of rounds, and its delivery at once."""
        self.now = now
        jobs.tick(self.session, self.event_id, now)
        self.deliver()

    def deliver(self) -> None:
        drop_outdated(self.session, self.event_id, self.now)
        queued = (Delivery.event_id == self.event_id, Delivery.state == QUEUED)
        self.session.execute(update(Delivery).where(*queued).values(state=SENT))
        self.session.expire_all()

    def passes(self, moment: datetime) -> None:
        """Event time up to `moment`, stopping wherever a round has something to do."""
        while (due := jobs.next_due(self.session, self.event_id)) and due <= moment:
            self.go(max(due, self.now))
        self.now = moment

    def introductions(self, name: str = "M") -> list[tuple[str, ...]]:
        """The names of those who meet."""
        rows = self.session.execute(
            select(Introduction.introduction_id, Participant.name)
            .join(
                IntroductionMember,
                (IntroductionMember.event_id == Introduction.event_id)
                & (IntroductionMember.introduction_id == Introduction.introduction_id),
            )
            .join(Participant, Participant.participant_id == IntroductionMember.participant_id)
            .where(
                Introduction.event_id == self.event_id,
                Introduction.round_id == self.round(name).round_id,
                Introduction.state != WITHDRAWN,
            )
            .order_by(Participant.name)
        )
        groups: dict[str, list[str]] = {}
        for introduction_id, who in rows:
            groups.setdefault(introduction_id, []).append(who or "")
        return sorted(tuple(names) for names in groups.values())

    def introduction_of(self, person: Participant) -> str:
        """The newest."""
        query = (
            select(Introduction.introduction_id)
            .join(
                IntroductionMember,
                (IntroductionMember.event_id == Introduction.event_id)
                & (IntroductionMember.introduction_id == Introduction.introduction_id),
            )
            .where(
                IntroductionMember.participant_id == person.participant_id,
                Introduction.state != WITHDRAWN,
            )
            .order_by(Introduction.made_at.desc())
        )
        return self.session.scalars(query).first() or ""

    def left_out(self, name: str = "M") -> dict[str, str]:
        rows = self.session.execute(
            select(Participant.name, LeftOut.why)
            .join(LeftOut, LeftOut.participant_id == Participant.participant_id)
            .where(LeftOut.event_id == self.event_id, LeftOut.round_id == self.round(name).round_id)
        )
        return {row[0] or "": row[1] for row in rows}

    def place(self, post: Delivery) -> str:
        if post.group_id is None:
            return super().place(post)
        people = self.session.scalars(
            select(Participant.name)
            .join(
                IntroductionMember,
                IntroductionMember.participant_id == Participant.participant_id,
            )
            .where(IntroductionMember.introduction_id == post.group_id)
            .order_by(Participant.name)
        )
        return "+".join(filter(None, people))

    def imports_now(self, *programme: ProgrammeSession, now: datetime) -> None:
        self.imports(*programme, now=now)
        self.passes(now)

    def posts_to(self, place: str) -> Sequence[Delivery]:
        return [one for one in self.posts() if one.operation == POST and self.place(one) == place]

    def words_to(self, place: str) -> list[str]:
        return [self.says(one) for one in self.posts_to(place)]


def opened(rounds: Rounds, *names: str, now: str = "10:15") -> list[Participant]:
    """People who said yes, matched, and told."""
    people = rounds.guests(*names)
    rounds.come(*people)
    rounds.passes(at(now))
    return people

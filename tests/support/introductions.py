"""Introductions that were made, without the rounds that make them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.delivery.outdating import drop_outdated
from bot.delivery.tables import QUEUED, SENT, Delivery
from bot.features.introductions import outcome_jobs
from bot.features.introductions.encounters import answer_encounter
from bot.features.introductions.tables import (
    MATCHED,
    OPENED,
    Introduction,
    IntroductionMember,
    Round,
)
from bot.features.people.profile_tables import Consent
from bot.features.people.tables import Participant
from bot.features.programme import jobs
from bot.features.programme.tables import SessionRow
from tests.support.factories import EARLY, World, at, event_file, talk

KINDS = ("industrial", "startup", "investor", "academic", "health_authority")
WINDOW = timedelta(minutes=7)


def add_introduction(
    session: Session,
    event_id: str,
    workspace_id: str,
    break_: SessionRow,
    people: Sequence[Participant],
) -> str:
    """In the round of a break, which is made where there is none; its id."""
    query = session.query(Round).filter_by(event_id=event_id, session_id=break_.session_id)
    round_ = query.one_or_none()
    if round_ is None:
        starts = break_.starts_at
        round_ = Round(
            event_id=event_id,
            round_id=new_id(),
            session_id=break_.session_id,
            size=2,
            calls_at=starts - timedelta(minutes=75),
            closes_at=starts - timedelta(minutes=30),
            opens_at=starts - timedelta(minutes=20),
            window_at=starts + WINDOW,
            state=MATCHED,
        )
        session.add(round_)
        session.flush()
    introduction = Introduction(
        event_id=event_id,
        introduction_id=new_id(),
        round_id=round_.round_id,
        workspace_id=workspace_id,
        icebreaker=0,
        state=OPENED,
        made_at=round_.closes_at,
    )
    session.add(introduction)
    session.flush()
    for person in people:
        session.add(
            IntroductionMember(
                event_id=event_id,
                introduction_id=introduction.introduction_id,
                participant_id=person.participant_id,
            )
        )
    session.flush()
    return introduction.introduction_id


def agree(session: Session, person: Participant, purpose: str, now: datetime = EARLY) -> None:
    session.add(
        Consent(
            event_id=person.event_id,
            participant_id=person.participant_id,
            purpose=purpose,
            given_at=now,
        )
    )
    session.flush()


class IntroductionWorld(World):
    """Breaks at 10:30 ("B") and 12:30 ("L") of Thursday 12 December 2024, and people who meet."""

    def __init__(self, session: Session) -> None:
        kinds = [{"id": one, "fr": f"{one} (fr)", "en": one} for one in KINDS]
        channels = {"general": "programme", "organisers": "organisation"}
        super().__init__(session, event_file(profile_kinds=kinds, channels=channels))
        self.imports(
            talk("B", at("10:30"), kind="networking"),
            talk("L", at("12:30"), kind="networking"),
            talk("M", at("15:30"), kind="networking"),
        )

    def someone(
        self, name: str, kind: str | None = None, *, follow_ups: bool = True
    ) -> Participant:
        person = self.person(name)
        person.kind = kind
        person.organisation = f"{name} SA"
        if follow_ups:
            agree(self.session, person, "follow_ups")
        return person

    def introduce(self, *people: Participant, in_: str = "B") -> str:
        row = self.row(in_)
        return add_introduction(self.session, self.event_id, self.workspace_id, row, people)

    def answers(
        self,
        introduction_id: str,
        who: Participant,
        whom: Participant,
        answer: str,
        now: datetime | None = None,
    ) -> None:
        args = (introduction_id, whom.participant_id, answer)
        answer_encounter(self.session, who, *args, now or at("11:00"))

    def met(self, *people: Participant, in_: str = "B") -> str:
        """Introduced, and everybody says *Oui* of everybody."""
        introduction_id = self.introduce(*people, in_=in_)
        for who in people:
            for whom in people:
                if who is not whom:
                    self.answers(introduction_id, who, whom, "yes")
        return introduction_id

    def tick(self, now: datetime) -> None:
        self.now = now
        jobs.tick(self.session, self.event_id, now)
        outcome_jobs.tick(self.session, self.event_id, now)
        drop_outdated(self.session, self.event_id, now)
        queued = (Delivery.event_id == self.event_id, Delivery.state == QUEUED)
        self.session.execute(update(Delivery).where(*queued).values(state=SENT))
        self.session.flush()

    def until(self, moment: datetime) -> None:
        def due() -> datetime | None:
            both = (job.next_due(self.session, self.event_id) for job in (jobs, outcome_jobs))
            return min(filter(None, both), default=None)

        while (next_ := due()) and next_ <= moment:
            self.tick(max(next_, self.now))
        self.now = moment

    def letters(self, about: str) -> list[tuple[str, str, str]]:
        """When, to whom and what, in that order."""
        return sorted(
            (
                f"{post.created_at.astimezone(self.event.tz):%d/%m %H:%M}",
                self.place(post),
                self.says(post),
            )
            for post in self.posts()
            if post.message == f"introductions.{about}"
        )

"""A small congress whose sessions take questions, for tests of what becomes of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.features.people.tables import Participant
from bot.features.programme.roles import HOST, TEAM, WHOLE_EVENT, Role
from bot.features.questions.asking import ask
from bot.features.questions.model import Draft
from bot.features.questions.queries import QuestionView, question_view
from bot.features.questions.tables import Question
from bot.features.questions.vote_tables import QuestionVote
from tests.support.factories import EARLY, World, at, event_file, talk

OPEN = at("09:00")
"""The round table has begun."""


class MemoryKeys:
    """Keys that live as long as the test."""

    def __init__(self) -> None:
        self.keys: dict[tuple[str, str], bytes] = {}

    def key_of(
        self, event_id: str, session_id: str, create_until: datetime | None = None
    ) -> bytes | None:
        if create_until is not None:
            self.keys.setdefault((event_id, session_id), new_id().encode())
        return self.keys.get((event_id, session_id))


class QuestionWorld(World):
    """A round table "T" of 09:00 in Descartes, with a host, a question team and a room."""

    def __init__(self, session: Session, **rules: Any) -> None:
        channels = {"general": "programme", "organisers": "organisation", "questions": "team"}
        kinds = [
            {"id": one, "fr": one, "en": one}
            for one in ("startup", "patient_association", "health_authority")
        ]
        file = event_file(channels=channels, questions=rules, profile_kinds=kinds)
        super().__init__(session, file)
        self.keys = MemoryKeys()
        self.imports(talk("T", OPEN, 60, kind="round_table"), talk("U", OPEN, 60, room="Balzac"))
        self.host, self.team = self.person("Hana"), self.person("Tim")
        self.role(self.host, HOST, self.row("T").session_id)
        self.role(self.team, TEAM, WHOLE_EVENT)

    def role(self, person: Participant, role: str, session_id: str) -> None:
        self.session.add(
            Role(
                event_id=self.event_id,
                participant_id=person.participant_id,
                role=role,
                session_id=session_id,
            )
        )
        self.session.flush()

    def asks(
        self, person: Participant, text: str, now: datetime = EARLY, of: str = "T", **more: Any
    ) -> Question:
        draft = Draft(self.row(of).session_id, text, "fr", **more)
        return ask(self.session, person, draft, self.keys, now)

    def supports(self, person: Participant, question: Question) -> None:
        self.session.merge(
            QuestionVote(
                event_id=self.event_id,
                question_id=question.question_id,
                participant_id=person.participant_id,
                by_name=False,
            )
        )
        self.session.flush()

    def view(self, question: Question) -> QuestionView:
        self.session.flush()
        view = question_view(self.session, self.event_id, question.question_id)
        assert view is not None
        return view

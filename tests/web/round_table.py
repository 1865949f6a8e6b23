"""The round table of 09:00 with its host and its question team, on real pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from playwright.sync_api import BrowserContext, Page
from sqlalchemy.orm import Session
from starlette.routing import BaseRoute

from bot.core.address import PublicAddress
from bot.core.clock import SimulatedClock
from bot.db.engine import create_database_engine
from bot.features.people.tables import Participant
from bot.features.programme.tables import SpeakerRow
from bot.features.questions import moderation
from bot.features.questions.access import personal_link
from bot.features.questions.queries import QuestionView, question_view
from bot.features.questions.tables import Question, QuestionSession
from bot.web import entry, stage, team
from bot.web.pages import Site
from tests.support.factories import at
from tests.support.questions import QuestionWorld
from tests.support.web import Served, served

NOW = at("09:25")
BEFORE, SOON = NOW - timedelta(minutes=5), timedelta(seconds=1)
WAITS = "Pourquoi un traitement autorisé met-il encore des mois à arriver jusqu'aux malades ?"
COST = "Qui décide du prix d'une thérapie génique ?"
TRIALS = "Comment les associations participent-elles aux essais ?"
HOME = "Le traitement à domicile est-il envisagé ?"
CASE = "Mon fils a eu de la fièvre après sa perfusion, est-ce grave ?"


@dataclass(frozen=True)
class RoundTable:
    """Ids, since the rows are those of another transaction."""

    site: Served
    event_id: str
    session_id: str
    host: str
    team: str
    other: str
    speaker: str
    nobody: str
    questions: dict[str, str]

    @property
    def url(self) -> str:
        return self.site.url

    def page(self, kind: str) -> str:
        return f"/{kind}/{self.session_id}"

    def link(self, participant_id: str, path: str) -> str:
        def use_case(session: Session) -> str:
            person = session.get_one(Participant, (self.event_id, participant_id))
            return personal_link(session, person, path)

        return self.site.run(use_case)

    def view(self, text: str) -> QuestionView:
        def use_case(session: Session) -> QuestionView:
            view = question_view(session, self.event_id, self.questions[text])
            assert view is not None
            return view

        return self.site.run(use_case)

    def states(self) -> dict[str, str]:
        return {text: self.view(text).state for text in self.questions}

    def sheet(self, name: str) -> object:
        def use_case(session: Session) -> object:
            sheet = session.get_one(QuestionSession, (self.event_id, self.session_id))
            return getattr(sheet, name)

        return self.site.run(use_case)

    def does(self, participant_id: str, use_case: str, text: str, *args: str) -> None:
        """A moderator elsewhere, in the chat perhaps."""

        def transaction(session: Session) -> None:
            person = session.get_one(Participant, (self.event_id, participant_id))
            question = session.get_one(Question, (self.event_id, self.questions[text]))
            action = getattr(moderation, use_case)
            action(session, person, question.question_id, question.version, *args, NOW + SOON)

        self.site.run(transaction)

    def signed_in(self, context: BrowserContext, participant_id: str, path: str) -> Page:
        page = context.new_page()
        page.goto(self.url + self.link(participant_id, path))
        page.get_by_role("button").click()
        page.wait_for_url(f"**{path}")
        return page


def clock() -> SimulatedClock:
    return SimulatedClock(NOW)


@contextmanager
def round_table(
    database_url: str, address: PublicAddress | None = None, **live: float
) -> Iterator[RoundTable]:
    ids, questions = _filled(database_url)

    def pages(site: Site) -> Sequence[BaseRoute]:
        site = replace(site, address=address or PublicAddress())
        return [route for each in (entry, team, stage) for route in each.routes(site)]

    with served(database_url, pages, clock(), **live) as site:
        yield RoundTable(site, questions=questions, **ids)


def _filled(database_url: str) -> tuple[dict[str, str], dict[str, str]]:
    engine = create_database_engine(database_url)
    with Session(engine) as session, session.begin():
        world = QuestionWorld(session)
        people = [world.person(f"P{n}") for n in range(45)]
        association = world.person("Iris")
        association.kind = "patient_association"
        session.flush()
        asked = {
            COST: world.asks(people[0], COST, named=True),
            WAITS: world.asks(association, WAITS, named=True),
            TRIALS: world.asks(association, TRIALS),
            HOME: world.asks(people[1], HOME),
            CASE: world.asks(people[2], CASE),
        }
        for text in (COST, WAITS, TRIALS, HOME):
            question = asked[text]
            moderation.publish(session, world.team, question.question_id, 1, BEFORE)
        for text, count in ((WAITS, 41), (COST, 12), (HOME, 3)):
            for person in people[:count]:
                world.supports(person, asked[text])
        moderation.put_on_screen(session, world.host, asked[TRIALS].question_id, 2, BEFORE)
        moderation.answered(session, world.host, asked[TRIALS].question_id, 3, BEFORE)
        moderation.put_on_screen(session, world.host, asked[WAITS].question_id, 2, BEFORE)
        speaker, nobody, other = (world.person(name) for name in ("Sam", "Noa", "Zoe"))
        world.role(other, "questions", "")
        session_id = world.row("T").session_id
        session.add(
            SpeakerRow(
                event_id=world.event_id,
                session_id=session_id,
                position=0,
                name="Sam Sow",
                participant_id=speaker.participant_id,
            )
        )
        ids = {
            "event_id": world.event_id,
            "session_id": session_id,
            "host": world.host.participant_id,
            "team": world.team.participant_id,
            "other": other.participant_id,
            "speaker": speaker.participant_id,
            "nobody": nobody.participant_id,
        }
        questions = {text: one.question_id for text, one in asked.items()}
    engine.dispose()
    return ids, questions

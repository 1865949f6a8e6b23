"""A room of the sample congress, served: its page for phones without an account, its screen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from html import unescape
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session
from starlette.routing import BaseRoute

from bot.core.clock import SimulatedClock
from bot.core.i18n import NBSP
from bot.db.engine import create_database_engine
from bot.demo import fill_database, sample_bytes, sample_event
from bot.features.events.tables import Event
from bot.features.people.tables import Participant
from bot.features.programme.actions import import_programme
from bot.features.programme.formats.schedule_json import parse_schedule_json
from bot.features.programme.tables import SessionRow
from bot.features.questions.asking import ask
from bot.features.questions.model import Draft
from bot.features.questions.moderation import publish, put_on_screen
from bot.features.questions.rooms import room_page
from bot.features.questions.sessions import change_session
from bot.features.questions.sheets import question_session
from bot.features.questions.tables import Question
from bot.features.questions.telling import tell_of_session
from bot.features.questions.vote_tables import QuestionVote
from bot.web import room, wall
from bot.web.pages import Site
from tests.support.congress import at
from tests.support.questions import MemoryKeys
from tests.support.web import Served, served

DESCARTES = "Auditorium Descartes"
DURING = at("14:04")
"""The patients' associations have the floor."""
PUBLIC_URL = "http://questions.example.org"


class Hall:
    """Auditorium Descartes while people ask."""

    def __init__(self, site: Served, clock: SimulatedClock, event_id: str, name: str) -> None:
        self.site, self.clock, self.event_id, self.name = site, clock, event_id, name
        page = site.run(lambda session: room_page(session, event_id, name))
        self.page, self.wall = f"/r/{page.page_id}", f"/wall/{page.wall_id}"
        self.page_url, self.wall_url = site.url + self.page, site.url + self.wall

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def organiser(self, session: Session) -> Participant:
        email = sample_event().organisers[0]
        return session.scalars(select(Participant).where(Participant.email == email)).one()

    def session_id(self, session: Session) -> str:
        """The session that is on."""
        return session.scalars(
            select(SessionRow.session_id).where(
                SessionRow.room == self.name,
                SessionRow.starts_at <= self.now,
                SessionRow.ends_at > self.now,
            )
        ).one()

    def asked(self, *texts: str, supporters: int = 0) -> list[str]:
        """Published questions, each with fewer supporters than the one before it."""

        def use_case(session: Session) -> list[str]:
            people = session.scalars(select(Participant).order_by(Participant.participant_id)).all()
            organiser, session_id = self.organiser(session), self.session_id(session)
            asked = []
            for number, text in enumerate(texts):
                draft = Draft(session_id, text, "fr")
                question = ask(session, organiser, draft, MemoryKeys(), self.now)
                publish(session, organiser, question.question_id, 1, self.now)
                for person in people[: max(supporters - number, 0)]:
                    session.add(
                        QuestionVote(
                            event_id=self.event_id,
                            question_id=question.question_id,
                            participant_id=person.participant_id,
                            by_name=False,
                        )
                    )
                asked.append(question.question_id)
            return asked

        return self.site.run(use_case)

    def stage(self, question_id: str, **changed: Any) -> None:
        """Put a question on the screen, with what a moderator changed of it."""

        def use_case(session: Session) -> None:
            question = session.get_one(Question, (self.event_id, question_id))
            for name, value in changed.items():
                setattr(question, name, value)
            put_on_screen(session, self.organiser(session), question_id, question.version, self.now)
            event = sample_event()
            tell_of_session(session, self.event_id, event, question.session_id, self.now)

        self.site.run(use_case)

    def change(self, **values: Any) -> None:
        """Settings of the questions of the session that is on."""

        def use_case(session: Session) -> None:
            of = self.session_id(session)
            change_session(session, self.organiser(session), of, self.now, **values)

        self.site.run(use_case)

    def code(self) -> str:
        def read(session: Session) -> str:
            sheet = question_session(session, self.event_id, self.session_id(session))
            return sheet.code if sheet else ""

        return self.site.run(read)

    def questions(self) -> list[Question]:
        """Those that guests asked."""
        query = select(Question).where(Question.guest_id.is_not(None))
        return self.site.run(
            lambda session: list(session.scalars(query.order_by(Question.asked_at)).all())
        )

    def imports(self, name: str) -> None:
        event = sample_event()
        parsed = parse_schedule_json(sample_bytes(name), zone=event.zone, kinds=event.session_kinds)
        self.site.run(
            lambda session: import_programme(session, self.event_id, parsed.sessions, self.now)
        )


def _filled(database_url: str, now: datetime) -> str:
    """The event of a database, in which the sample congress may already be."""
    engine = create_database_engine(database_url)
    with Session(engine) as session:
        known = (
            session.scalar(select(Event.event_id)) if inspect(engine).has_table("events") else None
        )
    engine.dispose()
    return known or fill_database(database_url, now)


@contextmanager
def hall(
    database_url: str,
    now: datetime = DURING,
    name: str = DESCARTES,
    public_url: str | None = PUBLIC_URL,
    **live: float,
) -> Iterator[Hall]:
    event_id = _filled(database_url, now)
    clock = SimulatedClock(now)

    def pages(site: Site) -> Sequence[BaseRoute]:
        site.address.url = public_url
        return [*room.routes(site), *wall.routes(site)]

    with served(database_url, pages, clock, **live) as site:
        yield Hall(site, clock, event_id, name)


class Phone:
    """A browser without a script: it keeps cookies and follows redirections."""

    def __init__(self, url: str, language: str = "fr-FR") -> None:
        self.url, self.language = url, language
        self.cookies = CookieJar()
        self.cookie = ""
        """One that somebody made up."""
        self._opener = build_opener(HTTPCookieProcessor(self.cookies))
        self.status, self.address, self.text = 0, "", ""
        self.headers: Any = {}

    def get(self, path: str) -> str:
        return self._open(Request(self.url + path))

    def post(self, path: str, **values: str) -> str:
        return self._open(Request(self.url + path, urlencode(values).encode()))

    def send(self, form: str, **values: str) -> str:
        """Fill in and send the form of this page whose address ends so."""
        found = re.search(rf'<form[^>]*action="([^"]*{re.escape(form)}[^"]*)"[^>]*>(.*?)</form>',
                          self.text, re.DOTALL)  # fmt: skip
        assert found, self.text
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', found[2]))
        return self.post(found[1].replace("&amp;", "&"), **(hidden | values))

    def _open(self, request: Request) -> str:
        request.add_header("Accept-Language", self.language)
        if self.cookie:
            request.add_unredirected_header("Cookie", self.cookie)
        try:
            answer = self._opener.open(request, timeout=10)
        except HTTPError as error:
            answer = error
        with answer:
            self.status, self.headers = answer.status, answer.headers
            self.address = answer.url.removeprefix(self.url)
            self.text = answer.read().decode().replace(NBSP, " ")
        return self.text

    @property
    def said(self) -> str:
        """The sentence above everything."""
        found = re.search(r'<div id="notice"[^>]*>\s*<p class="\w+">(.*?)</p>', self.text)
        return unescape(found[1]) if found else ""

    @property
    def field(self) -> str | None:
        """What stands in the field to ask."""
        found = re.search(r'<textarea id="question"[^>]*>(.*?)</textarea>', self.text, re.DOTALL)
        return found[1] if found else None

"""Paper for the welcome desk and the rooms."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.engine import create_database_engine
from bot.demo import fill_database
from bot.features.events.actions import join_workspace
from bot.features.events.queries import event_settings, find_event
from bot.features.introductions.rounds import follow_programme, rounds_of
from bot.features.introductions.tables import MATCHED, Introduction, IntroductionMember
from bot.features.people.tables import Participant
from bot.features.programme.tables import SessionRow
from bot.features.questions.asking import ask, ask_as_guest
from bot.features.questions.model import Draft
from bot.features.questions.moderation import answered, publish
from tests.cli.conftest import Maillon
from tests.support.congress import at
from tests.support.questions import MemoryKeys

EARLY = at("08:00")
TABLE = "S003"


@pytest.fixture
def filled(maillon: Maillon, sqlite_url: str) -> Maillon:
    fill_database(sqlite_url, EARLY)
    return maillon


def change(url: str, use_case: object) -> None:
    engine = create_database_engine(url)
    with Session(engine) as session, session.begin():
        use_case(session, find_event(session))  # type: ignore[operator]
    engine.dispose()


def words(html: str) -> str:
    body = html.partition("<body>")[2]
    text = unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text).strip()


def test_the_programme_a_sheet_a_day(filled: Maillon, tmp_path: Path) -> None:
    file = tmp_path / "programme.html"
    done = filled("print", "programme", "--out", file)
    assert (done.code, done.out) == (0, f"Done. Open it in a browser and print it: {file}\n")
    html = file.read_text(encoding="utf-8")
    assert html.count("<section>") == 2
    said = words(html)
    assert "Jeudi 12 décembre" in said
    assert "9 h 00 – 9 h 30 Ouverture : gagner la première marche en thérapies innovantes" in said
    assert "Conférence plénière · Auditorium Descartes · en français Avec" in said
    assert "@" not in said
    one = words(filled("print", "programme", "--day", "2019-12-13", "--language", "en").out)
    assert "Friday 13 December" in one
    assert "Thursday" not in one


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("programme", "--day", "demain"), "demain is not a day; 2019-12-12 is one."),
        (
            ("programme", "--day", "2020-01-01"),
            "Nothing is planned on 2020-01-01; the event has: 2019-12-12, 2019-12-13.",
        ),
        (("questions", "S999"), "There is no session S999 in the programme."),
        (("round", "next"), "There is no round of introductions in the programme."),
    ],
)
def test_what_cannot_be_printed(filled: Maillon, arguments: tuple[str], sentence: str) -> None:
    failed = filled("print", *arguments)
    assert (failed.code, failed.out, failed.err) == (1, "", f"{sentence}\n")


def test_only_open_questions_and_no_name_that_was_not_shown(
    filled: Maillon, sqlite_url: str
) -> None:
    def asked(session: Session, event_id: str) -> None:
        row = session.scalars(select(SessionRow).where(SessionRow.code == TABLE)).one()
        people = session.scalars(select(Participant).order_by(Participant.email)).all()
        team = next(one for one in people if one.email == "susan.aubert@example.org")
        keys = MemoryKeys()

        def one(text: str, **how: object) -> tuple[str, int]:
            draft = Draft(row.session_id, text, "fr", **how)  # type: ignore[arg-type]
            question = ask(session, people[3], draft, keys, EARLY)
            return question.question_id, question.version

        publish(session, team, *one("Avec mon nom ?", named=True), EARLY)
        publish(session, team, *one("Sans nom ?", anonymous=True), EARLY)
        one("Pas encore lue ?")
        question_id, version = one("Déjà répondue ?")
        publish(session, team, question_id, version, EARLY)
        answered(session, team, question_id, version + 1, EARLY)
        guest = ask_as_guest(
            session, event_id, "guest", Draft(row.session_id, "Du public ?", "fr"), EARLY
        )
        publish(session, team, guest.question_id, guest.version, EARLY)
        names.append(people[3].name or "")

    names: list[str] = []
    change(sqlite_url, asked)
    said = words(filled("print", "questions", TABLE).out)
    assert "3 questions en attente de réponse" in said
    for text in ("Avec mon nom ?", "Sans nom ?", "Du public ?"):
        assert said.count(text) == 1
    assert said.count(names[0]) == 1
    assert "Pas encore lue" not in said
    assert "Déjà répondue" not in said
    assert "Plus aucune question publiée." in words(filled("print", "questions", "S001").out)


def test_the_list_of_a_round(filled: Maillon, sqlite_url: str) -> None:
    def planned(session: Session, event_id: str) -> None:
        follow_programme(session, event_id, event_settings(session, event_id), EARLY)

    change(sqlite_url, planned)
    early = filled("print", "round", "next")
    assert early.code == 1
    assert early.err == (
        "Who meets whom at 10:37 is not decided yet: please ask again from 10:10 on.\n"
    )
    unknown = filled("print", "round", "S001")
    assert unknown.err.startswith("There is no round S001; there is: next, S004, ")

    def matched(session: Session, event_id: str) -> None:
        first = rounds_of(session, event_id)[0]
        first.state = MATCHED
        workspace = join_workspace(session, event_id, "slack", "T1")
        people = session.scalars(select(Participant).order_by(Participant.email)).all()
        where: list[dict[str, object]] = [{"table_number": 7}, {"stand": "E01"}]
        for number, place in enumerate(where):
            made = Introduction(
                event_id=event_id,
                introduction_id=f"i{number}",
                round_id=first.round_id,
                workspace_id=workspace,
                icebreaker=0,
                made_at=EARLY + timedelta(hours=2),
                **place,
            )
            session.add(made)
            session.flush()
            for person in people[3 * number : 3 * number + 3]:
                session.add(
                    IntroductionMember(
                        event_id=event_id,
                        introduction_id=made.introduction_id,
                        participant_id=person.participant_id,
                        presence="cannot" if person is people[0] else None,
                    )
                )
        names.extend(person.name or "" for person in people[:6])

    names: list[str] = []
    change(sqlite_url, matched)
    html = filled("print", "round", "next").out
    said = words(html)
    assert "Rencontres de 10 h 37" in said
    assert names[0] not in said, "who cannot come"
    assert all(said.count(name) == 1 for name in names[1:])
    assert html.count("<strong>7</strong>") == 2
    assert html.count("<strong>E01</strong>") == 3
    assert "@" not in said
    assert filled("print", "round", "S004").out == html
    assert "Introductions of 10:37" in words(
        filled("print", "round", "S004", "--language", "en").out
    )

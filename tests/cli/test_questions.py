"""`maillon questions export`: safe files, and what must not leave."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bot.demo import DEMO_START, fill_database
from bot.features.people.queries import participant_by_email
from bot.features.people.tables import Participant
from bot.features.programme.tables import SessionRow
from bot.features.questions.asking import ask
from bot.features.questions.model import Draft
from bot.features.questions.moderation import decline, publish
from tests.cli.conftest import Maillon
from tests.support.questions import MemoryKeys

EVIL = '=HYPERLINK("http://evil.example";"oui") : combien de lots ?'
CHILD = "Mon fils a fait une réaction grave après son injection, que faire ?"


@pytest.fixture
def asked(sqlite_url: str) -> None:
    """Three questions of one round table: a formula, a child's health, one not kept."""
    event_id = fill_database(sqlite_url, DEMO_START)
    engine = create_engine(sqlite_url)
    with Session(engine) as session, session.begin():

        def person(email: str) -> Participant:
            found = participant_by_email(session, event_id, email)
            assert found is not None
            return found

        table = session.scalars(select(SessionRow).where(SessionRow.code == "S003")).one()
        team, keys = person("martin.becker@example.org"), MemoryKeys()
        asker = person("ines.millet@example.org")
        for text, anonymous in ((EVIL, False), (CHILD, True), ("Achetez notre produit ?", False)):
            draft = Draft(table.session_id, text, "fr", anonymous=anonymous, named=True)
            one = ask(session, asker, draft, keys, DEMO_START)
            if text == EVIL:
                publish(session, team, one.question_id, 1, DEMO_START)
            elif text != CHILD:
                decline(session, team, one.question_id, 1, "promotion", DEMO_START)
    engine.dispose()


@pytest.mark.usefixtures("asked")
def test_a_table_whose_cells_are_no_formulas(maillon: Maillon, tmp_path: Path) -> None:
    to = tmp_path / "questions.csv"
    assert maillon("questions", "export", "--format", "csv", "--out", to).code == 0
    rows = list(csv.DictReader(to.read_text("utf-8-sig").splitlines()))
    texts = sorted(row["text"] for row in rows)
    assert texts == ["", "'" + EVIL, "Achetez notre produit ?"]
    assert [row["count"] for row in rows if row["state"] == "withheld"] == ["1"]
    assert CHILD not in to.read_text("utf-8-sig")


@pytest.mark.usefixtures("asked")
def test_data_and_text_say_the_same(maillon: Maillon) -> None:
    data = json.loads(maillon("questions", "export", "--format", "json", "--session", "S003").out)
    assert data["withheld"] == 1
    assert sorted(one["state"] for one in data["questions"]) == ["declined", "published"]
    text = maillon("questions", "export", "--format", "md", LC_ALL="fr_FR.UTF-8").out
    assert "Table ronde" in text
    assert CHILD not in text


@pytest.mark.usefixtures("asked")
def test_a_session_that_is_not_there(maillon: Maillon) -> None:
    answer = maillon("questions", "export", "--format", "md", "--session", "S999")
    assert (answer.code, answer.err.strip()) == (1, "There is no session S999 in the programme.")

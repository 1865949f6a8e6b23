"""`maillon introductions report`: what organisers read, as a text, a table and data."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bot.demo import DEMO_START, fill_database
from bot.features.events.actions import join_workspace
from bot.features.introductions.encounters import answer_encounter
from bot.features.people.tables import Participant
from bot.features.programme.tables import SessionRow
from tests.cli.conftest import Maillon
from tests.support.introductions import add_introduction


@pytest.fixture
def met(sqlite_url: str) -> None:
    """Seven start-ups met one industrial each, and say so."""
    event_id = fill_database(sqlite_url, DEMO_START)
    engine = create_engine(sqlite_url)
    with Session(engine) as session, session.begin():
        workspace_id = join_workspace(session, event_id, "slack", "T1")
        row = session.scalars(select(SessionRow).where(SessionRow.code == "S004")).one()

        def of(kind: str) -> list[Participant]:
            query = select(Participant).where(Participant.kind == kind)
            return list(session.scalars(query.order_by(Participant.email).limit(7)))

        for one, two in zip(of("industrial"), of("startup"), strict=True):
            made = add_introduction(session, event_id, workspace_id, row, (one, two))
            for who, whom in ((one, two), (two, one)):
                answer_encounter(session, who, made, whom.participant_id, "yes", DEMO_START)
    engine.dispose()


@pytest.mark.usefixtures("met")
def test_a_text_a_table_and_data(maillon: Maillon, tmp_path: Path) -> None:
    told = maillon("introductions", "report", LC_ALL="fr_FR.UTF-8").out.replace("\xa0", " ")
    assert told.startswith("Bilan des rencontres\n7 mises en relation · 7 rencontres · 0 suite")
    assert "Industrie × Start-up : 7 mises en relation · 7 rencontres" in told

    file = tmp_path / "bilan.csv"
    assert maillon("introductions", "report", "--csv", file).out == ""
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    [row] = [row for row in rows if row["introductions"] == "7" and row["kind"] != "total"]
    assert (row["kind"], row["other_kind"], row["answer_rate"]) == ("Industrie", "Start-up", "1.00")

    data = json.loads(maillon("introductions", "report", "--json").out)
    assert data["total"]["encounters"] == 7
    assert ["startup", "investor"] in data["missing"]


def test_before_there_is_anything(maillon: Maillon, sqlite_url: str) -> None:
    fill_database(sqlite_url, DEMO_START)
    told = maillon("introductions", "report")
    assert told.out == "What came of the introductions\nNobody has been introduced yet.\n"

"""`maillon introductions`: a plan of a list, without a database."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bot.demo import DEMO_START, fill_database, sample_bytes
from bot.features.events.actions import join_workspace
from bot.features.people.tables import Participant
from bot.features.programme.tables import SessionRow
from tests.cli.conftest import Maillon
from tests.support.introductions import add_introduction

HEADER = "email,name,organisation,profile,languages,topics,offers,seeks,blocks,met,rounds,consent\n"
ADA = "ada@example.org,Ada,Alpha,startup,fr,vaccins,apprentis,capacité de production,,,,\n"
BOB = "bob@example.org,Bob,Beta,industrial,en,vaccines,production capacity,apprentices,,,,\n"
CAM = "cam@example.org,Cam,Gamma,academic,fr;en,,,,,,,\n"


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


def test_the_sample_is_planned_for_six_rounds(maillon: Maillon, listed: Path) -> None:
    listed.write_bytes(sample_bytes("participants.csv"))
    plan = (
        "introductions",
        "plan",
        "--people",
        str(listed),
        "--rounds",
        "6",
        "--seed",
        "3",
        "--json",
    )
    told = json.loads(maillon(*plan).out)
    assert [one["round"] for one in told["rounds"]] == [1, 2, 3, 4, 5, 6]
    met = Counter(frozenset(group["members"]) for one in told["rounds"] for group in one["groups"])
    assert set(met.values()) == {1}
    assert all(not one["left_out"] and len(one["groups"]) == 120 for one in told["rounds"])
    assert json.loads(maillon(*plan).out) == told


def test_reasons_are_in_the_language_of_their_reader(maillon: Maillon, listed: Path) -> None:
    listed.write_text(HEADER + ADA + BOB.replace(",en,", ",en;de,"), "utf-8")
    listed.write_text(listed.read_text("utf-8").replace(",fr,", ",fr;de,"), "utf-8")
    told = json.loads(maillon("introductions", "plan", "--people", str(listed), "--json").out)
    assert told["rounds"][0]["groups"][0]["reasons"] == {
        "ada@example.org": "Vous cherchez «\xa0capacité de production\xa0»\xa0: "
        "c'est ce que propose Bob. Bob cherche «\xa0apprentices\xa0»\xa0: "
        "c'est ce que vous proposez. Un sujet commun\xa0: vaccins.",
        "bob@example.org": "You are looking for “apprentices”: that is what Ada offers."
        " Ada is looking for “capacité de production”: that is what you offer."
        " A subject in common: vaccines.",
    }


def test_who_does_not_take_part_is_not_introduced(maillon: Maillon, listed: Path) -> None:
    rows = ADA.replace(",,,,\n", ",,,1;3,\n") + BOB.replace(",en,", ",fr,") + CAM
    press = "eve@example.org,Eve,Daily,press,fr,,,,,,,\n"
    dan = "dan@example.org,Dan,Delta,sme,fr,,,,,,,non\n"
    listed.write_text(HEADER + rows + press + dan, "utf-8")
    told = json.loads(
        maillon("introductions", "plan", "--people", str(listed), "--rounds", "2", "--json").out
    )
    first, second = told["rounds"]
    assert [len(group["members"]) for group in first["groups"]] == [3]
    assert second["groups"] == []  # Bob and Cam have met
    assert [one["email"] for one in first["left_out"]] == ["dan@example.org", "eve@example.org"]


def test_a_list_of_nobody_is_planned_as_nobody(maillon: Maillon, listed: Path) -> None:
    listed.write_text(HEADER, "utf-8")
    told = json.loads(maillon("introductions", "plan", "--people", str(listed), "--json").out)
    assert told == {"rounds": [{"round": 1, "groups": [], "left_out": []}]}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HEADER + ADA.replace("startup", "health_authorty"), "health_authorty"),
        (HEADER + ADA + ADA, "stands twice"),
        (HEADER + ADA.replace(",Ada,", ",,"), "There is no name"),
        (HEADER.replace(",seeks", ",sought") + ADA, "no column “seeks”"),
        (HEADER.replace("email", "address") + ADA, "no column “email”"),
        (HEADER + ADA.replace(",,,,\n", ",,,soon,\n"), "soon"),
        (HEADER + ADA.replace(",,,,\n", ",,,,maybe\n"), "maybe"),
    ],
)
def test_what_cannot_be_used_is_named(
    maillon: Maillon, listed: Path, text: str, problem: str
) -> None:
    listed.write_text(text, "utf-8")
    outcome = maillon("introductions", "plan", "--people", str(listed), "--json")
    assert outcome.code == 1
    assert problem in outcome.err
    assert outcome.out == ""


def test_a_person_reads_a_table(maillon: Maillon, listed: Path) -> None:
    listed.write_text(HEADER + ADA + BOB, "utf-8")
    shown = maillon("introductions", "plan", "--people", str(listed)).out
    assert "Ada" in shown
    assert "no language in common" in shown


def test_two_people_are_explained(maillon: Maillon, listed: Path) -> None:
    dan = CAM.replace("cam@", "dan@").replace("Cam", "Dan")
    listed.write_text(HEADER + ADA + BOB + CAM + dan, "utf-8")

    def told(one: str, other: str) -> str:
        ends = f"{one}@example.org", f"{other}@EXAMPLE.org", "--people", str(listed)
        outcome = maillon("introductions", "explain", *ends)
        return outcome.out + outcome.err

    assert "Cam and Dan are of the same organisation." in told("cam", "dan")
    assert "Ada and Bob share no language." in told("ada", "bob")
    both = told("ada", "cam") + told("ada", "dan")
    assert "are introduced to one another." in both
    assert "the round as a whole is worth more without." in both
    assert "zoe@example.org is not in the list" in told("ada", "zoe")


def test_two_people_of_the_event_are_explained(maillon: Maillon, sqlite_url: str) -> None:
    event_id = fill_database(sqlite_url, DEMO_START)
    engine = create_engine(sqlite_url)
    with Session(engine) as session, session.begin():
        some = select(Participant).where(Participant.kind == "startup")
        one, two, three = session.scalars(some.order_by(Participant.email).limit(3))
        ends = [str(one.email), str(two.email)]
        before = maillon("introductions", "explain", *ends).out
        assert before.startswith("No round has been matched yet.\nIn a later round\n")
        workspace_id = join_workspace(session, event_id, "slack", "T1")
        row = session.scalars(select(SessionRow).where(SessionRow.code == "S004")).one()
        add_introduction(session, event_id, workspace_id, row, (one, two))
        absent = [str(one.email), str(three.email)]
    engine.dispose()
    assert "does not take part in this round." in maillon("introductions", "explain", *absent).out
    assert maillon("introductions", "explain", ends[0], "zoe@example.org").err == (
        "Nobody among the participants has the address zoe@example.org.\n"
    )
    told = maillon("introductions", "explain", *ends, LC_ALL="fr_FR.UTF-8").out
    assert told.startswith("Rencontres du ")
    assert "ont une rencontre." in told


def test_a_block_in_a_list_is_told_as_a_choice(maillon: Maillon, listed: Path) -> None:
    both = CAM.replace(",,,,,,", ",,,,ada@example.org,,")
    listed.write_text(HEADER + ADA + both, "utf-8")
    told = maillon(
        "introductions", "explain", "ada@example.org", "cam@example.org", "--people", listed
    )
    assert "Ada and Cam are kept apart by a rule that one of the two chose." in told.out

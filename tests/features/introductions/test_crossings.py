"""For organisers: counts by crossing of kinds, what they withhold, and what is kept."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from copy import copy
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.core.errors import NotAllowedError
from bot.features.introductions.crossing_messages import report_for
from bot.features.introductions.crossing_report import as_csv, as_json, report_card
from bot.features.introductions.crossings import Report, Row, crossings_report
from bot.features.introductions.follow_ups import choose_told, report
from bot.features.introductions.outcome_tables import CrossingTotal
from bot.features.introductions.tables import IntroductionMember
from bot.features.people.tables import Participant
from bot.features.privacy.retention import apply_retention
from tests.support.factories import at, legible, said
from tests.support.introductions import IntroductionWorld

END = at("23:59:59", 13)


@pytest.fixture
def world(session: Session) -> IntroductionWorld:
    return IntroductionWorld(session)


def crowd(
    world: IntroductionWorld, kind: str, other: str, pairs: int, met: int
) -> list[tuple[Participant, Participant]]:
    """So many pairs of new people of two kinds, of whom the first `met` say so; the others say
    nothing."""
    made = []
    for number in range(pairs):
        one = world.someone(f"{kind}{other}{number}A", kind)
        two = world.someone(f"{kind}{other}{number}B", other)
        if number < met:
            world.met(one, two)
        else:
            world.introduce(one, two)
        made.append((one, two))
    return made


def of(world: IntroductionWorld) -> Report:
    return crossings_report(world.session, world.event_id, world.event)


def follow(
    world: IntroductionWorld, who: Participant, whom: Participant, outcome: str, told: str = ""
) -> None:
    report(world.session, who, whom.participant_id, 1, outcome, at("10:00", 16))
    if told:
        choose_told(world.session, who, whom.participant_id, 1, told, at("10:00", 16))


@pytest.fixture
def lively(own_engine: Engine, built: IntroductionWorld) -> Iterator[IntroductionWorld]:
    """As it was built: what a test does is never committed."""
    world = copy(built)
    with Session(own_engine) as world.session:
        world.session.connection()
        yield world


@pytest.fixture(scope="module")
def built(own_engine: Engine) -> IntroductionWorld:
    """Ten of sixteen pairs of industry and start-ups met, ten of twenty of investors and
    academics: five report something on both sides and five on one. And two start-ups met an
    authority."""
    with Session(own_engine) as session:
        session.connection()
        world = IntroductionWorld(session)
        for kind, other, pairs, outcome in (
            ("industrial", "startup", 16, "pilot"),
            ("investor", "academic", 20, "funding"),
        ):
            for number, (one, two) in enumerate(crowd(world, kind, other, pairs, 10)[:10]):
                told = "named" if kind == "industrial" and number == 0 else ""
                follow(world, two, one, "partnership", told)
                if number < 5:
                    follow(world, one, two, outcome, told)
        crowd(world, "startup", "health_authority", 2, 2)
        session.commit()
    return world


def test_each_crossing_has_its_counts_whoever_comes_first(lively: IntroductionWorld) -> None:
    rows = of(lively).rows
    assert rows["industrial", "startup"] == Row(16, 20, 10, 15, 10, 5)
    assert rows["investor", "academic"] == Row(None, None, None, None, None, None)
    assert rows["startup", "health_authority"] == Row(None, None, None, 0, 0, 0, asked=False)
    assert rows["industrial", "investor"] == Row(0, 0, 0, 0, 0, 0)
    row = rows["industrial", "startup"]
    assert (row.answer_rate, row.follow_up_rate) == (0.625, 0.75)


def test_totals_are_of_everybody(lively: IntroductionWorld) -> None:
    assert of(lively).total == Row(38, 44, 22, 30, 20, 10)


def test_types_are_counted_by_side(lively: IntroductionWorld) -> None:
    types = {"partnership": 20, "pilot": 5, "funding": 5, "hire": 0, "other": 0}
    assert of(lively).outcomes == types
    one = lively.someone("One", "startup")
    two = lively.someone("Two", "startup")
    lively.met(one, two)
    follow(lively, one, two, "hire")
    # A second is withheld beside what one person alone reports.
    assert of(lively).outcomes == {**types, "funding": None, "hire": None}


def test_organisations_are_named_where_both_agreed(lively: IntroductionWorld) -> None:
    [named] = of(lively).named
    pairs = dict(zip(named.organisations, named.outcomes, strict=True))
    assert pairs == {
        "industrialstartup0A SA": "pilot",
        "industrialstartup0B SA": "partnership",
    }


def test_which_crossings_have_not_happened(lively: IntroductionWorld) -> None:
    """Authorities are not said to be missing to companies, nor a kind to itself."""
    assert set(of(lively).missing) == {
        ("industrial", "investor"),
        ("industrial", "academic"),
        ("startup", "investor"),
        ("startup", "academic"),
        ("academic", "health_authority"),
    }


def test_as_a_message(lively: IntroductionWorld) -> None:
    card = report_card(of(lively), lively.event, lively.reader())
    lines = said(card)
    missing, named = lines.pop(11), lines.pop(12)
    assert lines == [
        "Bilan des rencontres",
        "38 mises en relation · 22 rencontres · 20 suites déclarées, "
        "10 confirmées par les deux côtés",
        "58 % ont dit si la rencontre a eu lieu.",
        "Après une rencontre, 68 % ont dit quelle suite.",
        "Par croisement",
        "industrial (fr) × startup (fr) : 16 mises en relation · 10 rencontres · "
        "10 suites déclarées, 5 confirmées par les deux côtés",
        "startup (fr) × health_authority (fr) : – mises en relation · – rencontres",
        "investor (fr) × academic (fr) : – mises en relation · – rencontres · "
        "– suites déclarées, – confirmées par les deux côtés",
        "Suites, par personne qui les déclare",
        "Partenariat : 20 · Essai ou pilote : 5 · Financement : 5",
        "Croisements sans mise en relation, favorisés ensuite",
        "Avec l'accord des deux côtés",
        "– : moins de cinq personnes, ou un second chiffre sans lequel le premier se calculerait.",
    ]
    assert missing.count(" · ") == 4
    assert sorted(legible(named).split(" : ")[1].split(", ")) == ["Essai ou pilote", "Partenariat"]


def test_before_anybody_was_introduced(world: IntroductionWorld) -> None:
    card = report_card(of(world), world.event, world.reader())
    assert said(card) == ["Bilan des rencontres", "Aucune mise en relation pour le moment."]


def test_as_a_table_and_as_data(lively: IntroductionWorld) -> None:
    event = lively.event.model_copy(
        update={
            "profile_kinds": tuple(
                kind.model_copy(update={"fr": f"=1+{kind.fr}"})
                for kind in lively.event.profile_kinds
            )
        }
    )
    table = as_csv(of(lively), event, lively.reader())
    rows = list(csv.DictReader(table.splitlines()))
    assert all(row["kind"].startswith("'=") for row in rows[:-1])
    [row] = [row for row in rows if row["introductions"] == "16"]
    assert (row["answer_rate"], row["confirmed"]) == ("0.62", "5")
    assert {row["introductions"] for row in rows} == {"16", "0", "withheld", "38"}
    data = json.loads(as_json(of(lively)))
    assert data["total"]["opportunities"] == 20
    [pair] = [one for one in data["crossings"] if one["introductions"] == 16]
    assert (pair["kind"], pair["other_kind"], pair["follow_up_rate"]) == (
        "industrial",
        "startup",
        0.75,
    )
    withheld = [one for one in data["crossings"] if one["introductions"] is None]
    assert [(one["kind"], one["encounters"], one["answer_rate"]) for one in withheld] == [
        ("startup", None, None),
        ("investor", None, None),
    ]


def test_only_organisers_read_it(lively: IntroductionWorld) -> None:
    stranger, ada = lively.person("Stranger"), lively.person("Ada")
    with pytest.raises(NotAllowedError):
        report_for(lively.session, lively.event, stranger, lively.reader())
    assert report_for(lively.session, lively.event, ada, lively.reader()).title


def test_it_is_posted_as_the_congress_closes_and_after_the_waves(
    lively: IntroductionWorld,
) -> None:
    lively.until(at("17:59", 13))
    assert lively.letters("crossings") == []
    lively.until(at("12:00", 13) + timedelta(days=200))
    posts = lively.letters("crossings")
    assert [(when, where) for when, where, _ in posts] == [
        ("13/12 18:00", "#organisation"),
        ("20/01 09:30", "#organisation"),
        ("20/03 09:30", "#organisation"),
        ("23/12 09:30", "#organisation"),
    ]


def test_what_was_missed_is_posted_once(lively: IntroductionWorld) -> None:
    lively.now = at("12:00", 13) + timedelta(days=20)
    lively.tick(lively.now)
    states = {post.key[:12]: post.state for post in lively.posts() if "crossings" in post.key}
    assert sorted(states.values()) == ["sent", "skipped"]


def test_nothing_is_posted_where_nobody_was_introduced(world: IntroductionWorld) -> None:
    world.until(at("12:00", 13) + timedelta(days=200))
    assert world.letters("crossings") == []


# What is kept


def test_counts_stay_when_the_people_go_and_nothing_that_was_withheld(
    lively: IntroductionWorld,
) -> None:
    before = of(lively)
    apply_retention(lively.session, lively.event_id, END + timedelta(days=119))
    kept = select(func.count()).where(CrossingTotal.event_id == lively.event_id)
    assert lively.session.scalar(kept) == 0
    apply_retention(lively.session, lively.event_id, END + timedelta(days=121))
    members = select(func.count()).where(IntroductionMember.event_id == lively.event_id)
    assert lively.session.scalar(members) == 0
    after = of(lively)
    assert after.total == before.total
    assert dict(after.rows) == {
        crossing: row for crossing, row in before.rows.items() if row.introductions != 0
    }
    assert (after.named, after.missing, dict(after.outcomes)) == ((), (), {})
    apply_retention(lively.session, lively.event_id, END + timedelta(days=123))
    assert of(lively) == after

"""Profiles from the organisers' list, and what a person corrected themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.delivery.tables import Delivery
from bot.features.events.model import ProfileKind
from bot.features.people.correcting import Correction, confirm_profile
from bot.features.people.importing import import_people
from bot.features.people.kinds import say_kind
from bot.features.people.model import PeopleDiff, Person, parse_people
from bot.features.people.profile_tables import Profile
from bot.features.people.profiles import ProfileView, profile_of, vocabulary, willing
from bot.features.people.queries import participant_by_email
from bot.features.people.tables import Participant
from tests.support.factories import EARLY, World, at, event_file

ADA = Person(
    "ada@example.org",
    "Ada Noël",
    "MerleCell",
    "startup",
    ("fr",),
    job_title="direction",
    topics=("filtration", "formation"),
    offers=("preuve de concept",),
    seeks=("capacité de production",),
)
INVESTOR = ProfileKind(id="investor", fr="Investissement", en="Investment")


@pytest.fixture
def world(session: Session) -> World:
    known = event_file()
    return World(session, event_file(profile_kinds=[*known.profile_kinds, INVESTOR]))


def imports(world: World, *people: Person, apply: bool = True) -> PeopleDiff:
    return import_people(world.session, world.event_id, people, EARLY, apply=apply)


def view(world: World, email: str = ADA.email) -> ProfileView:
    person = participant_by_email(world.session, world.event_id, email)
    assert person is not None
    return profile_of(world.session, world.event_id, person.participant_id)


def corrects(world: World, person: Participant, **what: object) -> None:
    confirm_profile(world.session, person, Correction(**what), at("09:00"))  # type: ignore[arg-type]


def test_a_list_fills_profiles_and_a_later_one_changes_them(world: World) -> None:
    looked = imports(world, ADA, apply=False)
    assert (len(looked.new), world.session.scalar(select(func.count(Profile.job_title)))) == (1, 0)
    imports(world, ADA)
    ada = view(world)
    assert (ada.name, ada.job_title, ada.kind) == ("Ada Noël", "direction", "startup")
    assert (ada.topics, ada.offers, ada.seeks) == (ADA.topics, ADA.offers, ADA.seeks)
    assert imports(world, ADA).unchanged == 1
    later = imports(world, replace(ADA, offers=None, seeks=("série A",)))
    [(old, new)] = later.changed
    assert (old.seeks, new.seeks, new.offers) == (ADA.seeks, ("série A",), ADA.offers)
    assert (view(world).seeks, view(world).offers) == (("série A",), ADA.offers)


def test_a_half_filled_line_makes_half_a_profile_and_none_where_nothing_is_said(
    world: World,
) -> None:
    imports(world, Person("bo@example.org", "Bo", seeks=("pilote",)), Person("c@d.org", "Cy"))
    bo = view(world, "bo@example.org")
    assert (bo.seeks, bo.offers, bo.organisation, bo.job_title) == (("pilote",), (), "", "")
    assert view(world, "c@d.org").seeks == ()
    assert world.session.scalar(select(func.count()).select_from(Profile)) == 1


def test_who_is_on_the_list_and_not_in_the_workspace_is_introduced_to_nobody(world: World) -> None:
    imports(world, ADA)
    assert willing(world.session, world.event_id, EARLY) == []
    assert world.person("Ada").name == "Ada Noël"


def test_what_a_person_corrected_is_theirs(world: World) -> None:
    imports(world, ADA)
    ada = world.person("Ada")
    corrects(world, ada, organisation="Merle", job_title="", seeks=("série A",), kind="sme")
    diff = imports(world, replace(ADA, name="Ada Noel", kind="startup", topics=()))
    assert (diff.corrected, [new.name for _, new in diff.changed]) == (1, ["Ada Noel"])
    now = view(world)
    assert (now.name, now.organisation, now.kind, now.job_title) == ("Ada Noel", "Merle", "sme", "")
    assert (now.topics, now.seeks) == (ADA.topics, ("série A",))


def test_saying_that_it_is_exact_makes_it_theirs_too(world: World) -> None:
    imports(world, ADA)
    corrects(world, world.person("Ada"))
    assert imports(world, replace(ADA, seeks=())).changed == ()
    assert view(world).seeks == ADA.seeks


def test_who_was_there_before_the_list_keeps_what_they_said(world: World) -> None:
    bo = world.person("Bo")
    corrects(world, bo, organisation="Acme", offers=("pilote",))
    diff = imports(world, Person(bo.email or "", "Bo Weiß", "Elsewhere", "sme", offers=("x",)))
    assert (len(diff.new), diff.corrected) == (1, 1)
    now = view(world, "bo@example.org")
    assert (now.name, now.organisation, now.offers, now.kind) == (
        "Bo Weiß",
        "Acme",
        ("pilote",),
        "",
    )


def test_a_list_gives_a_kind_that_a_person_claims_and_takes_back_what_it_gave(
    world: World,
) -> None:
    imports(world, ADA)
    ada = world.person("Ada")
    corrects(world, ada, kind="investor")
    assert (view(world).kind, view(world).claimed_kind) == ("startup", "investor")
    imports(world, replace(ADA, kind="sme"))
    assert view(world).kind == "startup"
    imports(world, replace(ADA, kind="investor"))
    assert (view(world).kind, view(world).claimed_kind) == ("investor", "")
    imports(world, replace(ADA, kind="sme"))
    assert view(world).kind == "sme"
    say_kind(world.session, ada, "startup", EARLY)
    imports(world, replace(ADA, kind="sme"))
    assert view(world).kind == "startup"


def test_a_list_that_answers_the_organisers_question_closes_it(world: World) -> None:
    imports(world, ADA)
    corrects(world, world.person("Ada"), kind="investor")
    asked = world.session.scalars(select(Delivery)).one()
    imports(world, replace(ADA, kind="investor"))
    edits = select(Delivery.edits).where(Delivery.edits.is_not(None))
    assert world.session.scalars(edits).all() == [asked.delivery_id]


def test_the_words_of_an_event(world: World) -> None:
    bo = Person("bo@example.org", "Bo", offers=("Formation",), seeks=("pilote", "formation"))
    imports(world, ADA, bo)
    words = vocabulary(world.session, world.event_id)
    assert words[0].casefold() == "formation"
    assert sorted(map(str.casefold, words)) == sorted({*map(str.casefold, words)})
    assert len(words) == 5


def test_a_file_as_organisers_write_it(world: World) -> None:
    text = 'E-mail;Nom complet;Fonction;Je cherche\nada@example.org;Ada;CMC;"pilote;série A"'
    imports(world, *parse_people(text.encode(), ["startup"]))
    assert (view(world).job_title, view(world).seeks) == ("CMC", ("pilote", "série A"))

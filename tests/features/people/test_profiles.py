"""Who may be introduced: what a person agreed to, whom they avoid, when they pause."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.core.errors import NoLongerThereError
from bot.db.history import Change
from bot.features.people.actions import erase, merge
from bot.features.people.consents import (
    ADULT,
    DIRECTORY,
    FOLLOW_UPS,
    INTRODUCTIONS,
    NotAdultError,
    agree,
    consent_given,
    consents_of,
    withdraw,
)
from bot.features.people.profile_tables import Profile, Stand
from bot.features.people.profiles import profile_of, willing
from bot.features.people.tables import Participant
from bot.features.people.wishes import (
    PastPauseError,
    block,
    blocked_by,
    choose,
    leave,
    pause,
    profile_row,
    resume,
    unblock,
)
from tests.support.factories import EARLY, World, at


def agrees(world: World, person: Participant, *purposes: str) -> None:
    for purpose in purposes:
        agree(world.session, person, purpose, EARLY)


def coming(world: World, clock: str = "09:00") -> list[str | None]:
    people = [
        world.session.get_one(Participant, (world.event_id, one)).name
        for one in willing(world.session, world.event_id, at(clock))
    ]
    return sorted(people, key=str)


def test_nobody_is_introduced_who_did_not_say_yes(world: World) -> None:
    ada, bo, cy = (world.person(name) for name in ("Ada", "Bo", "Cy"))
    assert coming(world) == []
    agrees(world, ada, ADULT, INTRODUCTIONS)
    agrees(world, bo, ADULT, DIRECTORY, FOLLOW_UPS)
    agrees(world, cy, FOLLOW_UPS)
    assert coming(world) == ["Ada"]
    assert consent_given(world.session, world.event_id, bo.participant_id, DIRECTORY)
    assert not consent_given(world.session, world.event_id, bo.participant_id, INTRODUCTIONS)


@pytest.mark.parametrize("purpose", [INTRODUCTIONS, DIRECTORY])
def test_introductions_and_the_directory_are_for_people_of_age(world: World, purpose: str) -> None:
    ada = world.person("Ada")
    with pytest.raises(NotAdultError):
        agree(world.session, ada, purpose, EARLY)
    agrees(world, ada, ADULT, purpose, FOLLOW_UPS)
    withdraw(world.session, ada, ADULT, at("09:00"))
    assert consents_of(world.session, world.event_id, ada.participant_id) == {FOLLOW_UPS}


def test_a_consent_is_withdrawn_and_given_again(world: World) -> None:
    ada = world.person("Ada")
    agrees(world, ada, ADULT, INTRODUCTIONS, INTRODUCTIONS)
    withdraw(world.session, ada, INTRODUCTIONS, at("09:00"))
    withdraw(world.session, ada, INTRODUCTIONS, at("09:01"))
    assert coming(world) == []
    agrees(world, ada, INTRODUCTIONS)
    assert coming(world) == ["Ada"]
    said = select(Change).where(Change.what.startswith("people.consent"))
    assert sorted((one.what, one.after) for one in world.session.scalars(said)) == [
        ("people.consent_given", ADULT),
        ("people.consent_given", INTRODUCTIONS),
        ("people.consent_given", INTRODUCTIONS),
        ("people.consent_withdrawn", INTRODUCTIONS),
    ]
    with pytest.raises(NoLongerThereError):
        agree(world.session, ada, "newsletter", EARLY)


def test_a_pause_ends_by_itself_or_before(world: World) -> None:
    ada = world.person("Ada")
    agrees(world, ada, ADULT, INTRODUCTIONS)
    with pytest.raises(PastPauseError):
        pause(world.session, ada, EARLY, EARLY)
    pause(world.session, ada, at("12:00"), EARLY)
    assert (coming(world, "11:59"), coming(world, "12:00")) == ([], ["Ada"])
    resume(world.session, ada, at("09:00"))
    assert coming(world) == ["Ada"]


def test_leaving_the_introductions(world: World) -> None:
    ada = world.person("Ada")
    agrees(world, ada, ADULT, INTRODUCTIONS, FOLLOW_UPS)
    choose(world.session, ada, EARLY, always=True)
    leave(world.session, ada, at("09:00"))
    assert coming(world) == []
    assert consents_of(world.session, world.event_id, ada.participant_id) == {ADULT, FOLLOW_UPS}
    assert not profile_of(world.session, world.event_id, ada.participant_id).always


def test_a_block_is_seen_by_one_and_taken_back_by_the_same(world: World) -> None:
    ada, bo = world.person("Ada"), world.person("Bo")
    block(world.session, ada, bo.participant_id, EARLY)
    block(world.session, ada, bo.participant_id, EARLY)
    assert blocked_by(world.session, world.event_id, bo.participant_id) == []
    unblock(world.session, bo, ada.participant_id, EARLY)
    assert blocked_by(world.session, world.event_id, ada.participant_id) == [bo.participant_id]
    unblock(world.session, ada, bo.participant_id, EARLY)
    assert blocked_by(world.session, world.event_id, ada.participant_id) == []


def test_a_block_is_of_somebody_else_who_is_there(world: World) -> None:
    ada = world.person("Ada")
    for nobody in (ada.participant_id, "nobody"):
        with pytest.raises(NoLongerThereError):
            block(world.session, ada, nobody, EARLY)


def test_a_block_of_somebody_who_turned_out_to_be_another(world: World) -> None:
    ada, bo, cy = (world.person(name) for name in ("Ada", "Bo", "Cy"))
    merge(world.session, world.event_id, cy.participant_id, bo.participant_id)
    block(world.session, ada, bo.participant_id, EARLY)
    assert blocked_by(world.session, world.event_id, ada.participant_id) == [cy.participant_id]


def test_who_is_on_a_stand_is_left_out_only_if_they_say_so(world: World) -> None:
    ada = world.person("Ada")
    agrees(world, ada, ADULT, INTRODUCTIONS)
    stand = Stand(event_id=world.event_id, stand="E01", organisation="Acme")
    stand.participant_id = ada.participant_id
    world.session.add(stand)
    choose(world.session, ada, EARLY, no_soliciting=True)
    assert coming(world) == ["Ada"]
    assert profile_of(world.session, world.event_id, ada.participant_id).stand == "E01"
    choose(world.session, ada, EARLY, meets_at_stand=False)
    assert coming(world) == []


def test_who_is_erased_or_in_no_workspace_is_not_introduced(world: World) -> None:
    ada = world.person("Ada")
    agrees(world, ada, ADULT, INTRODUCTIONS)
    erase(world.session, world.event_id, ada.participant_id, EARLY)
    assert coming(world) == []


def test_a_profile_that_nobody_filled(world: World) -> None:
    ada = world.person("Ada")
    view = profile_of(world.session, world.event_id, ada.participant_id)
    assert (view.name, view.kind, view.seeks, view.meetings_a_day) == ("Ada", "", (), None)
    assert (view.confirmed, view.kind_confirmed) == (False, True)
    with pytest.raises(NoLongerThereError):
        profile_of(world.session, world.event_id, "nobody")


@pytest.mark.parametrize(
    ("kept_said", "gone_said", "title"),
    [(False, True, "gone"), (True, True, "kept"), (True, False, "kept"), (False, False, "kept")],
)
def test_what_a_person_said_outlives_a_merge(
    world: World, kept_said: bool, gone_said: bool, title: str
) -> None:
    kept, gone = world.person("Ada"), world.person("Bo")
    for person, said, name in ((kept, kept_said, "kept"), (gone, gone_said, "gone")):
        row = profile_row(world.session, world.event_id, person.participant_id)
        row.job_title = name
        row.confirmed_at = EARLY + timedelta(hours=1) if said else None
    merge(world.session, world.event_id, kept.participant_id, gone.participant_id)
    assert world.session.scalars(select(Profile.job_title)).all() == [title]

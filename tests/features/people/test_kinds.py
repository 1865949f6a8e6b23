"""Whom a person represents: at once, or once an organiser confirms it."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import NoLongerThereError, NotAllowedError
from bot.delivery.tables import Delivery
from bot.features.events.model import ProfileKind
from bot.features.people.actions import erase, merge
from bot.features.people.kinds import UnknownKindError, confirm_kind, say_kind
from bot.features.people.profiles import profile_of
from bot.features.people.tables import Participant
from tests.support.factories import EARLY, World, event_file, said

INVESTOR = ProfileKind(id="investor", fr="Investissement", en="Investment")


@pytest.fixture
def world(session: Session) -> World:
    known = event_file()
    return World(session, event_file(profile_kinds=[*known.profile_kinds, INVESTOR]))


def kinds(world: World, person: Participant) -> tuple[str, str]:
    view = profile_of(world.session, world.event_id, person.participant_id)
    return view.kind, view.claimed_kind


def says(world: World, person: Participant, kind: str) -> tuple[str, str]:
    say_kind(world.session, person, kind, EARLY)
    return kinds(world, person)


def answers(world: World, actor: Participant, person: Participant, *, confirmed: bool) -> None:
    confirm_kind(
        world.session,
        world.event_id,
        actor,
        person.participant_id,
        "investor",
        EARLY,
        confirmed=confirmed,
    )


def asked(world: World) -> list[list[str]]:
    return [said(world.card(post)) for post in world.posts()]


def test_most_kinds_change_at_once_and_nobody_is_asked(world: World) -> None:
    bo = world.person("Bo")
    assert says(world, bo, "sme") == ("sme", "")
    assert says(world, bo, "startup") == ("startup", "")
    assert asked(world) == []
    with pytest.raises(UnknownKindError):
        say_kind(world.session, bo, "baker", EARLY)


def test_a_kind_that_gives_rights_waits_for_an_organiser(world: World) -> None:
    ada, bo = world.person("Ada"), world.person("Bo")
    says(world, bo, "sme")
    assert says(world, bo, "investor") == ("sme", "investor")
    assert says(world, bo, "investor") == ("sme", "investor")
    title = "À confirmer : qui cette personne représente"
    claim = "Déclare représenter : Investissement"
    assert asked(world) == [[title, "Bo", claim, "[Confirmer]", "[Ne pas confirmer]"]]
    with pytest.raises(NotAllowedError):
        answers(world, bo, bo, confirmed=True)
    answers(world, ada, bo, confirmed=True)
    assert kinds(world, bo) == ("investor", "")
    assert asked(world) == [[title, "Bo", claim, "Profil confirmé"]]
    with pytest.raises(NoLongerThereError):
        answers(world, ada, bo, confirmed=False)


def test_a_kind_that_is_not_confirmed_stays_what_it_was(world: World) -> None:
    ada, bo = world.person("Ada"), world.person("Bo")
    says(world, bo, "investor")
    answers(world, ada, bo, confirmed=False)
    assert kinds(world, bo) == ("", "")
    assert asked(world)[0][-1] == "Profil non confirmé"
    # Said again, the same post asks again.
    says(world, bo, "investor")
    assert (len(asked(world)), asked(world)[0][-1]) == (1, "[Ne pas confirmer]")


def test_who_thinks_better_of_it_is_no_longer_asked_about(world: World) -> None:
    bo = world.person("Bo")
    says(world, bo, "investor")
    assert says(world, bo, "sme") == ("sme", "")
    assert asked(world)[0][-1] == "Profil non confirmé"


def test_a_claim_of_somebody_erased_names_nobody(world: World) -> None:
    bo = world.person("Bo")
    says(world, bo, "investor")
    erase(world.session, world.event_id, bo.participant_id, EARLY)
    assert asked(world) == [
        [
            "À confirmer : qui cette personne représente",
            "Les données de cette personne sont supprimées.",
        ]
    ]
    ada = world.person("Ada")
    with pytest.raises(NoLongerThereError):
        answers(world, ada, bo, confirmed=True)


def test_a_claim_is_of_whoever_its_author_turns_out_to_be(world: World) -> None:
    ada, stranger = world.person("Ada"), world.person("Bo", email=None)
    says(world, stranger, "investor")
    bo = world.person("Cy")
    merge(world.session, world.event_id, bo.participant_id, stranger.participant_id)
    assert asked(world)[0][1:3] == ["Cy", "Déclare représenter : Investissement"]
    answers(world, ada, bo, confirmed=True)
    assert kinds(world, bo) == ("investor", "")
    edits = select(Delivery.edits).where(Delivery.edits.is_not(None))
    assert len(world.session.scalars(edits).all()) == 1

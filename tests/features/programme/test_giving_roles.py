"""Roles by an organiser, by user group and by list: what one way gave, no other takes away."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.core.errors import NotAllowedError
from bot.db.history import Change as HistoryRow
from bot.features.events.actions import apply_event
from bot.features.events.model import GroupRole, RoleRules
from bot.features.people.actions import merge
from bot.features.people.tables import Participant
from bot.features.programme.giving_roles import (
    GivenElsewhereError,
    NobodyMeantError,
    SeveralMeantError,
    UnknownRoleError,
    follow_groups,
    give_role,
    person_meant,
    take_role,
)
from bot.features.programme.rights import organises, whom_to_ask
from bot.features.programme.role_views import roles_view
from bot.features.programme.roles import (
    HOST,
    ORGANISER,
    TEAM,
    WHOLE_EVENT,
    Role,
    RoleLine,
    import_roles,
)
from tests.support.factories import EARLY, World, at, event_file, said, talk

GROUPS = RoleRules(
    groups={
        "moderation": GroupRole(role="questions"),
        "scene": GroupRole(role="animation", scope="A"),
        "nowhere": GroupRole(role="animation", scope="not in the programme"),
    }
)


@pytest.fixture
def ada(world: World) -> Participant:
    world.imports(talk("A", at("09:00")))
    return world.person("Ada")


def held(world: World) -> dict[tuple[str, str], str]:
    """The ways in which each person has each role."""
    rows = world.session.execute(
        select(Participant.name, Role.role, Role.source).join(
            Participant, Participant.participant_id == Role.participant_id
        )
    )
    return {(str(name), role): source for name, role, source in rows}


def give(world: World, actor: Participant, person: Participant, role: str = TEAM) -> None:
    give_role(world.session, world.event_id, actor, person, role, WHOLE_EVENT, EARLY)


def take(world: World, actor: Participant, person: Participant, role: str = TEAM) -> None:
    take_role(world.session, world.event_id, actor, person.participant_id, role, WHOLE_EVENT, EARLY)


def listed(world: World, *people: str) -> None:
    lines = [RoleLine(f"{name.lower()}@example.org", TEAM, "event") for name in people]
    import_roles(world.session, world.event_id, lines, EARLY)


def test_an_organiser_gives_and_takes_away(world: World, ada: Participant) -> None:
    bob, eve = world.person("Bob"), world.person("Eve")
    for _ in range(2):
        give(world, ada, bob)
    session_id = world.row("A").session_id
    give_role(world.session, world.event_id, ada, bob, HOST, session_id, EARLY)
    assert held(world) == {("Bob", TEAM): "chat", ("Bob", HOST): "chat"}
    card = said(roles_view(world.session, world.event_id, world.event, ada, world.reader()))
    assert card == [
        "Rôles",
        "Bob", "Équipe Questions · tout le congrès · attribué ici", "[Retirer]",
        "Bob", "Animation · Session A · attribué ici", "[Retirer]",
        "[Attribuer un rôle]",
    ]  # fmt: skip
    for _ in range(2):
        take(world, ada, bob)
    assert held(world) == {("Bob", HOST): "chat"}
    told = world.session.scalars(
        select(HistoryRow.what).where(
            HistoryRow.subject == bob.participant_id, HistoryRow.what.startswith("roles.")
        )
    ).all()
    assert sorted(told) == ["roles.given", "roles.given", "roles.taken"]
    for refused in (bob, eve):
        with pytest.raises(NotAllowedError):
            give(world, refused, eve)
        with pytest.raises(NotAllowedError):
            take(world, refused, bob, HOST)
        with pytest.raises(NotAllowedError):
            roles_view(world.session, world.event_id, world.event, refused, world.reader())
    with pytest.raises(UnknownRoleError):
        give(world, ada, bob, "king")


def test_who_was_made_an_organiser_is_one(world: World, ada: Participant) -> None:
    bob, eve = world.person("Bob"), world.person("Eve")
    assert not organises(world.session, world.event, bob)
    give(world, ada, bob, ORGANISER)
    assert organises(world.session, world.event, bob)
    give(world, bob, eve)
    assert ("Eve", TEAM) in held(world)


def test_whom_to_ask(world: World) -> None:
    def told(language: str = "fr") -> str:
        reader = world.reader(language)
        return whom_to_ask(world.session, world.event_id, world.event, reader)

    assert told() == "Vous pouvez écrire dans #organisation."
    ada = world.person("Ada")
    assert told() == "Vous pouvez vous adresser à Ada."
    give(world, ada, world.person("Zoé"), ORGANISER)
    assert told("en") == "You can ask Ada or Zoé."


def test_one_way_does_not_undo_another(world: World, ada: Participant) -> None:
    bob = world.person("Bob")
    apply_event(world.session, event_file(roles=GROUPS), EARLY)
    listed(world, "Bob")
    give(world, ada, bob)
    follow_groups(world.session, world.event_id, {"moderation": [bob.participant_id]}, EARLY)
    assert held(world) == {("Bob", TEAM): "chat file group"}
    take(world, ada, bob)
    with pytest.raises(GivenElsewhereError):
        take(world, ada, bob)
    listed(world)
    assert held(world) == {("Bob", TEAM): "group"}
    listed(world, "Bob")
    follow_groups(world.session, world.event_id, {"moderation": []}, EARLY)
    assert held(world) == {("Bob", TEAM): "file"}


def test_groups_are_followed(world: World, ada: Participant) -> None:
    bob, eve = (world.person(name).participant_id for name in ("Bob", "Eve"))
    apply_event(world.session, event_file(roles=GROUPS), EARLY)
    follow = [
        ({"moderation": [bob, eve], "scene": [eve], "nowhere": [bob]}, 3),
        ({"moderation": [bob, eve], "scene": [eve], "nowhere": [bob]}, 0),
        ({"moderation": [eve], "scene": []}, 2),
    ]
    for members, changed in follow:
        assert follow_groups(world.session, world.event_id, members, EARLY) == changed
    assert held(world) == {("Eve", TEAM): "group"}
    apply_event(world.session, event_file(), EARLY)  # the event file names no group any more
    assert follow_groups(world.session, world.event_id, {}, EARLY) == 1
    assert held(world) == {}


def test_who_is_meant(world: World, ada: Participant) -> None:
    for words in ("ada", " ADA ", "ada@example.org"):
        assert person_meant(world.session, world.event_id, words) is ada
    for words in ("", "Ad", "ad@example.org", "nobody"):
        with pytest.raises(NobodyMeantError):
            person_meant(world.session, world.event_id, words)
    world.person("Ada2", email="ada2@example.org").name = "Ada"
    with pytest.raises(SeveralMeantError):
        person_meant(world.session, world.event_id, "Ada")


def test_whoever_turns_out_to_be_somebody_brings_the_ways(world: World, ada: Participant) -> None:
    bob, twin = world.person("Bob"), world.person("Bobby")
    give(world, ada, bob)
    listed(world, "Bobby")
    merge(world.session, world.event_id, bob.participant_id, twin.participant_id)
    assert held(world) == {("Bob", TEAM): "chat file"}
